//! The producer on librdkafka's mock cluster: what needs a look inside. The others are integration tests.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

use super::port::Phase;
use super::*;
use crate::consumer::{Destination, Outgoing, Port, ProduceError, Receipt};

const TOPIC: &str = "t";
const LONG: Duration = Duration::from_secs(20);

fn mock() -> MockCluster<'static, DefaultProducerContext> {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, 2, 1).unwrap();
    cluster
}

fn start(cluster: &MockCluster<'_, DefaultProducerContext>, more: &[(&str, &str)]) -> KafkaProducer {
    let mut properties = BTreeMap::from([("bootstrap.servers".to_owned(), cluster.bootstrap_servers())]);
    properties.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let delivery = DeliveryTime::Within(Duration::from_mins(1));
    KafkaProducer::start(ProducerSettings { properties, topic_prefix: String::new(), delivery }).unwrap()
}

fn produce(producer: &KafkaProducer, topic: &str, payload: &[u8]) -> Receiver<Result<(), ProduceError>> {
    let (sender, receiver) = channel();
    let record = Outgoing {
        destination: Destination::Declared(topic),
        partition: None,
        key: None,
        payload: Some(payload),
        headers: &[],
        timestamp: None,
    };
    let receipt = Receipt::call({
        let sender = sender.clone();
        move |result| sender.send(result).unwrap()
    });
    if let Err((error, receipt)) = producer.produce(&record, receipt) {
        receipt.cancel();
        sender.send(Err(error)).unwrap();
    }
    receiver
}

/// The one result of a receipt; a second one would be a bug.
fn settled(receiver: &Receiver<Result<(), ProduceError>>) -> Result<(), ProduceError> {
    let result = receiver.recv_timeout(LONG).expect("settled");
    assert!(receiver.recv_timeout(Duration::ZERO).is_err(), "settled once");
    result
}

#[test]
fn records_are_acknowledged_and_a_flush_waits_for_that() {
    let cluster = mock();
    let producer = start(&cluster, &[]);
    let receipts: Vec<_> = (0..1_000).map(|_| produce(&producer, TOPIC, b"x")).collect();
    assert_eq!(producer.flush(LONG), FlushReport::Settled);
    for receipt in &receipts {
        assert_eq!(receipt.try_recv().expect("settled before the flush ended"), Ok(()));
    }
    assert_eq!(producer.close(LONG), CloseReport::Closed { purged: 0 });
    let error = settled(&produce(&producer, TOPIC, b"x")).unwrap_err();
    assert_eq!(error, ProduceError::Unavailable("the producer is closed".into()));
}

#[test]
fn a_full_queue_is_waited_for() {
    let cluster = mock();
    let producer = start(&cluster, &[("queue.buffering.max.messages", "10"), ("linger.ms", "20")]);
    let receipts: Vec<_> = (0..200).map(|_| produce(&producer, TOPIC, b"x")).collect();
    assert_eq!(producer.flush(LONG), FlushReport::Settled);
    for receipt in &receipts {
        settled(receipt).unwrap();
    }
}

#[test]
fn closing_settles_what_no_broker_has_acknowledged() {
    let cluster = mock();
    let producer = start(&cluster, &[]);
    settled(&produce(&producer, TOPIC, b"warm")).unwrap();
    cluster.broker_down(1).unwrap();
    let receipts: Vec<_> = (0..100).map(|_| produce(&producer, TOPIC, b"x")).collect();
    assert_eq!(producer.flush(Duration::from_millis(50)), FlushReport::TimedOut { unsettled: 100 });
    let start = Instant::now();
    assert_eq!(producer.close(Duration::from_millis(50)), CloseReport::Closed { purged: 100 });
    assert!(start.elapsed() < limits::PRODUCER_END);
    for receipt in &receipts {
        assert!(matches!(settled(receipt), Err(ProduceError::Unavailable(_))));
    }
}

#[test]
fn a_dropped_producer_settles_too() {
    let cluster = mock();
    cluster.broker_down(1).unwrap();
    let producer = start(&cluster, &[]);
    let receipt = produce(&producer, TOPIC, b"x");
    drop(producer);
    assert!(matches!(settled(&receipt), Err(ProduceError::Unavailable(_))));
}

#[test]
fn a_client_with_a_fatal_error_is_replaced_and_its_records_are_settled() {
    let cluster = mock();
    let producer = start(&cluster, &[]);
    settled(&produce(&producer, TOPIC, b"warm")).unwrap();
    cluster.broker_down(1).unwrap();
    let lost = produce(&producer, TOPIC, b"x");
    match &*producer.shared.phase.read().unwrap() {
        Phase::Open(link) => link.client().inject_fatal_error(),
        _ => panic!("open"),
    }
    assert!(matches!(settled(&lost), Err(ProduceError::Unavailable(_))));
    cluster.broker_up(1).unwrap();
    settled(&produce(&producer, TOPIC, b"again")).unwrap();
    assert_eq!(producer.close(LONG), CloseReport::Closed { purged: 0 });
}

#[test]
fn dead_letters_outlast_the_delivery_timeout_of_records() {
    let cluster = mock();
    cluster.broker_down(1).unwrap();
    let properties = BTreeMap::from([("bootstrap.servers".to_owned(), cluster.bootstrap_servers())]);
    let producers = Producers::start(&properties, "", Duration::from_millis(300)).unwrap();
    let send = |port: &dyn Port| {
        let (sender, receiver) = channel();
        let record = Outgoing {
            destination: Destination::Declared(TOPIC),
            partition: Some(1),
            key: None,
            payload: None,
            headers: &[],
            timestamp: None,
        };
        let receipt = Receipt::call(move |result| sender.send(result).unwrap());
        assert!(port.produce(&record, receipt).is_ok());
        receiver
    };
    let record = send(&*producers.records());
    let dead_letter = send(&*producers.dead_letters());
    assert!(matches!(settled(&record), Err(ProduceError::Unavailable(_))));
    assert!(dead_letter.try_recv().is_err());
    cluster.broker_up(1).unwrap();
    assert_eq!(settled(&dead_letter), Ok(()));
    assert_eq!(producers.close(LONG), [CloseReport::Closed { purged: 0 }; 2]);
}
