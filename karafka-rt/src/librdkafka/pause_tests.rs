//! Pauses on librdkafka's mock cluster.

use std::collections::BTreeMap;
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};

use super::*;

const LONG: Duration = Duration::from_secs(15);
const TICK: Duration = Duration::from_millis(20);

/// Drains until `count` records came, or it took too long.
fn drained(client: &mut ConsumerClient, queue: &PartitionQueue, count: usize) -> usize {
    let until = Instant::now() + LONG;
    let mut records = Vec::new();
    while records.len() < count && Instant::now() < until {
        queue.drain(&mut records, 100);
        if let Some(ControlEvent::Assign(_)) = client.wait_control(TICK) {
            client.answer_assign().unwrap();
        }
    }
    records.len()
}

#[test]
fn a_partition_that_was_paused_flows_again_after_it_was_moved() {
    let cluster = MockCluster::start(1).unwrap();
    cluster.create_topic("t", 1).unwrap();
    let producer: BaseProducer =
        ClientConfig::new().set("bootstrap.servers", cluster.bootstrap_servers()).create().unwrap();
    for _ in 0..10 {
        producer.send(BaseRecord::<(), _>::to("t").payload("x")).unwrap();
    }
    producer.flush(LONG).unwrap();

    let eventfd = nix::sys::eventfd::EventFd::new().unwrap();
    let properties = [
        ("bootstrap.servers", cluster.bootstrap_servers()),
        ("group.id", "g".to_owned()),
        ("partition.assignment.strategy", "cooperative-sticky".to_owned()),
        ("auto.offset.reset", "error".to_owned()),
        ("enable.auto.commit", "false".to_owned()),
        ("enable.auto.offset.store", "false".to_owned()),
        ("fetch.wait.max.ms", "50".to_owned()),
    ];
    let properties: BTreeMap<String, String> =
        properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let mut client = ConsumerClient::create(&properties, eventfd.as_fd(), Box::new(|_| ())).unwrap();
    client.subscribe(&["t".to_owned()]).unwrap();
    let until = Instant::now() + LONG;
    while !matches!(client.wait_control(TICK), Some(ControlEvent::Assign(partitions)) if !partitions.is_empty()) {
        assert!(Instant::now() < until, "no assignment");
    }
    client.answer_assign().unwrap();
    let at = TopicPartition { topic: "t".to_owned(), partition: 0 };
    let queue = client.add_partition(&at, StartOffset::Offset(0)).unwrap();
    assert_eq!(drained(&mut client, &queue, 10), 10);

    client.pause(&at).unwrap();
    client.remove_partition(queue).unwrap();
    let queue = client.add_partition(&at, StartOffset::Offset(0)).unwrap();
    let moved = drained(&mut client, &queue, 10);
    client.resume(&at).unwrap();
    let resumed = drained(&mut client, &queue, 10 - moved);
    drop(queue);
    client.destroy(LONG);
    assert_eq!((moved, resumed), (10, 0), "records after the move, and only after a resume");
}
