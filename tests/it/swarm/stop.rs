//! Stopping: by each signal, within its budget, with the right code, at any moment.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::harness::{Run, pid_of, state_of, until};

/// A session of its own has no controlling terminal.
const WITHOUT_TERMINAL: [&str; 1] = ["setsid"];
const ONE_SECOND: Duration = Duration::from_secs(1);

/// Sends `signal` once all nodes are up; expects the exit code within the time, and nobody left.
fn check(nodes: &str, arguments: &[&str], signal: Signal, code: i32, within: (u64, u64)) -> Run {
    let nodes = format!("nodes={nodes}");
    let mut run = Run::start(&[&[nodes.as_str()][..], arguments].concat());
    run.events("up", nodes.split(',').count());
    run.signal(signal);
    let (status, took) = run.exit();
    assert_eq!(status.code(), Some(code), "{nodes} {signal}\n{}", run.story());
    let (at_least, at_most) = (Duration::from_millis(within.0), Duration::from_millis(within.1));
    assert!(took >= at_least && took <= at_most, "{nodes} {signal} took {took:?}, not {within:?} ms\n{}", run.story());
    run.nobody_left(ONE_SECOND);
    run
}

#[test]
fn each_stop_signal_ends_idle_and_busy_nodes_cleanly() {
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGQUIT] {
        check("idle,busy", &[], signal, 0, (0, 2000));
    }
}

#[test]
fn a_node_that_gives_up_in_time_makes_a_forced_stop() {
    check("idle,stubborn", &["shutdown_timeout=500"], Signal::SIGTERM, 2, (500, 3500));
}

#[test]
fn a_node_that_does_not_listen_gets_abrt_5_s_after_the_timeout() {
    let mut run = check("deaf", &["shutdown_timeout=200"], Signal::SIGTERM, 2, (5200, 6500));
    run.log_line("sending ABRT");
    run.log_line("listener 0");
}

#[test]
fn a_node_that_survives_abrt_gets_kill_7_s_after_the_timeout() {
    let mut run = check("iron", &["shutdown_timeout=200"], Signal::SIGTERM, 2, (7200, 8200));
    run.log_line("ABRT did not end it");
}

#[test]
fn a_stopped_process_is_killed_without_waiting() {
    let mut run = Run::start(&["nodes=idle,raise:19", "shutdown_timeout=20000"]);
    run.events("up", 2);
    let frozen = |run: &Run| {
        let pid = run.journal.iter().find(|line| line["event"] == "up" && line["slot"] == 1).map(pid_of);
        pid.is_some_and(|pid| state_of(pid) == Some('T'))
    };
    until(ONE_SECOND, || frozen(&run).then_some(())).expect("it has stopped itself");
    run.signal(Signal::SIGTERM);
    let (status, took) = run.exit();
    assert_eq!(status.code(), Some(2), "{}", run.story());
    assert!(took < Duration::from_secs(2), "{took:?}");
    run.log_line("its process is frozen");
    run.nobody_left(ONE_SECOND);
}

#[test]
fn a_second_ctrl_c_stops_now_and_a_hasty_one_does_not() {
    let mut run = Run::start(&["nodes=deaf", "shutdown_timeout=20000"]);
    run.event("up");
    run.signal(Signal::SIGINT);
    run.log_line("stopping: the nodes finish their work");
    run.signal(Signal::SIGINT);
    // The rule is about the time between two signals, so that time has to pass; nothing happens meanwhile.
    assert!(until(Duration::from_millis(600), || state_of(run.pid()).is_none().then_some(())).is_none());
    run.signal(Signal::SIGINT);
    let (status, took) = run.exit();
    assert_eq!(status.code(), Some(2), "{}", run.story());
    assert!(took < Duration::from_secs(2), "{took:?}");
    run.nobody_left(ONE_SECOND);
}

#[test]
fn signals_to_the_whole_group_or_to_a_stopping_node_change_nothing() {
    let mut run = Run::start(&["nodes=idle,stubborn", "shutdown_timeout=800"]);
    let nodes = run.events("up", 2);
    run.signal(Signal::SIGTERM);
    run.event("stopping");
    for _ in 0..200 {
        run.signal(Signal::SIGTERM);
        for &node in &nodes {
            let _ = kill(Pid::from_raw(node), Signal::SIGTERM);
        }
    }
    assert_eq!(run.exit().0.code(), Some(2), "{}", run.story());
    assert_eq!(run.story().matches("ended by a signal").count(), 0);
}

#[test]
fn a_node_that_is_signalled_alone_leaves_and_comes_back() {
    let mut run = Run::start(&["nodes=idle"]);
    let node = pid_of(&run.event("up"));
    kill(Pid::from_raw(node), Signal::SIGTERM).unwrap();
    run.event("stopping");
    run.log_line("left by itself");
    run.event("up");
    run.signal(Signal::SIGTERM);
    assert_eq!(run.exit().0.code(), Some(0));
}

#[test]
fn ttin_tells_what_every_thread_does_and_hup_without_a_terminal_is_no_stop() {
    let mut run = Run::start_by(&WITHOUT_TERMINAL, &["nodes=late", "handler_timeout=600000"]);
    run.event("up");
    run.signal(Signal::SIGTTIN);
    run.log_line("in its handler, topic #0 partition 0 offset 1");
    run.signal(Signal::SIGHUP);
    run.log_line("rolling restart of 1 nodes");
    run.event("up");
    run.signal(Signal::SIGTERM);
    assert_eq!(run.exit().0.code(), Some(0));
}

#[test]
fn tstp_quiets_every_node_and_those_that_are_restarted_later() {
    let mut run = Run::start_by(&WITHOUT_TERMINAL, &["nodes=quiet,quiet"]);
    run.events("up", 2);
    run.signal(Signal::SIGTSTP);
    let node = run.events("quiet", 2)[0];
    assert_ne!(state_of(node), Some('T'), "quiet is not the terminal's stop");
    kill(Pid::from_raw(node), Signal::SIGKILL).unwrap();
    let again = run.journal_line(|line| line["event"] == "quiet");
    assert_eq!(again["incarnation"], 2);
    run.signal(Signal::SIGTERM);
    assert_eq!(run.exit().0.code(), Some(0));
}

#[test]
fn term_at_any_moment_of_the_start_ends_cleanly_and_leaves_nobody() {
    let mut seed = 42_u64;
    for cycle in 0..40 {
        // A small linear congruential generator: the moments are the same in every run of the test.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let moment = Duration::from_micros((seed >> 33) % 80_000);
        let mut run = Run::start(&["nodes=idle,busy,idle"]);
        run.event("preload");
        until(moment, || None::<()>);
        run.signal(Signal::SIGTERM);
        let (status, _) = run.exit();
        assert_eq!(status.code(), Some(0), "cycle {cycle}, after {moment:?}\n{}", run.story());
        run.nobody_left(ONE_SECOND);
    }
}
