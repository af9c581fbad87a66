//! How records reach handlers: batches, the first offset, several connections, stuck siblings.

use karafka_tests::kafka::{bootstrap_servers, cli};

use super::harness::{Journal, Start};
use super::topics::Topics;

/// The offsets of each batch of one topic's only partition.
fn batches(journal: &Journal, topic: &str) -> Vec<Vec<i64>> {
    journal.of("batch", 0).into_iter().filter(|line| line.topic == topic).map(|line| line.offsets).collect()
}

#[test]
fn batches_are_as_large_as_asked_and_wait_to_fill_as_long_as_asked() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "batches"), Journal::new());
    let names = ["in", "full", "late"].map(|topic| {
        topics.create(topic, 1);
        topics.name(topic)
    });
    topics.send_all("in", 0, &["[]"; 12]);
    let mut fixture = Start::new(&topics, "batches").run(&journal);
    fixture.wait("all batches of 5", |journal| batches(journal, &names[0]).concat().len() == 12);
    // One by one, so that each is fetched on its own.
    for number in 0..10 {
        topics.send_all("full", 0, &["[]"]);
        let early = batches(&journal, &names[1]);
        assert!(number == 9 || early.is_empty(), "{early:?} after {number}");
    }
    topics.send_all("late", 0, &["[]"; 3]);
    fixture.wait("a full batch", |journal| !batches(journal, &names[1]).is_empty());
    fixture.wait("a late batch", |journal| batches(journal, &names[2]).concat().len() == 3);
    fixture.finish();
    assert_eq!(batches(&journal, &names[0]), [vec![0, 1, 2, 3, 4], vec![5, 6, 7, 8, 9], vec![10, 11]]);
    assert_eq!(batches(&journal, &names[1]), [(0..10).collect::<Vec<_>>()]);
    for (topic, end) in [("in", 12), ("full", 10), ("late", 3)] {
        assert_eq!(topics.committed("records-batches", topic), [Some(end)]);
    }
}

#[test]
fn a_group_without_progress_begins_where_its_route_says() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "latest"), Journal::new());
    topics.create("in", 2);
    topics.send_all("in", 0, &["[]"; 3]);
    let mut fixture = Start::new(&topics, "latest").run(&journal);
    for (partition, offset) in [(0, 3), (1, 0)] {
        fixture.wait_words(&format!("topic=\"{}\" partition={partition} offset={offset}", topics.name("in")));
    }
    // The beginning is progress too: what comes while nobody runs is not passed over.
    fixture.wait_committed(&topics, &[Some(3), Some(0)]);
    fixture.finish();
    topics.send_all("in", 0, &["[]"; 2]);
    topics.send_all("in", 1, &["[]"]);
    let mut fixture = Start::new(&topics, "latest").run(&journal);
    fixture.wait_committed(&topics, &[Some(5), Some(1)]);
    fixture.finish();
    assert_eq!((journal.calls(0), journal.calls(1)), (vec![3, 4], vec![0]));
}

#[test]
fn a_multiplexed_group_shares_its_partitions_among_its_connections() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "doubled"), Journal::new());
    topics.create("in", 4);
    let mut fixture = Start::new(&topics, "doubled").run(&journal);
    let members = || {
        let group = ["--bootstrap-server", &topics.servers, "--describe", "--group", "records-doubled", "--members"];
        let text = String::from_utf8(cli("ConsumerGroupCommand", &group).unwrap().stdout).unwrap();
        let lines = text.lines().filter(|line| line.starts_with("records-doubled"));
        let mut shares: Vec<u32> = lines.map(|line| line.split_whitespace().last().unwrap().parse().unwrap()).collect();
        shares.sort_unstable();
        shares
    };
    fixture.wait("two members with two partitions each", |_| members() == [2, 2]);
    for partition in 0..4 {
        topics.send_all("in", partition, &["[]"; 25]);
    }
    fixture.wait_committed(&topics, &[Some(25); 4]);
    fixture.finish();
    for partition in 0..4 {
        assert_eq!(journal.calls(partition), (0..25).collect::<Vec<_>>());
    }
}

#[test]
fn partitions_beside_stuck_ones_go_on_even_with_one_worker() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "stuck"), Journal::new());
    topics.create("in", 5);
    for partition in 0..2 {
        topics.send_all("in", partition, &[r#"[[{"await": "free"}]]"#, "[]"]);
    }
    for partition in 2..5 {
        topics.send_all("in", partition, &["[]"; 50]);
    }
    let mut fixture = Start::new(&topics, "stuck").env("KARAFKA_PROCESSING__CONCURRENCY", "1").run(&journal);
    fixture.wait("the siblings", |journal| {
        (0..2).all(|partition| journal.calls(partition) == [0])
            && (2..5).all(|partition| journal.of("end", partition).len() == 50)
    });
    for partition in 2..5 {
        topics.send_all("in", partition, &["[]"; 50]);
    }
    fixture.wait("more of the siblings", |journal| (2..5).all(|partition| journal.of("end", partition).len() == 100));
    assert!((0..2).all(|partition| journal.of("end", partition).is_empty()), "both are still stuck");
    journal.touch("free");
    let ends = [2, 2, 100, 100, 100].map(Some);
    fixture.wait_committed(&topics, &ends);
    fixture.finish();
}

#[test]
fn without_a_dead_letter_queue_a_record_is_retried_and_its_siblings_go_on() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "endless"), Journal::new());
    topics.create("in", 3);
    topics.send_all("in", 0, &["[]", r#"[["fail"]]"#, "[]"]);
    topics.send_all("in", 1, &[r#"[["permanent"]]"#]);
    topics.send_all("in", 2, &["[]"; 50]);
    let mut fixture = Start::new(&topics, "endless").run(&journal);
    fixture.wait("many attempts", |journal| {
        (0..2).all(|partition| journal.of("call", partition).iter().any(|line| line.attempt >= 10))
    });
    fixture.wait_committed(&topics, &[Some(1), None, Some(50)]);
    fixture.finish();
    assert!(!journal.calls(0).contains(&2), "nothing beyond the record that fails");
    assert_eq!(topics.committed("records-endless", "in"), [Some(1), None, Some(50)]);
    let attempts: Vec<u32> = journal.of("call", 1).iter().map(|line| line.attempt).collect();
    assert_eq!(attempts, (1..=attempts.len() as u32).collect::<Vec<_>>());
}
