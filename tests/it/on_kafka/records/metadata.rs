//! Offset metadata: written with a mark, read by the next owner, never taken from somebody else, gone with the assignment.

use std::time::Duration;

use karafka_tests::kafka::bootstrap_servers;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use serde_json::{Value, json};

use super::harness::{Journal, Start};
use super::topics::Topics;

const GROUP: &str = "records-metadata";

/// The stored offset and metadata of one partition, as any client of Kafka reads it.
fn stored(topics: &Topics, partition: i32) -> (Offset, String) {
    let list = other(topics).committed_offsets(list(topics, partition), Duration::from_secs(10)).unwrap();
    let entry = &list.elements()[0];
    (entry.offset(), entry.metadata().to_owned())
}

fn other(topics: &Topics) -> BaseConsumer {
    ClientConfig::new().set("bootstrap.servers", &topics.servers).set("group.id", GROUP).create().unwrap()
}

fn list(topics: &Topics, partition: i32) -> TopicPartitionList {
    let mut list = TopicPartitionList::new();
    list.add_partition(&topics.name("in"), partition);
    list
}

fn results(journal: &Journal, partition: i32) -> Vec<Value> {
    journal.acts(partition).into_iter().map(|(_, result)| result).collect()
}

#[test]
fn a_value_is_kept_beside_the_offset_for_the_next_owner() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "metadata"), Journal::new());
    topics.create("in", 3);
    topics.send_all("in", 0, &[r#"[["metadata", {"mark_with": "sum 7"}, "metadata"]]"#, r#"[["mark"]]"#]);
    // Somebody else's, from before: absent for us, and left as it is by a plain mark.
    let mut foreign = list(&topics, 1);
    foreign.set_all_offsets(Offset::Offset(0)).unwrap();
    foreign.find_partition(&topics.name("in"), 1).unwrap().set_metadata("theirs");
    other(&topics).commit(&foreign, CommitMode::Sync).unwrap();
    topics.send_all("in", 1, &[r#"[["metadata", "mark"]]"#]);
    // 4,096 units fit with the frame, one more does not; the refusal names the limit and marks nothing.
    topics.send_all("in", 2, &[r#"[[{"mark_with_large": 4084}]]"#, r#"[[{"mark_with_large": 4085}], []]"#]);
    let start = || Start::new(&topics, "metadata").env("KARAFKA_PROCESSING__COMMIT_INTERVAL", "50ms");
    let mut first = start().run(&journal);
    first.wait("all calls", |journal| journal.of("end", 0).len() == 2 && journal.of("end", 2).len() == 3);
    first.wait_committed(&topics, &[Some(2), Some(1), Some(1)]);
    first.finish();
    assert_eq!(results(&journal, 0), [json!(null), json!(true), json!("sum 7"), json!(true)]);
    assert_eq!(results(&journal, 1), [json!(null), json!(true)]);
    assert_eq!(stored(&topics, 0), (Offset::Offset(2), "karafka.1:\"sum 7\"".to_owned()));
    assert_eq!(stored(&topics, 1), (Offset::Offset(1), "theirs".to_owned()));
    assert_eq!(stored(&topics, 2).1.len(), 4096);
    let refused = results(&journal, 2)[1].as_str().unwrap().to_owned();
    assert!(refused.contains("4097 UTF-16 units") && refused.contains("takes 4096"), "{refused}");

    topics.send_all("in", 0, &[r#"[["metadata"]]"#]);
    let mut second = start().run(&journal);
    second.wait("the next owner's look", |journal| results(journal, 0).len() == 5);
    assert_eq!(results(&journal, 0)[4], json!("sum 7"));
    second.finish();
}

#[test]
fn the_metadata_of_a_lost_partition_is_its_next_owner_s() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "metadata-lost"), Journal::new());
    topics.create("in", 2);
    let script = r#"[[{"mark_with": "mine"}, "await_revoked", "mark_until_lost", "metadata"], []]"#;
    topics.send_all("in", 0, &[script]);
    topics.send_all("in", 1, &[script]);
    let start = || Start::new(&topics, "metadata_lost").env("KARAFKA_PROCESSING__DRAIN_TIMEOUT", "500ms");
    let mut first = start().run(&journal);
    first.wait("both calls", |journal| journal.calls(0).len() == 1 && journal.calls(1).len() == 1);
    let mut second = start().run(&journal);
    let lost = || (0..2).find(|partition| results(&journal, *partition).len() >= 3);
    second.wait("a handler that outlives its assignment", |_| lost().is_some());
    let results = results(&journal, lost().unwrap());
    let text = results.last().unwrap().as_str().unwrap();
    assert!(text.starts_with("the assignment was lost"), "{results:?}");
}
