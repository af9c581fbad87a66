//! Deaths: of the supervisor, of nodes, and what is left of them.

use std::fs;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::harness::{Run, name_of, pid_of, state_of, until};

const ONE_SECOND: Duration = Duration::from_secs(1);

/// Kills the supervisor of a busy, an idle, a stopped and a booting node, and expects nobody after a second.
fn check_orphans(arguments: &[&str]) {
    let stopped = format!("raise:{}", Signal::SIGSTOP as i32);
    let nodes = format!("nodes=busy,idle,{stopped},boots_for_ever");
    let mut run = Run::start(&[&[nodes.as_str()][..], arguments].concat());
    let mut up = Vec::new();
    let mut booting = Vec::new();
    while up.len() < 3 || booting.len() < 4 {
        let line = run.journal_line(|line| line["event"] == "up" || line["event"] == "after_fork");
        if line["event"] == "up" { up.push(line) } else { booting.push(line) }
    }
    // Two ties hold a node to its supervisor, and each would hide that the other is broken.
    assert!(up.iter().all(|line| line["dies_with_parent"] == true), "{up:?}");
    let frozen = pid_of(up.iter().find(|line| line["slot"] == 2).unwrap());
    until(ONE_SECOND, || (state_of(frozen) == Some('T')).then_some(())).expect("the third node is stopped");
    assert_eq!(run.processes().len(), 5, "a supervisor and four nodes at the moment of the kill");
    run.signal(Signal::SIGKILL);
    run.nobody_left(ONE_SECOND);
    run.exit();
}

#[test]
fn a_killed_supervisor_leaves_no_busy_idle_stopped_or_booting_node() {
    check_orphans(&[]);
}

#[test]
fn nodes_that_drop_their_privileges_do_not_outlive_their_supervisor_either() {
    check_orphans(&["after_fork=drop_privileges"]);
}

#[test]
fn a_killed_node_comes_back_and_leaves_no_zombie() {
    let mut run = Run::start(&["nodes=idle,idle"]);
    let first = run.event("up");
    run.event("up");
    kill(Pid::from_raw(pid_of(&first)), Signal::SIGKILL).unwrap();
    let again = run.event("up");
    assert_eq!((again["slot"].clone(), again["incarnation"].as_u64()), (first["slot"].clone(), Some(2)));
    let cause = run.log_line("ended (SIGKILL");
    assert!(cause.contains("ended by a signal that the supervisor did not send"), "{cause}");
    assert_eq!(Run::zombies_of(run.pid()), Vec::<i32>::new());
    run.signal(Signal::SIGTERM);
    assert_eq!(run.exit().0.code(), Some(0));
}

#[test]
fn what_a_node_started_goes_with_it() {
    let mut run = Run::start(&["nodes=family", "later=idle"]);
    let node = run.event("up");
    let relative = pid_of(&run.event("family"));
    assert!(run.processes().contains(&relative));
    kill(Pid::from_raw(pid_of(&node)), Signal::SIGKILL).unwrap();
    until(ONE_SECOND, || (!run.processes().contains(&relative)).then_some(())).expect("its child is gone in a second");
    run.event("up");
    run.signal(Signal::SIGTERM);
    assert_eq!(run.exit().0.code(), Some(0));
    run.nobody_left(ONE_SECOND);
}

/// A node that ends like this is restarted, and the log holds this sentence about it.
fn check_restart(behaviour: &str, arguments: &[&str], sentence: &str) {
    let nodes = format!("nodes={behaviour}");
    let mut run = Run::start(&[&[nodes.as_str(), "later=idle"][..], arguments].concat());
    run.event("up");
    run.journal_line(|line| line["event"] == "up" && line["incarnation"] == 2);
    let line = run.log_line(sentence);
    assert!(line.contains("; restart "), "{line}");
    run.signal(Signal::SIGTERM);
    assert_eq!(run.exit().0.code(), Some(0), "{behaviour}\n{}", run.story());
}

