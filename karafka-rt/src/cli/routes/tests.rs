//! The two outputs, whole: a change of either is a readable difference.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::*;
use crate::topology::{
    Assign, ConsumerGroup, Counting, DeadLetter, DeadLetterTarget, DeclaredTopic, InitialOffset, Isolation, LaneKey,
    Lanes, Membership, Multiplexing, Nodes, Offsets, Oversized, Periodic, Policies, Priority, Property, Protocol,
    Route, Source, SubscriptionGroup, Transaction, Unready, Value,
};

const DEAD: DeadLetter = DeadLetter {
    target: DeadLetterTarget::Topic("orders.dead"),
    max_retries: 3,
    counting: Counting::Independent,
    isolate: true,
    oversized: Oversized::Wait,
};

const ORDERS: Route = Route {
    source: Source::Topic("orders"),
    docs: " Every order of the shop.\n Twice a day.",
    policies: Policies {
        dead_letter: Some(DEAD),
        periodic: Some(Periodic { interval: Duration::from_secs(5), during_pause: true, during_retry: false }),
        ..Policies::DEFAULT
    },
    consumer: 0,
    consumer_name: "Charge",
};

const LOGS: Route = Route {
    source: Source::Pattern("logs.*"),
    docs: "",
    policies: Policies {
        offsets: Offsets::Manual,
        initial_offset: InitialOffset::Ago(Duration::from_hours(1)),
        dead_letter: Some(DeadLetter {
            target: DeadLetterTarget::Skip,
            counting: Counting::Collective,
            isolate: false,
            ..DEAD
        }),
        transaction: Transaction::ExactlyOnce,
        lanes: Some(Lanes { by: LaneKey::Key, lanes: 64 }),
        priority: Priority::Low,
        ..Policies::DEFAULT
    },
    consumer: 1,
    consumer_name: "audit::Logs",
};

const SHOP: Topology = Topology {
    application: "shop",
    docs: " Charges orders.",
    groups: &[
        ConsumerGroup {
            name: None,
            docs: "",
            membership: Membership::Dynamic,
            protocol: Protocol::Consumer,
            subscription_groups: &[SubscriptionGroup {
                name: Some("orders"),
                docs: "",
                multiplexing: Multiplexing { min: 1, max: 4, boot: 2, scale_delay: Duration::from_mins(1) },
                isolation: Isolation::ReadCommitted,
                assign: Assign::Balanced,
                nodes: Nodes::All,
                kafka: &[
                    Property { key: "client.rack", value: Value::Str("r1") },
                    Property { key: "sasl.password", value: Value::Str("c4n4ry") },
                ],
                routes: &[ORDERS],
            }],
        },
        ConsumerGroup {
            name: Some("audit"),
            docs: "",
            membership: Membership::Static,
            protocol: Protocol::Classic,
            subscription_groups: &[SubscriptionGroup {
                name: None,
                docs: "",
                multiplexing: Multiplexing::SINGLE,
                isolation: Isolation::ReadUncommitted,
                assign: Assign::Partitions(&[0, 1]),
                nodes: Nodes::Slots(&[0]),
                kafka: &[],
                routes: &[LOGS],
            }],
        },
    ],
    topics: &[
        DeclaredTopic {
            name: "orders",
            type_name: "Orders",
            docs: "",
            partitions: Some(6),
            replication_factor: Some(3),
            config: &[Property { key: "cleanup.policy", value: Value::Str("compact") }],
            produced: true,
            sensitive: true,
        },
        DeclaredTopic {
            name: "orders.dead",
            type_name: "OrdersDead",
            docs: "",
            partitions: None,
            replication_factor: None,
            config: &[],
            produced: false,
            sensitive: false,
        },
    ],
    unready: &[Unready { option: "parallel", at: "pattern `logs.*`" }],
};

fn config() -> Config {
    let mut config = Config::built_in("box-1");
    config.application.topic_prefix = "test.".to_owned();
    config
}

