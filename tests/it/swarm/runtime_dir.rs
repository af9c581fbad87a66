//! The directory of a swarm and its lifetime lock, with a program like a user's. No Kafka answers, and none is needed.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use karafka_tests::faults::program::{PATIENCE, Program};
use nix::sys::signal::Signal;
use nix::unistd::geteuid;

pub(super) const FIXTURE: &str = env!("CARGO_BIN_EXE_killers_fixture");
/// An unprivileged user.
const NOBODY: u32 = 65_534;

pub(super) fn start(prefix: &[&str], folder: &Path, variables: &[(&str, &str)]) -> Program {
    let words: Vec<&str> = prefix.iter().copied().chain([FIXTURE, "swarm"]).collect();
    let settings = [
        ("KILLERS_BLOCK", "outside"),
        ("KARAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1"),
        ("KARAFKA_SWARM__NODES", "2"),
        ("KARAFKA_SWARM__SHUTDOWN_TIMEOUT", "1s"),
        ("KARAFKA_APPLICATION__INSTANCE", "box"),
    ];
    let all = settings.iter().chain(variables).map(|(name, value)| (*name, OsStr::new(*value)));
    Program::start(Path::new(words[0]), &words[1..], &all.collect::<Vec<_>>(), folder).unwrap()
}

#[test]
fn one_generation_at_a_time_and_the_next_one_follows_a_killed_supervisor() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = start(&[], folder.path(), &[]);
    first.says("is up after").unwrap();
    assert!(folder.path().join("killers-outside.box/lock").exists());

    let mut second = start(&[], folder.path(), &[]);
    let (status, took) = second.exit(PATIENCE).unwrap();
    assert_eq!(status.code(), Some(70), "{}", second.log());
    assert!(took >= Duration::from_secs(9), "an older generation gets time to go: {took:?}");
    assert!(second.log().contains(&format!("runs here, as processes {}", first.pid())), "{}", second.log());

    first.signal(Signal::SIGKILL).unwrap();
    let mut third = start(&[], folder.path(), &[]);
    third.says("is up after").unwrap();
    third.stop().unwrap();
    first.nobody_left(Duration::from_secs(1)).unwrap();
    first.exit(PATIENCE).unwrap();
}

#[test]
fn a_directory_that_cannot_be_used_is_refused_by_name_before_anything_is_forked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let mut program = start(&[], folder.path(), &[("KARAFKA_APPLICATION__RUNTIME_DIR", file.to_str().unwrap())]);
    assert_eq!(program.exit(PATIENCE).unwrap().0.code(), Some(78), "{}", program.log());
    let words = format!("{} (from `application.runtime_dir`): it is not a directory", file.display());
    assert!(program.log().contains(&words), "{}", program.log());
    assert!(!program.log().contains("starts as process"), "{}", program.log());
}

#[test]
fn a_user_without_rights_is_told_which_directory_it_needs() {
    let user = ["setpriv", "--reuid", &NOBODY.to_string(), "--regid", &NOBODY.to_string(), "--clear-groups"];
    let may_run =
        Command::new(user[0]).args(&user[1..]).args([FIXTURE, "--help"]).env("KILLERS_BLOCK", "outside").output();
    if !geteuid().is_root() || !may_run.as_ref().is_ok_and(|output| output.status.success()) {
        println!("skipped: needs root, `setpriv`, and a program that everybody may run");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("swarm");
    let mut program = start(&user, folder.path(), &[("KARAFKA_APPLICATION__RUNTIME_DIR", place.to_str().unwrap())]);
    assert_eq!(program.exit(PATIENCE).unwrap().0.code(), Some(78), "{}", program.log());
    assert!(program.log().contains("(from `application.runtime_dir`): Permission denied"), "{}", program.log());
}

/// The fixture without the configuration of whoever runs the tests.
pub(super) fn unconfigured() -> Command {
    let mut command = Command::new(FIXTURE);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("KARAFKA_")) {
        command.env_remove(name);
    }
    command
}
