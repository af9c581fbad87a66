//! Which records are dead-lettered, after how many attempts, and that all others are handled exactly once.

use std::collections::BTreeMap;

use karafka_tests::kafka::bootstrap_servers;

use super::harness::{Fixture, Journal, Start};
use super::topics::{Kept, Topics};

/// What is done each time a record is handled; see the fixture's `script`.
const OK: &str = "[]";
const POISON: &str = r#"[["fail"]]"#;
const FAILS_TWICE: &str = r#"[["fail"], ["fail"], []]"#;
const PERMANENT: &str = r#"[["permanent"]]"#;
const PANICS: &str = r#"[["panic"]]"#;
const PANICS_ONCE: &str = r#"[["panic"], []]"#;
const MARKS_AND_FAILS: &str = r#"[["mark", "fail"]]"#;
const UNAVAILABLE_FIVE_TIMES: &str =
    r#"[["unavailable"], ["unavailable"], ["unavailable"], ["unavailable"], ["unavailable"], []]"#;
const UNAVAILABLE_THEN_FAILS_TWICE: &str =
    r#"[["unavailable"], ["unavailable"], ["unavailable"], ["fail"], ["fail"], []]"#;

/// One partition: what is in it, and what becomes of it.
struct Case {
    name: &'static str,
    records: &'static [&'static str],
    /// Handler calls of each record.
    calls: &'static [usize],
    /// Offset and attempts of each dead letter, in order.
    letters: &'static [(i64, u32)],
}

const COLLECTIVE: [Case; 12] = [
    Case { name: "poison first", records: &[POISON, OK, OK], calls: &[3, 1, 1], letters: &[(0, 3)] },
    Case { name: "poison in the middle", records: &[OK, POISON, OK], calls: &[1, 3, 1], letters: &[(1, 3)] },
    Case { name: "poison last", records: &[OK, OK, POISON], calls: &[1, 1, 3], letters: &[(2, 3)] },
    Case { name: "only poison", records: &[POISON; 3], calls: &[3; 3], letters: &[(0, 3), (1, 3), (2, 3)] },
    Case { name: "mended by retries", records: &[OK, FAILS_TWICE, OK], calls: &[1, 3, 1], letters: &[] },
    Case { name: "permanent", records: &[OK, PERMANENT, OK], calls: &[1; 3], letters: &[(1, 1)] },
    Case { name: "panics", records: &[OK, PANICS, OK], calls: &[1, 3, 1], letters: &[(1, 3)] },
    Case { name: "panics once", records: &[OK, PANICS_ONCE, OK], calls: &[1, 2, 1], letters: &[] },
    Case { name: "unavailable", records: &[OK, UNAVAILABLE_FIVE_TIMES, OK], calls: &[1, 6, 1], letters: &[] },
    Case {
        name: "unavailability uses no retries",
        records: &[UNAVAILABLE_THEN_FAILS_TWICE, OK],
        calls: &[6, 1],
        letters: &[],
    },
    Case { name: "a mark before the failure", records: &[MARKS_AND_FAILS, OK], calls: &[3, 1], letters: &[(0, 3)] },
    // Two failures of the first and one of the second make three; the dispatch clears the count.
    Case { name: "rolling errors", records: &[FAILS_TWICE; 3], calls: &[3, 1, 3], letters: &[(1, 1)] },
];

const INDEPENDENT: [Case; 3] = [
    Case { name: "rolling errors", records: &[FAILS_TWICE; 3], calls: &[3; 3], letters: &[] },
    Case {
        name: "poison among rolling errors",
        records: &[FAILS_TWICE, POISON, FAILS_TWICE],
        calls: &[3; 3],
        letters: &[(1, 3)],
    },
    Case {
        name: "unavailability uses no retries",
        records: &[UNAVAILABLE_THEN_FAILS_TWICE, OK],
        calls: &[6, 1],
        letters: &[],
    },
];

const SKIPPING: [Case; 4] = [
    Case { name: "poison first", records: &[POISON, OK, OK], calls: &[3, 1, 1], letters: &[(0, 3)] },
    Case { name: "poison last", records: &[OK, OK, POISON], calls: &[1, 1, 3], letters: &[(2, 3)] },
    Case { name: "permanent", records: &[OK, PERMANENT, OK], calls: &[1; 3], letters: &[(1, 1)] },
    Case { name: "panics", records: &[PANICS, OK], calls: &[3, 1], letters: &[(0, 3)] },
];

