//! Group protocols that are not the usual one.

use std::collections::BTreeSet;

use karafka_tests::kafka::{OwnCluster, bootstrap_servers};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::super::records::harness::{Journal, Start};
use super::super::records::topics::Topics;

#[test]
fn a_cluster_without_kip_848_is_told_once_and_consumed_all_the_same() {
    let settings = [("group.coordinator.rebalance.protocols", "classic")];
    let cluster = OwnCluster::start("it-fallback", 1, &settings).unwrap();
    let (topics, journal) = (Topics::new(&cluster.description().bootstrap_servers, "fallback"), Journal::new());
    topics.create("in", 2);
    topics.send_all("in", 0, &["[]"; 3]);
    let mut fixture = Start::new(&topics, "fallback").env("KARAFKA_PROCESSING__COMMIT_INTERVAL", "100ms").run(&journal);
    fixture.wait_committed(&topics, &[Some(3), None]);
    assert_eq!(journal.calls(0), [0, 1, 2]);
    let words = fixture.words();
    fixture.finish();
    assert_eq!(words.matches("going on with the classic protocol").count(), 1, "{words}");
}

/// Sends `count` records to each partition.
fn send(topics: &Topics, partitions: i32, count: usize) {
    for partition in 0..partitions {
        topics.send_all("in", partition, &vec!["[]"; count]);
    }
}

#[test]
fn an_eager_group_hands_everything_over_at_each_rebalance_and_repeats_nothing() {
    const PARTITIONS: i32 = 4;
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "eager"), Journal::new());
    topics.create("in", PARTITIONS);
    let start = || {
        Start::new(&topics, "eager")
            .env("KARAFKA_KAFKA__CONSUMER__PARTITION_ASSIGNMENT_STRATEGY", "range")
            .env("KARAFKA_KAFKA__CONSUMER__HEARTBEAT_INTERVAL_MS", "200")
            .run(&journal)
    };
    let all = |count: usize| move |journal: &Journal| (0..PARTITIONS).all(|at| journal.calls(at).len() == count);
    // In the second half, one goes back to its own place, which moves the whole assignment.
    send(&topics, PARTITIONS, 20);
    topics.send_all("in", 0, &[r#"[[{"seek": 21}], []]"#]);
    for partition in 1..PARTITIONS {
        topics.send_all("in", partition, &["[]"]);
    }
    let mut first = start();
    first.wait("all records of the first", all(21));
    let mut second = start();
    second.wait_words("partition started");
    send(&topics, PARTITIONS, 20);
    first.wait("all records of both", all(41));
    let by: BTreeSet<u32> = (0..PARTITIONS).flat_map(|at| journal.of("call", at)).map(|line| line.pid).collect();
    assert_eq!(by, BTreeSet::from([first.pid(), second.pid()]));
    let revoked = first.words().matches("partition revoked").count();
    assert_eq!(revoked, PARTITIONS as usize, "those that stay as well: {}", first.words());
    first.finish();
    send(&topics, PARTITIONS, 20);
    second.wait("all records of the second", all(61));
    second.finish();
    for partition in 0..PARTITIONS {
        assert_eq!(journal.calls(partition), (0..61).collect::<Vec<_>>(), "partition {partition}");
        assert!(journal.of("revoked", partition).iter().all(|line| !line.lost));
    }
    assert_eq!(topics.committed("records-eager", "in"), [Some(61); PARTITIONS as usize]);
}

/// A member that stood still for too long: others go on from what it had committed, and its hook hears of the loss.
#[test]
fn a_partition_that_is_lost_is_told_from_one_that_is_handed_over() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "frozen"), Journal::new());
    topics.create("in", 2);
    let start = || {
        Start::new(&topics, "frozen")
            .env("KARAFKA_KAFKA__CONSUMER__SESSION_TIMEOUT_MS", "2000")
            .env("KARAFKA_KAFKA__CONSUMER__HEARTBEAT_INTERVAL_MS", "300")
            .env("KARAFKA_PROCESSING__COMMIT_INTERVAL", "1h")
            .run(&journal)
    };
    send(&topics, 2, 3);
    let mut first = start();
    first.wait("all records", |journal| (0..2).all(|at| journal.calls(at) == [0, 1, 2]));
    let frozen = Pid::from_raw(first.pid().cast_signed());
    kill(frozen, Signal::SIGSTOP).unwrap();
    let mut second = start();
    second.wait("them again, for nothing was committed", |journal| {
        (0..2).all(|at| journal.calls(at) == [0, 1, 2, 0, 1, 2])
    });
    kill(frozen, Signal::SIGCONT).unwrap();
    first.wait("the end of what it had", |journal| (0..2).all(|at| !journal.of("revoked", at).is_empty()));
    for partition in 0..2 {
        let lost: Vec<_> = journal.of("revoked", partition).iter().map(|line| (line.pid, line.lost)).collect();
        assert_eq!(lost[0], (first.pid(), true), "{lost:?}");
    }
    first.finish();
    second.finish();
    assert_eq!(topics.committed("records-frozen", "in"), [Some(3), Some(3)]);
}
