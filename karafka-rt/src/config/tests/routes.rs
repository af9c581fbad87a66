//! What the routes need from an environment.

use super::clients::GROUP;
use super::*;
use crate::topology::{
    ConsumerGroup, DeclaredTopic, Membership, Nodes, Policies, Property, Protocol, Route, Source, SubscriptionGroup,
    Topology, Unready, Value,
};

const TOPIC: DeclaredTopic = DeclaredTopic {
    name: "orders.placed",
    type_name: "OrdersPlaced",
    docs: "",
    partitions: Some(6),
    replication_factor: None,
    config: &[],
    produced: false,
    sensitive: false,
};

const ROUTE: Route = Route {
    source: Source::Topic("orders.placed"),
    docs: "",
    policies: Policies::DEFAULT,
    consumer: 0,
    consumer_name: "Charge",
};

const PLAIN: SubscriptionGroup = SubscriptionGroup { kafka: &[], routes: &[ROUTE], ..GROUP };

const fn group(subscription_groups: &'static [SubscriptionGroup]) -> ConsumerGroup {
    ConsumerGroup {
        name: Some("billing"),
        docs: "",
        membership: Membership::Dynamic,
        protocol: Protocol::Consumer,
        subscription_groups,
    }
}

const SHOP: Topology =
    Topology { application: "shop", docs: "", groups: &[group(&[PLAIN])], topics: &[TOPIC], unready: &[] };

fn check(blocks: &[&'static Topology], set: &[&str], purpose: Purpose, expected: &[&str]) {
    let errors = errors_of(&Given { set, routes: blocks, purpose, ..Given::default() });
    assert_eq!(errors, expected);
}

#[test]
fn prefixed_names_are_checked_again() {
    let long = format!("application.topic_prefix={}", "p".repeat(240));
    let name = format!("{}…", "p".repeat(120));
    check(
        &[&SHOP],
        &[&long],
        Purpose::Inspect,
        &[&format!(
            "topic `orders.placed`: with `application.topic_prefix` it is `{name}`, which is longer than 249 characters; \
             shorten the prefix or the name"
        )],
    );
    check(&[&SHOP], &["application.topic_prefix=test."], Purpose::Inspect, &[]);
}

#[test]
fn properties_in_the_routes_obey_the_rules_of_configuration() {
    const BROKEN: SubscriptionGroup = SubscriptionGroup {
        kafka: &[
            Property { key: "group.id", value: Value::Str("x") },
            Property { key: "bootstrap.servers", value: Value::Str("a:1") },
            Property { key: "fetch.wiat.max.ms", value: Value::Int(5) },
            Property { key: "fetch.wait.max.ms", value: Value::Int(-5) },
        ],
        ..PLAIN
    };
    const BLOCK: Topology = Topology { groups: &[group(&[BROKEN])], ..SHOP };
    let at = "`kafka(..)` of subscription group `orders` in the routes";
    check(
        &[&BLOCK],
        &[],
        Purpose::Inspect,
        &[
            &format!("{at}: `group.id` cannot be set: use the name of the `consumer_group` in the routes"),
            &format!(
                "{at}: `bootstrap.servers` cannot be set: one program has one cluster: write it in section `kafka`"
            ),
            &format!("{at}: unknown key `fetch.wiat.max.ms`, did you mean `fetch.wait.max.ms`?"),
            &format!(
                "{at}: `fetch.wait.max.ms` is `-5`, expected a whole number from 0 to 300000 (milliseconds), or a duration \
                 such as `30s`"
            ),
        ],
    );
}

#[test]
fn a_connections_own_times_are_held_against_the_configuration() {
    const SLOW: SubscriptionGroup =
        SubscriptionGroup { kafka: &[Property { key: "max.poll.interval.ms", value: Value::Int(8_000) }], ..PLAIN };
    const BLOCK: Topology = Topology { groups: &[group(&[SLOW])], ..SHOP };
    let errors = errors_of(&Given { routes: &[&BLOCK], ..Given::default() });
    let text = errors.join("\n");
    let both = "`processing.drain_timeout` = 5s (built-in) and `max.poll.interval.ms` = 8s (`kafka(..)` of subscription \
                group `orders` in the routes) do not go together";
    assert!(text.contains(both), "{text}");
    assert!(text.contains("`swarm.shutdown_timeout` = 20s (built-in)"), "{text}");
}

#[test]
fn options_that_are_not_ready_stop_a_run_and_not_a_look() {
    const BLOCK: Topology =
        Topology { unready: &[Unready { option: "parallel", at: "topic `orders.placed`" }], ..SHOP };
    let not_ready = "topic `orders.placed`: the option `parallel` is not ready in this version; remove it";
    check(&[&BLOCK], &["kafka.bootstrap.servers=a:1"], Purpose::Run, &[not_ready]);
    check(&[&BLOCK], &[], Purpose::RunWithDevBroker, &[not_ready]);
    check(&[&BLOCK], &[], Purpose::Inspect, &[]);
}

#[test]
fn a_run_needs_a_kafka_unless_there_is_an_embedded_one() {
    let missing = "no Kafka is configured: set KARAFKA_BOOTSTRAP_SERVERS=host:port, or `bootstrap.servers` in section \
                   `[kafka]` of karafka.toml";
    check(&[&SHOP], &[], Purpose::Run, &[missing]);
    check(&[&SHOP], &[], Purpose::RunWithDevBroker, &[]);
    check(&[&SHOP], &[], Purpose::Inspect, &[]);
    check(&[&SHOP], &["kafka.bootstrap.servers=a:1"], Purpose::Run, &[]);
}

#[test]
fn blocks_that_run_together_must_not_clash() {
    const SAME: Topology = Topology { application: "other", ..SHOP };
    const ELSEWHERE: Topology = Topology {
        application: "third",
        groups: &[],
        topics: &[
            DeclaredTopic { partitions: Some(3), ..TOPIC },
            DeclaredTopic { name: "orders_dead", ..TOPIC },
            DeclaredTopic { name: "orders.dead", ..TOPIC },
        ],
        ..SHOP
    };
    check(
        &[&SHOP, &SAME],
        &[],
        Purpose::Inspect,
        &[
            "topic `orders.placed`: the blocks `shop` and `other` both consume it in consumer group `billing`; keep one, or \
           give them different consumer groups",
        ],
    );
    check(
        &[&SHOP, &ELSEWHERE],
        &[],
        Purpose::Inspect,
        &[
            "topic `orders.placed`: `third` declares 3 partitions, but `shop` declares 6 partitions; declare them in one block, or alike",
            "topic `orders.dead`: it differs from `orders_dead` of block `third` only in `.` and `_`; rename one of them",
        ],
    );
}

#[test]
fn pinned_groups_need_their_slots() {
    const PINNED: SubscriptionGroup = SubscriptionGroup { nodes: Nodes::Slots(&[0, 2]), ..PLAIN };
    const BLOCK: Topology = Topology { groups: &[group(&[PINNED])], ..SHOP };
    assert!(check_slots(&[&BLOCK], 3).is_ok());
    let error = check_slots(&[&BLOCK], 2).expect_err("there is no slot 2").to_string();
    let expected = "subscription group `orders`: it runs on node 2, but the swarm has 2 nodes, numbered from 0; set \
                    `swarm.nodes` to at least 3, or change `nodes(..)` in the routes";
    assert!(error.ends_with(expected), "{error}");
}
