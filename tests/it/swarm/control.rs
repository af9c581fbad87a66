//! `status`, `ctl`, and what the control socket makes of clients that mean no good. Nobody answers where Kafka should be.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use karafka_tests::faults::program::{PATIENCE, Program, until};

use super::runtime_dir::{start, unconfigured};

const SOCKET: &str = "killers-outside.box/control.sock";

/// Runs an operator's command beside the swarm; what it prints and exits with.
fn operate(folder: &Path, words: &[&str]) -> (String, Option<i32>) {
    let output = unconfigured()
        .args(words)
        .env("KILLERS_BLOCK", "outside")
        .env("KARAFKA_APPLICATION__INSTANCE", "box")
        .env("RUNTIME_DIRECTORY", folder)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (text, output.status.code())
}

fn swarm(folder: &Path) -> Program {
    let program = start(&[], folder, &[]);
    let up = until(PATIENCE, || (program.log().matches("is up after").count() == 2).then_some(()));
    assert!(up.is_some(), "{}", program.log());
    program
}

#[test]
fn an_operator_sees_how_the_swarm_is_and_tells_it_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let (text, code) = operate(folder.path(), &["status"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("no swarm `killers-outside.box` runs on this machine"), "{text}");

    let mut program = swarm(folder.path());
    let status = || operate(folder.path(), &["status", "--nodes"]);
    let told = until(PATIENCE, || status().0.contains("nodes 0, 1 cannot work with Kafka: ").then_some(()));
    let (text, code) = status();
    assert!(told.is_some() && text.starts_with("2 of 2 nodes up; supervisor "), "{text}");
    assert_eq!(code, Some(1), "{text}");
    println!("{text}");

    let (text, code) = operate(folder.path(), &["ctl", "restart", "9"]);
    assert_eq!((text.trim(), code), ("there is no node 9: they are numbered 0 to 1", Some(1)));
    let (text, code) = operate(folder.path(), &["ctl", "restart", "1"]);
    assert_eq!(code, Some(0), "{text}");
    program.says("node 1 (incarnation 2) is up after").unwrap();
    let (text, _) = operate(folder.path(), &["ctl", "deaths"]);
    assert!(text.contains("node 1 (incarnation 1) ended") && text.contains("an operator asked for it"), "{text}");

    let (text, code) = operate(folder.path(), &["ctl", "quiet"]);
    assert_eq!(code, Some(0), "{text}");
    let (text, code) = operate(folder.path(), &["status"]);
    assert!(text.contains("  notice  the swarm is quiet") && code == Some(1), "{text}");
    let (text, _) = operate(folder.path(), &["status", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["nodes"][1]["incarnation"], 2, "{text}");
    assert_eq!(value["phase"], "quiet", "{text}");

    let (text, code) = operate(folder.path(), &["ctl", "stop"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(program.exit(PATIENCE).unwrap().0.code(), Some(0), "{}", program.log());
    program.nobody_left(Duration::from_secs(1)).unwrap();
    assert!(!folder.path().join(SOCKET).exists(), "nobody can be asked any more");
}

#[test]
fn clients_that_mean_no_good_are_sent_away_and_the_swarm_does_not_notice() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = swarm(folder.path());
    let connect = || UnixStream::connect(folder.path().join(SOCKET)).unwrap();
    // More than may come in, and none of them says anything.
    let silent: Vec<UnixStream> = (0..20).map(|_| connect()).collect();
    let begin = Instant::now();
    for mut stream in silent {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let end = stream.read(&mut [0; 16]);
        assert!(matches!(end, Ok(0) | Err(_)), "nobody asked, and somebody was answered");
    }
    assert!(begin.elapsed() < Duration::from_secs(3), "they were let wait for {:?}", begin.elapsed());
    for nonsense in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"{\"command\":\"format-disk\"}\n", &[0xff; 5000], b"\n\n\n"] {
        let mut stream = connect();
        let _ = stream.write_all(nonsense);
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let end = stream.read(&mut [0; 16]);
        assert!(matches!(end, Ok(0) | Err(_)), "{nonsense:?}");
    }
    // One that asks and goes away before the answer.
    connect().write_all(b"{\"command\":\"status\"}\n").unwrap();
    let (text, code) = operate(folder.path(), &["status"]);
    assert!(code.is_some() && text.starts_with("2 of 2 nodes up"), "{text}");
    assert!(!program.log().contains(" ended ("), "{}", program.log());
    program.stop().unwrap();
}
