//! The supervisor as PID 1 of a container.

use std::process::Command;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};

use super::harness::{Run, until};

#[test]
fn as_pid_1_it_reaps_strangers_and_hears_term() {
    let mut unshare = vec!["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
    if !geteuid().is_root() {
        unshare.extend(["--user", "--map-root-user"]);
    }
    let allowed = Command::new(unshare[0]).args(&unshare[1..]).arg("true").output();
    if !allowed.as_ref().is_ok_and(|output| output.status.success()) {
        println!("skipped: this machine does not give us a PID namespace: {allowed:?}");
        return;
    }
    let mut run = Run::start_by(&unshare, &["nodes=family,idle"]);
    assert_eq!(run.event("preload")["pid"], 1, "the fixture is PID 1 in its world");
    run.event("family");
    let supervisor = only_child_of(run.pid());
    let clean = until(Duration::from_secs(1), || Run::zombies_of(supervisor).is_empty().then_some(()));
    assert!(clean.is_some(), "zombies stay: {:?}\n{}", Run::zombies_of(supervisor), run.story());
    kill(Pid::from_raw(supervisor), Signal::SIGTERM).unwrap();
    assert_eq!(run.exit().0.code(), Some(0), "{}", run.story());
    run.nobody_left(Duration::from_secs(1));
}

fn only_child_of(parent: i32) -> i32 {
    let text = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap();
    let children: Vec<i32> = text.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
    assert_eq!(children.len(), 1, "unshare has one child: {text}");
    children[0]
}
