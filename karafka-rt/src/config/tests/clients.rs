//! What each kind of client is made with.

use super::*;
use crate::topology::{Assign, Isolation, Multiplexing, Nodes, Property, SubscriptionGroup, Value};

pub(super) const GROUP: SubscriptionGroup = SubscriptionGroup {
    name: Some("orders"),
    docs: "",
    multiplexing: Multiplexing::SINGLE,
    isolation: Isolation::ReadCommitted,
    assign: Assign::Balanced,
    nodes: Nodes::All,
    kafka: &[
        Property { key: "fetch.wait.max.ms", value: Value::Int(77) },
        Property { key: "max.partition.fetch.bytes", value: Value::Int(4096) },
    ],
    routes: &[],
};

const MEMBERSHIP: Membership<'_> =
    Membership { group_id: "shop", protocol: GroupProtocol::Consumer, instance_id: None };

fn config(set: &[&str]) -> Config {
    load_given(&Given { set, ..Given::default() }).unwrap_or_else(|errors| panic!("{errors}")).config
}

#[test]
fn a_consumer_gets_defaults_then_configuration_then_routes_then_what_is_owned() {
    let config = config(&[
        "kafka.client.rack=r1",
        "kafka.fetch.wait.max.ms=50",
        "kafka.consumer.fetch.queue.backoff.ms=20",
        "kafka.session.timeout.ms=9000",
        "kafka.producer.linger.ms=1",
        "processing.partition_buffer=1MiB",
    ]);
    let properties = config.consumer_properties(&GROUP, MEMBERSHIP);
    for (name, value) in [
        ("group.id", Some("shop")),
        ("group.protocol", Some("consumer")),
        ("group.instance.id", None),
        ("auto.offset.reset", Some("error")),
        ("enable.auto.commit", Some("false")),
        ("enable.auto.offset.store", Some("false")),
        ("enable.partition.eof", Some("false")),
        ("enable.metrics.push", Some("false")),
        ("allow.auto.create.topics", Some("false")),
        ("isolation.level", Some("read_committed")),
        ("check.crcs", Some("true")),
        ("client.id", Some("box-1")),
        ("client.rack", Some("r1")),
        ("fetch.wait.max.ms", Some("77")),
        ("fetch.message.max.bytes", Some("4096")),
        ("fetch.queue.backoff.ms", Some("20")),
        ("fetch.max.bytes", Some("8388608")),
        ("queued.max.messages.kbytes", Some("1024")),
        ("session.timeout.ms", None),
        ("partition.assignment.strategy", None),
        ("queue.buffering.max.ms", None),
    ] {
        assert_eq!(properties.get(name), value, "{name}");
    }
}

#[test]
fn the_classic_protocol_has_its_own_properties() {
    let config = config(&["kafka.session.timeout.ms=9000"]);
    let membership = Membership { protocol: GroupProtocol::Classic, instance_id: Some("shop.box-1.0.0"), ..MEMBERSHIP };
    let properties = config.consumer_properties(&GROUP, membership);
    for (name, value) in [
        ("group.protocol", "classic"),
        ("partition.assignment.strategy", "cooperative-sticky"),
        ("session.timeout.ms", "9000"),
        ("group.instance.id", "shop.box-1.0.0"),
    ] {
        assert_eq!(properties.get(name), Some(value), "{name}");
    }
    let eager = self::config(&["kafka.consumer.partition.assignment.strategy=range"]);
    let properties = eager.consumer_properties(&GROUP, membership);
    assert_eq!(properties.get("partition.assignment.strategy"), Some("range"));
}

#[test]
fn the_linked_librdkafka_takes_what_each_client_is_made_with() {
    let config = config(&["kafka.bootstrap.servers=127.0.0.1:1", "kafka.fetch.wait.max.ms=50", "kafka.linger.ms=1"]);
    let classic = Membership { protocol: GroupProtocol::Classic, ..MEMBERSHIP };
    for properties in [
        config.consumer_properties(&GROUP, MEMBERSHIP),
        config.consumer_properties(&GROUP, classic),
        config.producer_properties(),
        config.admin_properties(),
    ] {
        let mut client = rdkafka::ClientConfig::new();
        for (name, value) in properties.iter() {
            client.set(name, value);
        }
        if properties.get("group.id").is_some() {
            client.create::<rdkafka::consumer::BaseConsumer>().map(drop)
        } else {
            client.create::<rdkafka::producer::BaseProducer>().map(drop)
        }
        .unwrap_or_else(|error| panic!("{error}: {properties:?}"));
    }
}

#[test]
fn a_producer_is_idempotent_and_takes_no_consumer_properties() {
    let properties = config(&["kafka.fetch.wait.max.ms=50", "kafka.linger.ms=1"]).producer_properties();
    for (name, value) in [
        ("enable.idempotence", Some("true")),
        ("queue.buffering.max.ms", Some("1")),
        ("fetch.wait.max.ms", None),
        ("check.crcs", None),
    ] {
        assert_eq!(properties.get(name), value, "{name}");
    }
}

#[test]
fn the_embedded_broker_shortens_the_wait_for_empty_fetches_unless_one_is_configured() {
    let plain = GROUP_WITHOUT_PROPERTIES;
    for (set, wait) in [(&[][..], "50"), (&["kafka.fetch.wait.max.ms=70"][..], "70")] {
        let mut config = config(set);
        assert_eq!(config.bootstrap_servers(), None);
        config.use_dev_broker("127.0.0.1:9");
        assert_eq!(config.bootstrap_servers(), Some("127.0.0.1:9"));
        assert_eq!(config.consumer_properties(&plain, MEMBERSHIP).get("fetch.wait.max.ms"), Some(wait));
    }
}

const GROUP_WITHOUT_PROPERTIES: SubscriptionGroup = SubscriptionGroup { kafka: &[], ..GROUP };
