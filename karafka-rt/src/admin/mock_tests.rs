//! Admin calls without a real Kafka: no broker, and what the mock cluster can answer.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::*;
use crate::librdkafka::MockCluster;

const LONG: Duration = Duration::from_secs(20);

fn admin(servers: &str) -> Admin {
    Admin::new(&BTreeMap::from([("bootstrap.servers".to_owned(), servers.to_owned())])).unwrap()
}

#[test]
fn an_unreachable_broker_is_a_sentence_and_never_a_hang() {
    let admin = admin("127.0.0.1:1");
    let within = Duration::from_millis(400);
    let start = Instant::now();
    let errors = [
        admin.topic("orders", within).unwrap_err(),
        admin.ranges("orders", within).unwrap_err(),
        admin.committed("shop", "orders", within).unwrap_err(),
        admin.create_topics(&[NewTopic::new("orders", 1)], within).remove(0).unwrap_err(),
    ];
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    for error in errors {
        let sentence = error.to_string();
        assert!(matches!(error, AdminError::Unreachable { .. }), "{error:?}");
        assert!(
            sentence.starts_with("no Kafka broker at `127.0.0.1:1` answered within 400ms (127.0.0.1:1"),
            "{sentence}"
        );
    }
}

#[test]
fn missing_servers_and_unknown_properties_are_told_before_anything_is_tried() {
    let check = |properties: &[(&str, &str)], expect: &str| {
        let properties = properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let error = Admin::new(&properties).unwrap_err().to_string();
        assert!(error.contains(expect) && !error.contains("hunter2"), "{error}");
    };
    check(&[], "expected `bootstrap.servers`");
    check(&[("bootstrap.servers", "a:1"), ("sasl.passwrod", "hunter2")], "`sasl.passwrod` is no property");
}

#[test]
fn topics_and_offsets_are_read() {
    let cluster = MockCluster::start(1).unwrap();
    cluster.create_topic("orders", 3).unwrap();
    assert_eq!(cluster.create_topic("orders", 3).unwrap_err().code, crate::librdkafka::Code::TOPIC_ALREADY_EXISTS);
    let admin = admin(&cluster.bootstrap_servers());
    assert_eq!(admin.topic("refunds", LONG).unwrap(), None);
    assert_eq!(admin.ranges("refunds", LONG).unwrap_err(), AdminError::NoSuchTopic("refunds".into()));
    let found = admin.topic("orders", LONG).unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.partitions), ("orders", 3));
    let ranges = admin.ranges("orders", LONG).unwrap();
    assert_eq!(
        ranges.iter().map(|range| (range.partition, range.earliest, range.latest)).collect::<Vec<_>>(),
        [(0, 0, 0), (1, 0, 0), (2, 0, 0)]
    );
    let committed = admin.committed("shop", "orders", LONG).unwrap();
    assert_eq!(
        committed.iter().map(|entry| (entry.partition, entry.offset)).collect::<Vec<_>>(),
        [(0, None), (1, None), (2, None)]
    );
}

/// A client without a group handler would crash here: see `NativeClient::create_for_questions`.
#[test]
fn a_coordinator_that_moves_is_asked_again() {
    use rdkafka_sys::rd_kafka_resp_err_t::{
        RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE as AWAY, RD_KAFKA_RESP_ERR_NOT_COORDINATOR as MOVED,
    };
    const OFFSET_FETCH: i16 = 9;
    let cluster = MockCluster::start(1).unwrap();
    cluster.create_topic("orders", 1).unwrap();
    cluster.fail_next(OFFSET_FETCH, &[MOVED, AWAY, MOVED]);
    let committed = admin(&cluster.bootstrap_servers()).committed("shop", "orders", LONG).unwrap();
    assert_eq!(committed.iter().map(|entry| entry.offset).collect::<Vec<_>>(), [None]);
}
