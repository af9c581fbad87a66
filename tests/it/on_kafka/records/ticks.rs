//! When ticks come, and when they do not.

use karafka_tests::kafka::bootstrap_servers;

use super::harness::{Fixture, Journal, Line, Start};
use super::topics::Topics;

/// The interval of every block here, in microseconds.
const INTERVAL: u64 = 100_000;
/// What may lie between a tick's begin and its line in the journal.
const SLACK: u64 = 5_000;

fn ticks(journal: &Journal, topic: &str, partition: i32) -> Vec<Line> {
    journal.of("tick", partition).into_iter().filter(|line| line.topic == topic).collect()
}

/// Waits for so many more ticks.
fn wait_ticks(fixture: &mut Fixture<'_>, journal: &Journal, topic: &str, partition: i32, more: usize) {
    let before = ticks(journal, topic, partition).len();
    fixture.wait("ticks", |journal| ticks(journal, topic, partition).len() >= before + more);
}

#[test]
fn ticks_come_with_data_and_without_and_never_beside_a_handler_or_too_soon() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "ticking"), Journal::new());
    topics.create("in", 2);
    topics.create("quiet", 1);
    let (name, quiet) = (topics.name("in"), topics.name("quiet"));
    let mut fixture = Start::new(&topics, "ticking").run(&journal);
    wait_ticks(&mut fixture, &journal, &name, 1, 3);
    assert!(ticks(&journal, &name, 1).iter().all(|tick| tick.offset.is_none()), "before the first record");
    topics.send_all("in", 0, &["[]", r#"[[{"block": 450}]]"#, "[]"]);
    topics.send_all("quiet", 0, &["[]", r#"[[{"pause": 700}], []]"#]);
    fixture.wait("the end of both pauses", |journal| {
        journal.calls(0).iter().filter(|offset| **offset == 2).count() == 1 && calls(journal, &quiet) == [0, 1, 1]
    });
    for (topic, partition) in [(&name, 0), (&name, 1), (&quiet, 0)] {
        wait_ticks(&mut fixture, &journal, topic, partition, 3);
    }
    fixture.finish();

    for (topic, partition) in [(&name, 0), (&name, 1), (&quiet, 0)] {
        let ticks = ticks(&journal, topic, partition);
        for pair in ticks.windows(2) {
            let gap = pair[1].at - pair[0].at;
            assert!(gap + SLACK >= INTERVAL, "{topic}[{partition}] ticked {gap} µs after the tick before: {pair:?}");
        }
    }
    // Beside no handler: nothing stands between the two lines of a call, or of a tick, of one partition.
    for (topic, partition) in [(&name, 0), (&quiet, 0)] {
        let lines: Vec<Line> =
            journal.lines().into_iter().filter(|line| line.topic == **topic && line.partition == partition).collect();
        for pair in lines.chunks(2) {
            let (begin, end) = (pair[0].event.as_str(), pair[1].event.as_str());
            assert!(matches!((begin, end), ("call", "end") | ("tick", "tick_end")), "{begin} and then {end}");
        }
    }
    let during = |topic: &str, from: u64, to: u64| {
        ticks(&journal, topic, 0).iter().filter(|tick| from < tick.at && tick.at < to).count()
    };
    let places: Vec<u64> = journal.of("end", 0).iter().filter(|line| line.topic == quiet).map(|line| line.at).collect();
    assert_eq!(during(&quiet, places[1], places[1] + 700_000), 0, "no tick during the pause");
}

fn calls(journal: &Journal, topic: &str) -> Vec<i64> {
    journal.of("call", 0).iter().filter(|line| line.topic == topic).filter_map(|line| line.offset).collect()
}

#[test]
fn ticks_go_on_during_a_pause_unless_told_otherwise() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "pausing-ticks"), Journal::new());
    topics.create("in", 1);
    topics.create("quiet", 1);
    let name = topics.name("in");
    topics.send_all("in", 0, &[r#"[[{"pause": 700}], []]"#]);
    let mut fixture = Start::new(&topics, "failing_ticks").run(&journal);
    fixture.wait("the end of the pause", |journal| calls(journal, &name) == [0, 0]);
    fixture.finish();
    let calls: Vec<u64> = journal.of("call", 0).iter().map(|line| line.at).collect();
    assert!(calls[1] - calls[0] >= 700_000, "the pause holds");
    let between = ticks(&journal, &name, 0).iter().filter(|tick| calls[0] < tick.at && tick.at < calls[1]).count();
    assert!((4..=7).contains(&between), "{between} ticks during a pause of 700 ms");
}

#[test]
fn a_tick_that_fails_or_panics_is_told_and_stops_neither_ticks_nor_records() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "failing-ticks"), Journal::new());
    topics.create("in", 1);
    topics.create("quiet", 1);
    let name = topics.name("in");
    let mut fixture =
        Start::new(&topics, "failing_ticks").env("FIXTURE_TICK", r#"[["fail"], ["panic"], []]"#).run(&journal);
    wait_ticks(&mut fixture, &journal, &name, 0, 4);
    topics.send_all("in", 0, &["[]"; 3]);
    fixture.wait("the records", |journal| calls(journal, &name) == [0, 1, 2]);
    for part in ["hook failed", "told to fail", "panicked: told to panic"] {
        assert!(fixture.words().contains(part), "{part} in {}", fixture.words());
    }
    fixture.finish();
}

#[test]
fn after_a_move_the_new_owner_ticks() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "moving-ticks"), Journal::new());
    topics.create("in", 2);
    topics.create("quiet", 1);
    let name = topics.name("in");
    let places = [(&name, 0), (&name, 1), (&topics.name("quiet"), 0)];
    let mut first = Start::new(&topics, "moving_ticks").run(&journal);
    for (topic, partition) in places {
        wait_ticks(&mut first, &journal, topic, partition, 2);
    }
    let mut second = Start::new(&topics, "moving_ticks").run(&journal);
    let pid = second.pid();
    let moved = |journal: &Journal| {
        let of_second = |(topic, partition)| ticks(journal, topic, partition).iter().any(|tick| tick.pid == pid);
        places.into_iter().filter(|place| of_second((place.0.as_str(), place.1))).count()
    };
    second.wait("a tick of the new owner", |journal| moved(journal) > 0);
    first.finish();
    second.wait("ticks of all", |journal| moved(journal) == places.len());
    second.finish();
    for (topic, partition) in places {
        let owners: Vec<u32> = ticks(&journal, topic, partition).iter().map(|tick| tick.pid).collect();
        let changes = owners.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert_eq!(changes, 1, "one owner at a time: {owners:?}");
    }
}
