//! Pauses, seeks and resumes, from handlers and from ticks: nothing is lost, order is kept, and what is held comes again once.

use karafka_tests::kafka::bootstrap_servers;

use super::harness::{Fixture, Journal, Start};
use super::topics::Topics;

struct Case {
    name: &'static str,
    records: &'static [&'static str],
    /// The offsets that the handler is called with.
    calls: &'static [i64],
}

/// Each record's first turn; the second one does nothing.
const CASES: [Case; 8] = [
    Case { name: "a pause before a record", records: &["[]", r#"[[{"pause": 300}], []]"#, "[]"], calls: &[0, 1, 1, 2] },
    Case {
        name: "a pause from an earlier record",
        records: &["[]", "[]", r#"[[{"pause_from": [0, 300]}], []]"#, "[]"],
        calls: &[0, 1, 2, 0, 1, 2, 3],
    },
    Case {
        name: "a pause that is lifted at once",
        records: &[r#"[[{"pause": 60000}, "resume"]]"#, "[]"],
        calls: &[0, 1],
    },
    Case { name: "back", records: &["[]", "[]", r#"[[{"seek": 1}], []]"#, "[]"], calls: &[0, 1, 2, 1, 2, 3] },
    Case { name: "forward", records: &[r#"[[{"seek": 3}]]"#, "[]", "[]", "[]", "[]"], calls: &[0, 3, 4] },
    Case { name: "to the beginning", records: &["[]", r#"[["seek_earliest"], []]"#, "[]"], calls: &[0, 1, 0, 1, 2] },
    Case {
        name: "to the beginning, where a record then fails",
        records: &[r#"[[], ["fail"], []]"#, "[]", r#"[["seek_earliest"], []]"#],
        calls: &[0, 1, 2, 0, 0, 1, 2],
    },
    Case { name: "to the end", records: &["[]", r#"[["seek_latest"], []]"#, "[]", "[]"], calls: &[0, 1] },
];

#[test]
fn a_handler_pauses_and_seeks_and_nothing_is_lost_or_comes_out_of_order() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "flow"), Journal::new());
    topics.create("in", CASES.len() as i32);
    topics.create("quiet", 1);
    for (case, partition) in CASES.iter().zip(0..) {
        topics.send_all("in", partition, case.records);
    }
    let mut fixture = Start::new(&topics, "flow").run(&journal);
    fixture.wait("all calls", |journal| {
        CASES.iter().zip(0..).all(|(case, partition)| journal.calls(partition).len() >= case.calls.len())
    });
    // Whatever came before: each partition goes on with what comes now.
    for partition in 0..CASES.len() as i32 {
        topics.send_all("in", partition, &["[]"]);
    }
    let ends: Vec<_> = CASES.iter().map(|case| Some(case.records.len() as i64 + 1)).collect();
    fixture.wait_committed(&topics, &ends);
    fixture.finish();
    for (case, partition) in CASES.iter().zip(0..) {
        let expect: Vec<i64> = case.calls.iter().copied().chain([case.records.len() as i64]).collect();
        assert_eq!(journal.calls(partition), expect, "{}", case.name);
    }
    for partition in [0, 1] {
        let calls = journal.of("call", partition);
        let held = calls.windows(2).find(|pair| pair[1].offset <= pair[0].offset).unwrap();
        assert!(held[1].at - held[0].at >= 300_000, "the pause holds: {held:?}");
    }
}

/// Runs five records, then a tick that acts once the file `go` is there.
fn tick<'j>(topics: &Topics, journal: &'j Journal, block: &str, acts: &str) -> Fixture<'j> {
    topics.create("in", 1);
    topics.create("quiet", 1);
    topics.send_all("in", 0, &["[]"; 5]);
    let script = format!(r#"[[{{"needs": "go"}}, {acts}], []]"#);
    let mut fixture = Start::new(topics, block).env("FIXTURE_TICK", &script).run(journal);
    fixture.wait("five records", |journal| journal.calls(0) == [0, 1, 2, 3, 4]);
    journal.touch("go");
    fixture
}

#[test]
fn a_tick_seeks() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "tick-seeks"), Journal::new());
    let mut fixture = tick(&topics, &journal, "tick_seeks", r#"{"seek": 1}"#);
    fixture.wait("the replay", |journal| journal.calls(0).len() == 9);
    topics.send_all("in", 0, &["[]"]);
    fixture.wait_committed(&topics, &[Some(6)]);
    fixture.finish();
    assert_eq!(journal.calls(0), [0, 1, 2, 3, 4, 1, 2, 3, 4, 5]);
}

#[test]
fn a_tick_pauses_from_a_record() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "tick-pauses"), Journal::new());
    let mut fixture = tick(&topics, &journal, "tick_pauses", r#"{"pause_last": 400}"#);
    fixture.wait("the record that was held", |journal| journal.calls(0).len() == 6);
    topics.send_all("in", 0, &["[]"]);
    fixture.wait_committed(&topics, &[Some(6)]);
    fixture.finish();
    assert_eq!(journal.calls(0), [0, 1, 2, 3, 4, 4, 5]);
    let calls = journal.of("call", 0);
    assert!(calls[5].at - calls[4].at >= 400_000, "{calls:?}");
}

#[test]
fn a_tick_lifts_a_pause() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "tick-resumes"), Journal::new());
    topics.create("in", 1);
    topics.create("quiet", 1);
    topics.send_all("in", 0, &["[]", r#"[[{"pause": 600000}], []]"#, "[]"]);
    let mut fixture =
        Start::new(&topics, "tick_resumes").env("FIXTURE_TICK", r#"[[{"needs": "go"}, "resume"]]"#).run(&journal);
    fixture.wait("the pause", |journal| journal.of("end", 0).iter().any(|line| line.offset == Some(1)));
    let ticks = journal.of("tick", 0).len();
    fixture.wait("ticks during the pause", |journal| journal.of("tick", 0).len() >= ticks + 3);
    assert_eq!(journal.calls(0), [0, 1]);
    journal.touch("go");
    fixture.wait_committed(&topics, &[Some(3)]);
    fixture.finish();
    assert_eq!(journal.calls(0), [0, 1, 1, 2]);
}
