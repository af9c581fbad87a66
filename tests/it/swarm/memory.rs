//! Memory: the supervisor's hard limit, and what the kernel does to a control group that has none left.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::harness::{Run, pid_of};
use crate::cgroup::Group;

#[test]
fn a_node_far_above_its_limit_is_ended_by_the_supervisor() {
    let mut run = Run::start(&["nodes=bloat:4,idle", "later=idle", "memory_limit=48"]);
    run.events("up", 2);
    run.log_line("each of 2 nodes may have 48 MiB of its own");
    let told = run.log_line("far above its memory limit, private memory ");
    assert!(told.contains(" of 48 MiB"), "{told}");
    run.journal_line(|line| line["event"] == "up" && line["incarnation"] == 2);
    run.signal(Signal::SIGTERM);
    assert_eq!(run.exit().0.code(), Some(0), "{}", run.story());
}

#[test]
fn a_kill_by_the_kernel_is_told_from_a_kill_by_somebody_and_leaves_the_others_alone() {
    let Some(group) = Group::with("kill", 160) else {
        println!("skipped: this machine gives us no control group for memory");
        return;
    };
    let mut run =
        Run::start_by(&["sh", "-c", &group.enter()], &["nodes=bloat:8,idle", "later=idle", "memory_limit=4096"]);
    let up = [run.event("up"), run.event("up")];
    let cause = run.log_line("killed by the kernel: its control group has no memory left");
    assert!(cause.contains("node 0 (incarnation 1)"), "{cause}");
    run.journal_line(|line| line["event"] == "up" && line["incarnation"] == 2);
    let sibling = pid_of(up.iter().find(|line| line["slot"] == 1).unwrap());
    kill(Pid::from_raw(sibling), Signal::SIGKILL).expect("the sibling lives");
    let cause = run.log_line("ended by a signal that the supervisor did not send");
    assert!(cause.contains("node 1 (incarnation 1)"), "{cause}");
    run.signal(Signal::SIGTERM);
    assert_eq!(run.exit().0.code(), Some(0), "{}", run.story());
}

#[test]
fn without_a_setting_the_control_group_decides() {
    let Some(group) = Group::with("auto", 512) else {
        println!("skipped: this machine gives us no control group for memory");
        return;
    };
    let mut run = Run::start_by(&["sh", "-c", &group.enter()], &["nodes=idle,idle"]);
    run.events("up", 2);
    let told = run.log_line("of its own, because the control group allows 512 MiB");
    let words: Vec<&str> = told.split(' ').collect();
    let at = words.iter().position(|word| *word == "have").expect("a number");
    let mib: u64 = words[at + 1].parse().expect("a number");
    // (0.85 x 512 - preload - 96) / 2, and the fixture preloads little.
    assert!((150..=169).contains(&mib), "{told}");
    run.signal(Signal::SIGTERM);
    assert_eq!(run.exit().0.code(), Some(0), "{}", run.story());
}