/// Runs the cases, each in a partition of its own, until every record had its turn.
fn run<'j>(topics: &Topics, journal: &'j Journal, block: &str, cases: &[Case]) -> Fixture<'j> {
    topics.create("in", cases.len() as i32);
    for (case, partition) in cases.iter().zip(0..) {
        topics.send_all("in", partition, case.records);
    }
    let mut fixture = Start::new(topics, block).run(journal);
    let ends: Vec<_> = cases.iter().map(|case| Some(case.records.len() as i64)).collect();
    fixture.wait("the last record of every case", |journal| {
        cases
            .iter()
            .zip(0..)
            .all(|(case, partition)| journal.calls(partition).contains(&(case.records.len() as i64 - 1)))
    });
    fixture.wait_committed(topics, &ends);
    for (case, partition) in cases.iter().zip(0..) {
        let calls = journal.calls(partition);
        let counts: Vec<usize> =
            (0..case.records.len() as i64).map(|offset| calls.iter().filter(|call| **call == offset).count()).collect();
        assert_eq!(counts, case.calls, "calls of each record, {}", case.name);
        assert!(calls.is_sorted(), "in order, {}: {calls:?}", case.name);
        for line in journal.of("call", partition) {
            let before = calls.iter().filter(|call| Some(**call) == line.offset).count() as u32;
            assert!(line.attempt >= 1 && line.attempt <= before, "{}: {line:?}", case.name);
        }
    }
    fixture
}

/// `words` are what the user has read.
fn letters(topics: &Topics, cases: &[Case], words: &str) {
    let mut found: BTreeMap<i32, Vec<(i64, u32)>> = BTreeMap::new();
    for letter in topics.read("dead") {
        let number = |name: &str| letter.text(name).unwrap_or_default().parse::<i64>().unwrap();
        let partition = letter.partition;
        let trace = letter.text("karafka-trace-id").unwrap();
        assert!(words.contains(&format!("trace={trace}")), "the log tells of {trace}");
        assert_eq!(number("karafka-source-partition"), i64::from(partition), "the order of a partition is kept");
        let letters = found.entry(partition).or_default();
        letters.push((number("karafka-source-offset"), number("karafka-attempts") as u32));
    }
    for (case, partition) in cases.iter().zip(0..) {
        assert_eq!(found.remove(&partition).unwrap_or_default(), case.letters, "dead letters, {}", case.name);
    }
}

#[test]
fn exactly_what_keeps_failing_is_dead_lettered_after_its_retries() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "collective"), Journal::new());
    topics.create("dead", COLLECTIVE.len() as i32);
    let fixture = run(&topics, &journal, "collective", &COLLECTIVE);
    letters(&topics, &COLLECTIVE, &fixture.words());
    fixture.finish();
}

#[test]
fn independent_counting_gives_each_record_its_own_retries() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "independent"), Journal::new());
    topics.create("dead", INDEPENDENT.len() as i32);
    let fixture = run(&topics, &journal, "independent", &INDEPENDENT);
    letters(&topics, &INDEPENDENT, &fixture.words());
    fixture.finish();
}

#[test]
fn without_a_topic_what_keeps_failing_is_skipped_and_told() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "skipping"), Journal::new());
    let fixture = run(&topics, &journal, "skipping", &SKIPPING);
    let words = fixture.words();
    let skipped: Vec<&str> = words.lines().filter(|line| line.contains("record skipped by policy")).collect();
    let expect: Vec<String> = SKIPPING
        .iter()
        .zip(0..)
        .flat_map(|(case, partition)| case.letters.iter().map(move |letter| (partition, letter)))
        .map(|(partition, (offset, attempts))| {
            format!("at={}[{partition}]@{offset} attempts={attempts}", topics.name("in"))
        })
        .collect();
    for place in &expect {
        assert_eq!(skipped.iter().filter(|line| line.contains(place)).count(), 1, "{place} in {skipped:#?}");
    }
    assert_eq!(skipped.len(), expect.len(), "{skipped:#?}");
    fixture.finish();
}

#[test]
fn a_panic_rebuilds_the_instance() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "panic"), Journal::new());
    topics.create("in", 1);
    topics.create("dead", 1);
    topics.send_all("in", 0, &[OK, OK, PANICS_ONCE, OK]);
    let mut fixture = Start::new(&topics, "panicking").run(&journal);
    fixture.wait("the last record", |journal| journal.calls(0).contains(&3));
    let counters: Vec<_> = journal.of("call", 0).iter().map(|line| (line.offset, line.calls)).collect();
    assert_eq!(counters, [(Some(0), 1), (Some(1), 2), (Some(2), 3), (Some(2), 1), (Some(3), 2)]);
    assert_eq!(journal.of("call", 0).iter().map(|line| line.attempt).collect::<Vec<_>>(), [1, 1, 1, 2, 1]);
    let errors: Vec<_> = journal.of("end", 0).into_iter().map(|line| line.error).collect();
    assert_eq!(errors, [None, None, None, None], "a call that panicked has no end");
    fixture.finish();
    assert_eq!(topics.read("dead"), [] as [Kept; 0]);
}
