//! Batches that fail: which of their records are dead-lettered, with how many calls, and that all others are handled once.

use std::collections::BTreeMap;

use karafka_tests::kafka::bootstrap_servers;

use super::harness::{Journal, Start};
use super::topics::Topics;

const OK: &str = "[]";
const POISON: &str = r#"[["fail"]]"#;
const UNDECODABLE: &str = "x";
const DOWN: &str = r#"[[{"fail_until": "healed"}]]"#;
const MARKS: &str = r#"[["mark"]]"#;

/// A batch of 100 records, most of them `usual`.
fn batch(usual: &str, others: &str, at: &[usize]) -> Vec<String> {
    (0..100).map(|offset| if at.contains(&offset) { others } else { usual }.to_owned()).collect()
}

/// Offsets of the dead letters of each partition, in their order.
fn letters(topics: &Topics) -> BTreeMap<i32, Vec<i64>> {
    let mut found: BTreeMap<i32, Vec<i64>> = BTreeMap::new();
    for letter in topics.read("dead") {
        found.entry(letter.partition).or_default().push(letter.text("karafka-source-offset").unwrap().parse().unwrap());
    }
    found
}

/// How often each of 100 records was in a call that succeeded.
fn successes(journal: &Journal, partition: i32) -> Vec<usize> {
    let mut counts = vec![0; 100];
    for line in journal.of("batch_end", partition).iter().filter(|line| line.error.is_none()) {
        for offset in &line.offsets {
            counts[*offset as usize] += 1;
        }
    }
    counts
}

/// One success for each record but those.
fn once_but(bad: &[usize]) -> Vec<usize> {
    (0..100).map(|offset| usize::from(!bad.contains(&offset))).collect()
}

#[test]
fn a_failing_batch_is_narrowed_down_to_its_bad_records() {
    const SEVEN: [usize; 7] = [3, 17, 18, 40, 63, 64, 99];
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "narrowing"), Journal::new());
    topics.create("in", 4);
    topics.create("dead", 4);
    let undecodable: Vec<usize> = (30..70).collect();
    topics.send_all("in", 0, &batch(OK, POISON, &[37]));
    topics.send_all("in", 1, &batch(OK, POISON, &SEVEN));
    topics.send_all("in", 2, &batch(OK, UNDECODABLE, &undecodable));
    topics.send_all("in", 3, &batch(DOWN, DOWN, &[]));
    let mut fixture = Start::new(&topics, "narrowing").run(&journal);
    // Three partitions are done although everything fails in the fourth.
    fixture.wait_words("every record fails by itself");
    fixture.wait_committed(&topics, &[Some(100), Some(100), Some(100), None]);
    let offsets = |of: &[usize]| of.iter().map(|offset| *offset as i64).collect::<Vec<_>>();
    let expect: BTreeMap<i32, Vec<i64>> = [(0, vec![37]), (1, offsets(&SEVEN)), (2, offsets(&undecodable))].into();
    assert_eq!(letters(&topics), expect);
    journal.touch("healed");
    fixture.wait_committed(&topics, &[Some(100); 4]);
    assert_eq!(letters(&topics), expect, "what all records need was away: no fault of theirs");
    fixture.finish();
    for (partition, bad) in [(0, &[37][..]), (1, &SEVEN), (2, &undecodable)] {
        assert_eq!(successes(&journal, partition), once_but(bad), "partition {partition}");
    }
    assert!(successes(&journal, 3).iter().all(|times| *times >= 1));
    let calls = |partition| journal.of("batch", partition).len();
    assert!(calls(0) <= 3 + 14, "three attempts and 1 + 2·log₂ 100 more calls, found {}", calls(0));
    assert!(calls(2) <= 3, "the batch and the two parts of it that decode, found {}", calls(2));
}

#[test]
fn with_manual_offsets_a_dead_letter_is_no_mark_of_others() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "narrowing_manual"), Journal::new());
    topics.create("in", 3);
    topics.create("dead", 3);
    topics.send_all("in", 0, &batch(MARKS, POISON, &[5]));
    topics.send_all("in", 1, &batch(OK, POISON, &[5]));
    topics.send_all("in", 2, &batch(OK, POISON, &[0]));
    let mut fixture = Start::new(&topics, "narrowing_manual").run(&journal);
    fixture.wait("the record behind the bad one, everywhere", |journal| {
        (0..3).all(|partition| {
            journal.of("batch_end", partition).iter().any(|line| line.error.is_none() && line.offsets.contains(&99))
        })
    });
    fixture.wait_committed(&topics, &[Some(100), None, Some(1)]);
    fixture.finish();
    assert_eq!(letters(&topics), [(0, vec![5]), (1, vec![5]), (2, vec![0])].into());
}

#[test]
fn without_isolation_the_first_record_that_is_not_done_is_taken() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "first_undone"), Journal::new());
    topics.create("in", 2);
    topics.create("dead", 2);
    topics.send_all("in", 0, &batch(MARKS, POISON, &[7]));
    topics.send_all("in", 1, &batch(OK, POISON, &[1]));
    let mut fixture = Start::new(&topics, "first_undone").run(&journal);
    fixture.wait_committed(&topics, &[Some(100); 2]);
    fixture.finish();
    assert_eq!(letters(&topics), [(0, vec![7]), (1, vec![0, 1])].into());
}
