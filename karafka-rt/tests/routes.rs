//! What `routes!` and `derive(Consumer)` generate, read back from the constants.

use std::collections::HashMap;
use std::time::Duration;

use karafka_rt::__private as private;
use karafka_rt::prelude::*;
use karafka_rt::topology::{
    Batching, Counting, DeadLetter, DeadLetterTarget, DeclaredTopic, InitialOffset, Isolation, Offsets, Oversized,
    Periodic, Policies, Protocol, Route, Source, Topology, Value,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
struct Order {
    #[allow(dead_code, reason = "only the shape matters here")]
    cents: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Receipt {
    cents: u64,
}

struct Prices;

#[derive(Consumer)]
#[consumer(payload = Order)]
struct Charge {
    #[state]
    _prices: State<Prices>,
    #[consumer(default = HashMap::with_capacity(16))]
    _seen: HashMap<u64, u64>,
    total: u64,
}

impl ConsumeEach for Charge {
    fn consume_each(&mut self, order: Message<'_, Order>, cx: &mut Context<'_>) -> Result {
        self.total += order.payload()?.cents;
        cx.produce::<shop::Receipts>("total", &Receipt { cents: self.total })
    }
}

impl Tick for Charge {
    fn tick(&mut self, cx: &mut Context<'_>) -> Result {
        info!(total = self.total, partition = cx.partition());
        Ok(())
    }
}

#[derive(Consumer)]
#[consumer(payload = Raw)]
struct Archive;

impl Consume for Archive {
    fn consume(&mut self, _batch: Batch<'_, Raw>, _cx: &mut Context<'_>) -> Result {
        Ok(())
    }
}

#[derive(Consumer)]
#[consumer(payload = Receipt, codec = Json, new = Self::begin)]
struct Mail(#[state] State<Prices>, u64);

impl Mail {
    fn begin(prices: State<Prices>) -> Self {
        Self(prices, 7)
    }
}

impl ConsumeEach for Mail {
    fn consume_each(&mut self, _receipt: Message<'_, Receipt>, _cx: &mut Context<'_>) -> Result {
        let _ = (&self.0, self.1);
        Ok(())
    }
}

const AUDIT: &str = "audit-log";

routes! {
    /// A small shop.
    ///
    /// Two lines.
    pub mod shop as "little-shop";

    defaults {
        max_messages 500;
        config(replication_factor: 3, "retention.ms": 7d);
    }
    max_wait_time 20ms;

    /// Orders of all customers.
    subscription_group "orders" {
        multiplexing(min: 1, max: 4);
        isolation read_uncommitted;
        kafka("fetch.min.bytes": 64KiB);

        /// Orders as they come in.
        topic "orders.placed" {
            consumer Charge;
            dead_letter_queue(topic: "orders.dead", max_retries: 5, independent);
            periodic(interval: 250ms);
            config(partitions: 6, "retention.ms": 1d, "cleanup.policy": "compact");
        }
    }
    topic "orders.dead";
    topic "receipts" { produce Receipt; }

    consumer_group "archive" {
        protocol classic;
        kafka("fetch.min.bytes": 1, "check.crcs": true);
        defaults { initial_offset latest; dead_letter_queue(topic: none); }
        subscription_group {
            kafka("fetch.min.bytes": 2);
            topic AUDIT as Audit { consumer Archive; manual_offsets; dead_letter_queue false; }
        }
        topic "receipts" { consumer Mail; sensitive; max_messages 1; }
    }
}

fn route(name: &str) -> &'static Route {
    let topology: &'static Topology = shop::TOPOLOGY;
    topology
        .routes()
        .map(|(_, _, route)| route)
        .find(|route| route.source == Source::Topic(find(name).name))
        .expect("a route")
}

fn find(name: &str) -> &'static DeclaredTopic {
    shop::TOPOLOGY.topics.iter().find(|topic| topic.name == name).expect("a topic")
}

#[test]
fn groups_stand_in_the_order_of_the_block() {
    let topology = shop::TOPOLOGY;
    assert_eq!((topology.application, topology.docs), ("little-shop", "A small shop.\n\nTwo lines."));
    let names: Vec<_> = topology.groups.iter().map(|group| topology.group_name(group)).collect();
    assert_eq!(names, ["little-shop", "archive"]);
    assert_eq!(topology.groups[1].protocol, Protocol::Classic);
    let orders = &topology.groups[0].subscription_groups[0];
    assert_eq!((orders.name, orders.docs), (Some("orders"), "Orders of all customers."));
    assert_eq!((orders.multiplexing.min, orders.multiplexing.max, orders.multiplexing.boot), (1, 4, 2));
    assert_eq!(orders.isolation, Isolation::ReadUncommitted);
    let archive: Vec<_> = topology.groups[1].subscription_groups.iter().map(|group| group.name).collect();
    assert_eq!(archive, [None, None]);
}

#[test]
fn the_nearest_setting_wins() {
    let placed = &route("orders.placed").policies;
    assert_eq!(placed.batching, Batching { max_messages: 500, max_wait_time: Duration::from_millis(20) });
    assert_eq!(placed.initial_offset, InitialOffset::Earliest);
    let receipts = &route("receipts").policies;
    assert_eq!(receipts.batching, Batching { max_messages: 1, max_wait_time: Duration::ZERO });
    assert_eq!(receipts.initial_offset, InitialOffset::Latest);
    assert_eq!(receipts.dead_letter.map(|queue| queue.target), Some(DeadLetterTarget::Skip));
    let audit = &route(AUDIT).policies;
    assert_eq!((audit.dead_letter, audit.offsets), (None, Offsets::Manual));
}

#[test]
fn policies_are_written_out() {
    let policies = &route("orders.placed").policies;
    assert_eq!(
        policies.dead_letter,
        Some(DeadLetter {
            target: DeadLetterTarget::Topic("orders.dead"),
            max_retries: 5,
            counting: Counting::Independent,
            isolate: true,
            oversized: Oversized::Wait,
        })
    );
    let periodic = Periodic { interval: Duration::from_millis(250), during_pause: true, during_retry: false };
    assert_eq!(policies.periodic, Some(periodic));
    assert_eq!(policies.handler_timeout, Policies::DEFAULT.handler_timeout);
}

#[test]
fn properties_merge_by_key() {
    let archive = shop::TOPOLOGY.groups[1].subscription_groups;
    let kafka = |at: usize| -> Vec<(&str, String)> {
        archive[at].kafka.iter().map(|property| (property.key, property.value.to_string())).collect()
    };
    let by_topic = |name: &str| {
        let holds = |group: &karafka_rt::topology::SubscriptionGroup| group.routes[0].source.text() == name;
        archive.iter().position(holds).expect("the group of the topic")
    };
    assert_eq!(kafka(by_topic(AUDIT)), [("check.crcs", "true".to_owned()), ("fetch.min.bytes", "2".to_owned())]);
    assert_eq!(kafka(by_topic("receipts")), [("check.crcs", "true".to_owned()), ("fetch.min.bytes", "1".to_owned())]);
    let placed = find("orders.placed");
    assert_eq!((placed.partitions, placed.replication_factor), (Some(6), Some(3)));
    let config: Vec<_> = placed.config.iter().map(|property| (property.key, property.value)).collect();
    assert_eq!(config, [("cleanup.policy", Value::Str("compact")), ("retention.ms", Value::Int(86_400_000))]);
}

#[test]
fn every_topic_is_declared_once() {
    let topics: Vec<_> = shop::TOPOLOGY.topics.iter().map(|topic| (topic.name, topic.type_name)).collect();
    assert_eq!(topics.len(), 4);
    for expected in
        [("orders.placed", "OrdersPlaced"), ("orders.dead", "OrdersDead"), ("receipts", "Receipts"), (AUDIT, "Audit")]
    {
        assert!(topics.contains(&expected), "{expected:?} in {topics:?}");
    }
    assert!(find("receipts").produced && find("receipts").sensitive && !find("orders.placed").produced);
    assert_eq!(find("orders.placed").docs, "Orders as they come in.");
    assert_eq!(shop::TOPOLOGY.unready, &[]);
}

#[test]
fn a_route_finds_its_consumer() {
    for (topic, consumer, handler, ticks) in [
        ("orders.placed", "Charge", private::Handler::Each, true),
        (AUDIT, "Archive", private::Handler::Batch, false),
        ("receipts", "Mail", private::Handler::Each, false),
    ] {
        let route = route(topic);
        let vtable = shop::ROUTES.consumers[route.consumer];
        assert_eq!((route.consumer_name, vtable.handler, vtable.tick), (consumer, handler, ticks));
    }
}

#[test]
fn consumers_know_their_states() {
    use private::Consumer as _;
    assert_eq!(Charge::HOOKS.states.len(), 1);
    assert_eq!((Charge::HOOKS.states[0].id)(), std::any::TypeId::of::<Prices>());
    assert!(Archive::HOOKS.states.is_empty());
    assert_eq!(Mail::HOOKS.states.len(), 1);
}

#[test]
fn options_that_are_not_ready_are_named() {
    routes! {
        mod later;
        topic "jobs" {
            consumer Archive;
            parallel(by: key, lanes: 4);
            initial_offset ago(1h);
            dead_letter_queue(topic: external("dead"), oversized: stub);
        }
        consumer_group "fixed" {
            membership static;
            nodes(0, 1);
            topic "logs" { consumer Archive; parallel false; }
        }
    }
    let unready: Vec<_> = later::TOPOLOGY.unready.iter().map(|unready| (unready.option, unready.at)).collect();
    assert_eq!(
        unready,
        [
            ("parallel", "topic `jobs`"),
            ("dead_letter_queue(oversized: stub)", "topic `jobs`"),
            ("membership static", "consumer group `fixed`"),
            ("nodes", "consumer group `fixed`"),
        ]
    );
    assert_eq!(later::TOPOLOGY.application, "later");
}