#[test]
fn the_tree_has_everything_resolved() {
    let expected = r#"application shop
│ "Charges orders."
│ not ready: `parallel` of pattern `logs.*`
├─ consumer group shop
│  │ protocol consumer; membership dynamic
│  └─ subscription group orders
│     │ connections 1 to 4, boot 2, scale_delay 1min
│     │ isolation read_committed
│     │ kafka client.rack = r1
│     │ kafka sasl.password = ***
│     └─ topic test.orders -> Charge
│          "Every order of the shop."
│          "Twice a day."
│          offsets automatic, from earliest
│          batches of 100, waiting 0s
│          retries after 1s, doubling, at most 30s
│          dead letters to test.orders.dead after 3 retries, each record for itself, oversized wait
│          ticks every 5s, also while paused, not between retries
│          handler_timeout 5min; priority normal
├─ consumer group audit
│  │ protocol classic; membership static
│  └─ subscription group
│     │ connections 1
│     │ isolation read_uncommitted
│     │ assign partitions 0, 1
│     │ nodes 0
│     └─ pattern test.logs.* -> audit::Logs
│          offsets manual, from 1h ago
│          batches of 100, waiting 0s
│          retries after 1s, doubling, at most 30s
│          skipped after 3 retries, counted together, not isolated
│          64 lanes by key
│          exactly once
│          handler_timeout 5min; priority low
└─ declared topics
   ├─ test.orders (Orders)
   │    partitions 6; replication_factor 3; cleanup.policy = compact; produced here; sensitive
   └─ test.orders.dead (OrdersDead)
"#;
    assert_eq!(render_text(&[&SHOP], &config()), expected);
    assert_eq!(render_text(&[], &config()), "no routes\n");
}

#[test]
fn the_json_follows_its_schema() {
    let json: serde_json::Value = serde_json::from_str(&render_json(&[&SHOP], &config())).expect("it is JSON");
    let block = &json["blocks"][0];
    let orders = &block["consumer_groups"][0]["subscription_groups"][0];
    let logs = &block["consumer_groups"][1]["subscription_groups"][0];
    for (value, expected) in [
        (&json["schema"], serde_json::json!(1)),
        (&json["topic_prefix"], serde_json::json!("test.")),
        (&block["application"], serde_json::json!("shop")),
        (&block["not_ready"], serde_json::json!(["`parallel` of pattern `logs.*`"])),
        (&orders["connections"], serde_json::json!({"min": 1, "max": 4, "boot": 2, "scale_delay_ms": 60_000})),
        (&orders["kafka"], serde_json::json!({"client.rack": "r1", "sasl.password": "***"})),
        (&orders["nodes"], serde_json::Value::Null),
        (
            &orders["routes"][0],
            serde_json::json!({
                "kind": "topic", "name": "test.orders", "docs": "Every order of the shop.\nTwice a day.",
                "consumer": "Charge", "offsets": "automatic", "max_messages": 100, "max_wait_time_ms": 0,
                "initial_offset": "earliest",
                "pause": {"timeout_ms": 1_000, "max_timeout_ms": 30_000, "exponential": true},
                "dead_letter_queue": {"topic": "test.orders.dead", "external": false, "max_retries": 3,
                    "independent": true, "isolate": true, "oversized": "wait"},
                "periodic": {"interval_ms": 5_000, "during_pause": true, "during_retry": false},
                "handler_timeout_ms": 300_000, "exactly_once": false, "parallel": null, "priority": "normal",
            }),
        ),
        (&logs["name"], serde_json::Value::Null),
        (&logs["assign"], serde_json::json!({"partitions": [0, 1]})),
        (&logs["nodes"], serde_json::json!([0])),
        (&logs["routes"][0]["initial_offset"], serde_json::json!({"ago_ms": 3_600_000})),
        (&logs["routes"][0]["dead_letter_queue"]["topic"], serde_json::Value::Null),
        (&logs["routes"][0]["parallel"], serde_json::json!({"by": "key", "lanes": 64})),
        (&block["topics"][0]["config"], serde_json::json!({"cleanup.policy": "compact"})),
    ] {
        assert_eq!(*value, expected);
    }
}

type Fields = BTreeMap<String, BTreeSet<String>>;

/// The fields of every object of `value`, by the path to it. Maps of the user's own keys are no objects.
fn printed(value: &serde_json::Value, path: &str, fields: &mut Fields) {
    match value {
        serde_json::Value::Object(object) => {
            for (key, inner) in object {
                fields.entry(path.to_owned()).or_default().insert(key.clone());
                if !matches!(key.as_str(), "kafka" | "config") {
                    printed(inner, &format!("{}.{key}", path.trim_end_matches('.')), fields);
                }
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|inner| printed(inner, &format!("{path}[]"), fields)),
        _ => {}
    }
}

/// The first columns of the tables under each heading.
fn documented(page: &str) -> Fields {
    let mut fields = Fields::new();
    let mut path = "";
    for line in page.lines() {
        let quoted = line.split('`').nth(1).unwrap_or_default();
        if line.starts_with("## ") {
            path = quoted;
        } else if line.starts_with("| `") {
            fields.entry(path.to_owned()).or_default().insert(quoted.to_owned());
        }
    }
    fields
}

#[test]
fn every_field_is_documented_and_no_other() {
    let json = serde_json::from_str(&render_json(&[&SHOP], &config())).expect("it is JSON");
    let mut fields = Fields::new();
    printed(&json, ".", &mut fields);
    assert_eq!(documented(include_str!("../../../docs/routes-json.md")), fields);
}