#[test]
fn every_unasked_end_is_told_with_its_cause_and_restarted() {
    check_restart("exit:0", &[], "left by itself, although nobody asked");
    check_restart("exit:1", &[], "(exit code 1, up for");
    check_restart("exit:75", &[], "planned recycle");
    check_restart("exit:76", &["back_off_base=1"], "is `application.instance` unique?");
    check_restart("exit:78", &[], "refused its configuration");
    check_restart("panic", &[], "crashed with a panic");
    check_restart("abort", &[], "ended (SIGABRT");
    check_restart("raise:4", &[], "ended (SIGILL");
}

#[test]
fn a_silent_listener_is_restarted() {
    check_restart(
        "silent",
        &["silence_limit=1000", "shutdown_timeout=1"],
        "ended by the supervisor, listener 0 silent for",
    );
}

#[test]
fn a_node_that_is_stopped_for_long_is_killed_and_one_that_wakes_up_in_time_is_left_alone() {
    let mut run = Run::start(&["nodes=idle,idle", "silence_limit=2500"]);
    let nodes = run.events("up", 2);
    let send = |signal: Signal, pid: i32| kill(Pid::from_raw(pid), signal).unwrap();
    for &pid in &nodes {
        send(Signal::SIGSTOP, pid);
    }
    until(ONE_SECOND, || nodes.iter().all(|&pid| state_of(pid) == Some('T')).then_some(())).expect("both are stopped");
    send(Signal::SIGCONT, nodes[0]);
    let cause = run.log_line("its process was stopped for");
    assert!(cause.contains("node 1 ") || cause.contains("node 0 "), "{cause}");
    let again = run.event("up");
    assert_eq!(again["incarnation"], 2);
    assert_ne!(state_of(nodes[0]), None, "{}", run.story());
    assert_eq!(run.story().matches("ended (").count(), 1, "{}", run.story());
    run.signal(Signal::SIGTERM);
    assert_eq!(run.exit().0.code(), Some(0), "{}", run.story());
}

#[test]
fn a_late_job_is_restarted() {
    check_restart("late", &["handler_timeout=200"], "ended by the supervisor, beyond its `handler_timeout` of 200");
}

#[test]
fn a_node_that_reports_unhealthy_is_restarted() {
    check_restart("unhealthy", &[], "ended by the supervisor, reported unhealthy: the disk is full");
}

#[test]
fn a_supervisor_without_descriptors_keeps_the_nodes_it_has_and_goes_on_trying() {
    let limited = ["sh", "-c", "ulimit -n 14; exec \"$0\" \"$@\""];
    let mut run = Run::start_by(&limited, &["nodes=idle,idle,idle,idle,idle"]);
    run.event("up");
    run.log_line("(incarnation 2) could not be forked: Too many open files");
    run.signal(Signal::SIGTERM);
    assert_eq!(run.exit().0.code(), Some(0), "{}", run.story());
    run.nobody_left(ONE_SECOND);
}

#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    let mute = ["sh", "-c", "exec \"$0\" \"$@\" 2>&1 >&- | true"];
    let mut run = Run::start_by(&mute, &["nodes=exit:1,idle", "back_off_base=0"]);
    let supervisor = until(ONE_SECOND, || run.processes().into_iter().find(|&pid| name_of(pid) == "swarm_fixture"));
    let supervisor = supervisor.expect("the swarm runs");
    // With five restarts a second, some lines have found no reader by then.
    until(Duration::from_millis(500), || state_of(supervisor).is_none().then_some(()));
    assert!(state_of(supervisor).is_some_and(|state| state != 'Z'), "{}", run.story());
    kill(Pid::from_raw(supervisor), Signal::SIGTERM).unwrap();
    run.nobody_left(Duration::from_secs(5));
}

#[test]
fn restarts_leave_no_descriptors_behind() {
    let mut run = Run::start(&["nodes=exit:1", "back_off_base=0"]);
    let open = |pid: i32| fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count();
    run.events("up", 3);
    let before = open(run.pid());
    run.events("up", 20);
    // A node may live at either moment: its pidfd, its socket, its lifeline.
    assert!(open(run.pid()).abs_diff(before) <= 3, "{before} descriptors became {}", open(run.pid()));
    run.signal(Signal::SIGTERM);
    run.exit();
}
