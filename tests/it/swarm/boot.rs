//! Boots that fail: before the first fork, in every node, again and again.

use std::time::Duration;

use nix::sys::signal::Signal;

use super::harness::Run;

/// Expects the code, the sentences in the log, and this many forks.
fn check(arguments: &[&str], code: i32, sentences: &[&str], forks: std::ops::RangeInclusive<usize>) -> Run {
    let mut run = Run::start(arguments);
    let (status, _) = run.exit();
    run.nobody_left(Duration::from_secs(1));
    let story = run.story();
    assert_eq!(status.code(), Some(code), "{arguments:?}\n{story}");
    for sentence in sentences {
        assert!(story.contains(sentence), "expected `{sentence}`\n{story}");
    }
    let forked = run.journal.iter().filter(|line| line["event"] == "after_fork").count();
    assert!(forks.contains(&forked), "{forked} forks, expected {forks:?}\n{story}");
    run
}

#[test]
fn threads_left_by_preload_are_named_before_any_fork() {
    let sentence = "preload left 2 threads: rayon-0, rayon-1; a fork copies only the main thread";
    check(&["nodes=idle", "preload=threads"], 78, &[sentence], 0..=0);
}

#[test]
fn a_socket_left_by_preload_is_named_with_its_address_before_any_fork() {
    let run = check(&["nodes=idle", "preload=socket"], 78, &["preload left an open connection: fd "], 0..=0);
    let address = run.journal.iter().find(|line| line["event"] == "socket").unwrap()["address"].as_str().unwrap();
    assert!(run.log.iter().any(|line| line.contains(&format!("tcp {address}, not connected"))), "{:?}", run.log);
}

#[test]
fn a_failed_preload_and_a_swarm_without_nodes_are_refused_before_any_fork() {
    check(&["nodes=idle", "preload=error"], 78, &["the table of planes is missing"], 0..=0);
    check(&["nodes="], 78, &["`nodes` is 0"], 0..=0);
}

#[test]
fn a_thread_that_preload_has_joined_is_no_obstacle() {
    let mut run = Run::start(&["nodes=idle", "preload=joined_thread"]);
    run.event("up");
    run.signal(Signal::SIGTERM);
    assert_eq!(run.exit().0.code(), Some(0));
}

#[test]
fn term_during_preload_ends_at_once() {
    let mut run = Run::start(&["nodes=idle", "preload=spin"]);
    run.event("preload");
    run.signal(Signal::SIGTERM);
    let (status, took) = run.exit();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn a_crash_loop_at_boot_exits_70() {
    let arguments = ["nodes=exit_in_boot:101,exit_in_boot:1", "back_off_base=20", "give_up_after=500"];
    check(&arguments, 70, &["no node ever came up", "never up): crashed with a panic"], 6..=20);
}

#[test]
fn nodes_that_all_refuse_their_configuration_exit_78_after_one_fork_each() {
    let sentences = ["cannot start: no such model file", "every node refused its configuration"];
    check(&["nodes=misconfigured,misconfigured"], 78, &sentences, 2..=2);
    check(&["nodes=exit_in_boot:78"], 78, &["not started again, because a restart cannot help"], 1..=1);
}

#[test]
fn a_boot_that_does_not_end_is_ended_and_tried_again() {
    let mut run = Run::start(&["nodes=boots_for_ever", "boot_timeout=300"]);
    run.event("after_fork");
    run.log_line("not up after 300");
    run.event("after_fork");
    run.signal(Signal::SIGTERM);
    assert_eq!(run.exit().0.code(), Some(0), "a booting node has nothing to finish\n{}", run.story());
}
