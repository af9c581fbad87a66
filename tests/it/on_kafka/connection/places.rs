//! Where consumption begins and goes: after retention, at a time, an hour ago.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use karafka_tests::kafka::bootstrap_servers;
use rdkafka::admin::AdminOptions;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use super::super::records::harness::{Journal, Start};
use super::super::records::topics::{LONG, Topics};
use super::{changing, done};

/// Milliseconds since the epoch.
fn before_now(age: Duration) -> i64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().checked_sub(age).unwrap();
    i64::try_from(time.as_millis()).unwrap()
}

/// Sends records of these times to partition 0 of `in`.
fn send(topics: &Topics, records: &[(i64, &str)]) {
    let producer: BaseProducer = ClientConfig::new().set("bootstrap.servers", &topics.servers).create().unwrap();
    let name = topics.name("in");
    for (timestamp, payload) in records {
        let record = BaseRecord::<[u8], str>::to(&name).partition(0).payload(*payload).timestamp(*timestamp);
        producer.send(record).map_err(|(error, _)| error).unwrap();
    }
    producer.flush(LONG).unwrap();
}

#[test]
fn records_that_left_the_log_while_nobody_ran_are_named_exactly() {
    let servers = bootstrap_servers();
    let (topics, journal) = (Topics::new(&servers, "retained"), Journal::new());
    topics.create("in", 1);
    topics.send_all("in", 0, &["[]"; 3]);
    let mut fixture = Start::new(&topics, "retained").run(&journal);
    fixture.wait("three records", |journal| journal.calls(0).len() == 3);
    fixture.finish();
    topics.send_all("in", 0, &["[]"; 7]);
    let mut gone = TopicPartitionList::new();
    gone.add_partition_offset(&topics.name("in"), 0, Offset::Offset(7)).unwrap();
    done(changing(&servers).delete_records(&gone, &AdminOptions::new())).unwrap();
    let mut fixture = Start::new(&topics, "retained").run(&journal);
    fixture.wait("the rest", |journal| journal.calls(0).last() == Some(&9));
    let words =
        format!("left the log before they were consumed topic=\"{}\" partition=0 from=3 to=7", topics.name("in"));
    fixture.wait_words(&words);
    fixture.finish();
    assert_eq!(journal.calls(0), [0, 1, 2, 7, 8, 9]);
    assert_eq!(topics.committed("records-retained", "in"), [Some(10)]);
}

#[test]
fn a_seek_to_a_time_goes_to_its_first_record_or_to_the_end() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "sought"), Journal::new());
    topics.create("in", 1);
    let old = before_now(Duration::from_secs(100));
    let (back, beyond) = (old + 25, before_now(Duration::ZERO) + 3_600_000);
    let scripts = [
        "[]".to_owned(),
        "[]".to_owned(),
        "[]".to_owned(),
        format!(r#"[[{{"seek_time": {back}}}], []]"#),
        format!(r#"[[{{"seek_time": {beyond}}}]]"#),
        "[]".to_owned(),
    ];
    let timed: Vec<_> =
        scripts.iter().enumerate().map(|(nth, script)| (old + 10 * nth as i64, script.as_str())).collect();
    send(&topics, &timed);
    let mut fixture = Start::new(&topics, "sought").run(&journal);
    fixture.wait("the seek to the end", |journal| journal.calls(0).last() == Some(&4));
    fixture.wait_words("partition started");
    // Where the end was when it was asked for is seen by what comes then.
    let deadline = std::time::Instant::now() + LONG;
    while journal.calls(0).last() == Some(&4) {
        assert!(std::time::Instant::now() < deadline, "{:?}", fixture.words());
        topics.send_all("in", 0, &["[]"]);
    }
    fixture.finish();
    let calls = journal.calls(0);
    assert_eq!(calls[..6], [0, 1, 2, 3, 3, 4], "25 ms after the first is the fourth");
    assert!(calls[6] >= 6, "the sixth record was passed over: {calls:?}");
}

#[test]
fn a_group_without_progress_begins_as_long_ago_as_its_route_says() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "aged"), Journal::new());
    topics.create("in", 2);
    let hours = [5, 3, 2].map(|hours| (before_now(Duration::from_hours(hours)), "[]"));
    send(&topics, &hours);
    send(&topics, &[(before_now(Duration::from_mins(30)), "[]"), (before_now(Duration::ZERO), "[]")]);
    let mut fixture = Start::new(&topics, "aged").run(&journal);
    fixture.wait_committed(&topics, &[Some(5), Some(0)]);
    fixture.finish();
    assert_eq!(journal.calls(0), [3, 4]);
}
