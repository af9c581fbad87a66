//! The testing kit and a running server do the same with the same records: one program, its consumers and scripts, once without
//! Kafka and once on it, line by line.

use std::collections::BTreeMap;

use karafka_tests::kafka::bootstrap_servers;
use serde_json::{Value, json};

use super::harness::{Fixture, Journal, Line, Start, plain};
use super::topics::{Kept, Topics};

/// One partition each: the scripts of its records.
const DEAD_LETTERING: &[&[&str]] = &[
    &["[]", r#"[["fail"]]"#, "[]"],
    &[r#"[["fail"], ["fail"], []]"#, r#"[["fail"], []]"#, "[]"],
    &["[]", r#"[["permanent"]]"#, r#"[["permanent"]]"#],
    &[r#"[["panic"], []]"#, r#"[["panic"]]"#],
    &[r#"[["unavailable"], ["unavailable"], ["unavailable"], ["fail"], []]"#, "no script", "[]"],
    &["[]", r#"[[{"pause": 300}], []]"#, "[]"],
    &["[]", "[]", r#"[[{"seek": 1}], []]"#, r#"[["fail"]]"#],
    &["[]", r#"[["mark", "fail"]]"#, r#"[["seek_earliest"], []]"#],
    &[r#"[[{"seek": 2}]]"#, "[]", r#"[["commit"]]"#],
];

const MANUAL: &[&[&str]] = &[
    &["[]", r#"[["mark"]]"#, "[]"],
    &[r#"[["mark", "commit"]]"#, r#"[["fail"], ["mark"]]"#],
    &["[]", "[]", r#"[[{"mark_at": 1}]]"#, r#"[[{"mark_at": 0}, "commit"]]"#],
    &[r#"[["mark"]]"#, r#"[["mark", {"seek": 0}], []]"#],
    &[r#"[["metadata", {"mark_with": "one"}, "metadata"]]"#, r#"[["mark", "metadata"]]"#],
];

const PRODUCING: &[&[&str]] = &[
    &[r#"[[{"produce": ["a", "one"]}]]"#, r#"[[{"produce_acked": ["b", "two"]}]]"#],
    &[r#"[[{"produce": ["c", "three"]}, "fail"], [{"produce": ["c", "four"]}]]"#, r#"[["fail"]]"#],
    &[r#"[[{"produce": ["d", "five"]}, "mark"]]"#, "[]"],
];

/// Runs `scripts` both ways.
fn check(block: &str, scripts: &[&[&str]]) {
    let (alone, told) = in_the_kit(block, scripts);
    assert_eq!(alone.len(), scripts.len(), "every partition has its turn");
    let topics = Topics::new(&bootstrap_servers(), block);
    topics.create("in", scripts.len() as i32);
    topics.create("dead", 1);
    topics.create("out", 1);
    for (payloads, partition) in scripts.iter().zip(0..) {
        topics.send_all("in", partition, payloads);
    }
    let journal = Journal::new();
    let mut fixture = Start::new(&topics, block).run(&journal);
    // The hooks of the stop come after all that is compared here.
    let calls = alone.values().flatten().filter(|line| line.event == "end").count();
    fixture.wait("as many calls as in the kit", |journal| {
        journal.lines().iter().filter(|line| line.event == "end").count() >= calls
    });
    let progress: Vec<Option<i64>> = serde_json::from_value(told["progress"].clone()).unwrap();
    fixture.wait_committed(&topics, &progress);
    fixture.finish();
    let running = by_partition(journal.lines());
    for (partition, lines) in &alone {
        assert_eq!(
            shown(&running[partition], &topics.prefix),
            shown(lines, ""),
            "{block}: {:?}",
            scripts[*partition as usize]
        );
    }
    assert_eq!(topics.committed(&format!("records-{}", block.replace('_', "-")), "in"), progress);
    for topic in ["dead", "out"] {
        let kept = topics.read_committed(topic).iter().map(|record| of_kafka(record, &topics.prefix)).collect();
        assert_eq!(
            sorted(kept),
            sorted(told[topic].as_array().unwrap().iter().map(without_time).collect()),
            "{block}: {topic}"
        );
    }
}

/// The lines of each partition, and what was left in the end.
fn in_the_kit(block: &str, scripts: &[&[&str]]) -> (BTreeMap<i32, Vec<Line>>, Value) {
    let journal = Journal::new();
    let mut command = plain(block);
    command.env("FIXTURE_KIT", json!(scripts).to_string());
    let mut fixture = Fixture::spawn(command, &journal, block);
    assert_eq!(fixture.end(), Some(0), "{}", fixture.words());
    let (told, lines): (Vec<_>, Vec<_>) = journal.lines().into_iter().partition(|line| line.event == "kit");
    (by_partition(lines), told[0].result.clone())
}

fn by_partition(lines: Vec<Line>) -> BTreeMap<i32, Vec<Line>> {
    let mut partitions: BTreeMap<i32, Vec<Line>> = BTreeMap::new();
    for line in lines {
        partitions.entry(line.partition).or_default().push(line);
    }
    partitions
}

/// All but process, time, and the prefix that topics have on a shared cluster.
fn shown(lines: &[Line], prefix: &str) -> Vec<String> {
    let show = |Line { event, offset, attempt, calls, error, act, result, .. }: &Line| {
        let line = format!("{event} {offset:?} attempt {attempt} calls {calls} {error:?} {act:?} {result}");
        if prefix.is_empty() { line } else { line.replace(prefix, "") }
    };
    lines.iter().map(show).collect()
}

fn of_kafka(record: &Kept, prefix: &str) -> Value {
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).replace(prefix, "");
    let headers: Vec<_> = record.headers.iter().map(|(name, value)| (name, value.as_ref().map(text))).collect();
    without_time(
        &json!({ "key": record.key.as_ref().map(text), "payload": record.payload.as_ref().map(text), "headers": headers }),
    )
}

/// Timestamps and trace ids are those of the run.
fn without_time(record: &Value) -> Value {
    let mut record = record.clone();
    if let Some(headers) = record["headers"].as_array_mut() {
        headers.retain(|header| {
            !["karafka-source-timestamp", "karafka-trace-id"].contains(&header[0].as_str().unwrap_or_default())
        });
    }
    record
}

/// Partitions finish in any order.
fn sorted(mut records: Vec<Value>) -> Vec<Value> {
    records.sort_by_key(ToString::to_string);
    records
}

#[test]
fn dead_letters_counted_together() {
    check("twin", DEAD_LETTERING);
}

#[test]
fn dead_letters_counted_for_each_record() {
    check("twin_independent", DEAD_LETTERING);
}

#[test]
fn records_that_are_skipped() {
    check("twin_skipping", DEAD_LETTERING);
}

#[test]
fn manual_offsets() {
    check("twin_manual", MANUAL);
}

const TRANSACTIONS: &[&[&str]] = &[
    &[r#"[[{"transaction": [{"produce": ["a", "one"]}, "mark"]}]]"#, "[]"],
    &[
        r#"[[{"transaction": [{"produce": ["b", "no"]}, "mark", "fail"]}], [{"transaction": [{"produce": ["b", "yes"]}]}]]"#,
    ],
    &[
        r#"[["metadata", {"transaction": [{"mark_with": "lost"}, "fail"]}], ["metadata", {"transaction": [{"mark_with": "kept"}]}, "metadata"]]"#,
    ],
    &[r#"[[{"try_transaction": ["fail"]}, "mark"], []]"#, r#"[[{"transaction": ["panic"]}]]"#],
];

#[test]
fn transactions_of_handlers() {
    check("twin_transactions", TRANSACTIONS);
}

#[test]
fn what_handlers_produce() {
    check("twin_producing", PRODUCING);
}
