//! The table itself: every option, in the order of the reference.

use super::Level::{ConsumerGroup, SubscriptionGroup, Topic};
use super::Readiness::{NotReady, NotReadyWith, Ready};
use super::{ArgumentSpecification, Kind, Level, Readiness, Specification, ValueKind};

const EVERYWHERE: &[Level] = &[ConsumerGroup, SubscriptionGroup, Topic];
const GROUPS: &[Level] = &[ConsumerGroup, SubscriptionGroup];
const TOPIC: &[Level] = &[Topic];
const U16: u64 = u16::MAX as u64;
const U32: u64 = u32::MAX as u64;

pub(super) const PRODUCE: &[ArgumentSpecification] =
    &[argument("codec", ValueKind::Type, "Json", "how the payload is encoded").example("Json")];

/// Every option, in the order of the reference.
pub(crate) static OPTIONS: &[Specification] = &[
    option("consumer", TOPIC, Kind::Type).text("", "consumer Charge;", "who handles the records of the topic"),
    option("produce", TOPIC, Kind::Produce).any_topic().text(
        "",
        "produce(Receipt, codec: Json);",
        "a topic that this program writes, and the payload it writes; gives the topic a typed handle",
    ),
    option(
        "multiplexing",
        &[SubscriptionGroup],
        Kind::Arguments {
            arguments: &[
                argument("min", ValueKind::Integer { min: 1, max: U16 }, "the value of `max`", "never fewer connections").example("1"),
                argument("max", ValueKind::Integer { min: 1, max: U16 }, "the value of `min`, else 1", "never more connections").example("4"),
                argument(
                    "boot",
                    ValueKind::Integer { min: 1, max: U16 },
                    "half of `max`, at least `min`",
                    "how many connections start",
                )
                .example("2"),
                argument("scale_delay", ValueKind::Duration { min_millis: 1 }, "60s", "shortest time between two changes"),
            ],
            bare: false,
            switch: false,
        },
    )
    .text("one connection", "multiplexing(min: 1, max: 4, boot: 2);", "connections of this group in each process; their number changes while running when `min` is below `max`"),
    option(
        "dead_letter_queue",
        TOPIC,
        Kind::Arguments {
            arguments: &[
                argument("topic", ValueKind::DeadLetterTarget, "", "where dead letters go: a topic of this block, a topic type, `external(\"x\")`, or `none` to skip and count")
                    .example("\"orders.dead\"")
                    .required(),
                argument("max_retries", ValueKind::Integer { min: 0, max: U32 }, "3", "attempts after the first"),
                argument("independent", ValueKind::Switch, "false", "each record has its own count").example("true"),
                argument("isolate", ValueKind::Switch, "true", "a failing batch is narrowed down to the records that fail alone"),
                argument("oversized", ValueKind::Words(&["wait", "stub"]), "wait", "what to do with a dead letter that the broker will not take")
                    .readiness(NotReadyWith("stub")),
                argument("policy", ValueKind::Path, "", "a function that decides instead of counting")
                    .example("decide")
                    .readiness(NotReady),
            ],
            bare: false,
            switch: true,
        },
    )
    .text("retried for ever", "dead_letter_queue(topic: \"orders.dead\", max_retries: 3, independent);", "where records go whose retries are used up"),
    option(
        "periodic",
        TOPIC,
        Kind::Arguments {
            arguments: &[
                argument("interval", ValueKind::Duration { min_millis: 10 }, "5s", "time from start to start, at least 10ms"),
                argument("during_pause", ValueKind::Switch, "true", "also while the partition is paused by the user"),
                argument("during_retry", ValueKind::Switch, "false", "also while the partition waits for its next attempt"),
            ],
            bare: true,
            switch: true,
        },
    )
    .text("no ticks", "periodic(interval: 5s);", "calls `Tick` of the consumer for every assigned partition"),
    option("manual_offsets", TOPIC, Kind::Switch).text("false", "manual_offsets;", "nothing is marked for the user"),
    option("exactly_once", TOPIC, Kind::Switch).not_ready().text(
        "false",
        "exactly_once;",
        "the whole handler call is one transaction with its offsets; `handler_timeout` is 30s then",
    ),
    option(
        "parallel",
        TOPIC,
        Kind::Arguments {
            arguments: &[
                argument("by", ValueKind::LaneKey, "key", "what keeps its order: the key, nothing (`none`), or a function of the record"),
                argument("lanes", ValueKind::Integer { min: 2, max: U16 }, "64", "how many records run at the same time"),
            ],
            bare: true,
            switch: true,
        },
    )
    .not_ready()
    .text("one at a time", "parallel(by: key, lanes: 16);", "several records of one partition at a time, in order inside a lane"),
    option("max_messages", EVERYWHERE, Kind::Value(ValueKind::Integer { min: 1, max: U32 })).text(
        "100",
        "max_messages 100;",
        "largest batch",
    ),
    option("max_wait_time", EVERYWHERE, Kind::Value(ValueKind::Duration { min_millis: 0 })).text(
        "0s",
        "max_wait_time 250ms;",
        "how long a batch may wait to fill after its first record; 0s hands over what is there",
    ),
    option("initial_offset", EVERYWHERE, Kind::Value(ValueKind::InitialOffset)).text(
        "earliest",
        "initial_offset latest;",
        "where to start without a committed offset: `earliest`, `latest` or `ago(1h)`",
    ),
    option(
        "pause",
        EVERYWHERE,
        Kind::Arguments {
            arguments: &[
                argument("timeout", ValueKind::Duration { min_millis: 1 }, "1s", "wait after the first failed attempt"),
                argument("max_timeout", ValueKind::Duration { min_millis: 1 }, "30s", "longest wait"),
                argument("exponential", ValueKind::Switch, "true", "the wait doubles with every attempt"),
            ],
            bare: false,
            switch: false,
        },
    )
    .text("1s, doubled up to 30s", "pause(timeout: 500ms, max_timeout: 10s);", "how long a partition waits before its next attempt"),
    option("handler_timeout", EVERYWHERE, Kind::Value(ValueKind::Duration { min_millis: 1 })).text(
        "5min",
        "handler_timeout 5min;",
        "longest a handler call may run before its node counts as unhealthy",
    ),
    option("nodes", GROUPS, Kind::Slots).not_ready().text("all", "nodes(0, 1);", "swarm slots that run this group"),
    option("assign", &[SubscriptionGroup], Kind::Assign).not_ready().text(
        "balanced by the group",
        "assign(0..4);",
        "fixed partitions without group balancing, or `all` for every partition on every node",
    ),
    option("priority", &[SubscriptionGroup, Topic], Kind::Value(ValueKind::Words(&["normal", "high", "low"])))
        .not_ready()
        .text("normal", "priority high;", "who is handed over first when workers are busy"),
    option("membership", &[ConsumerGroup], Kind::Value(ValueKind::Words(&["dynamic", "static"])))
        .readiness(NotReadyWith("static"))
        .text("dynamic", "membership static;", "whether members keep their identity over a restart"),
    option("isolation", GROUPS, Kind::Value(ValueKind::Words(&["read_committed", "read_uncommitted"]))).text(
        "read_committed",
        "isolation read_uncommitted;",
        "what is seen of open and aborted transactions",
    ),
    option("protocol", &[ConsumerGroup], Kind::Value(ValueKind::Words(&["consumer", "classic"]))).text(
        "consumer where the cluster has it",
        "protocol classic;",
        "the group protocol: `consumer` is KIP-848",
    ),
    option("kafka", GROUPS, Kind::Properties { arguments: &[] }).text(
        "",
        "kafka(\"fetch.min.bytes\": 64KiB);",
        "librdkafka properties of these connections, merged by key",
    ),
    option(
        "config",
        TOPIC,
        Kind::Properties {
            arguments: &[
                argument("partitions", ValueKind::Integer { min: 1, max: i32::MAX as u64 }, "the cluster's", "how many partitions the topic is declared with").example("6"),
                argument("replication_factor", ValueKind::Integer { min: 1, max: i16::MAX as u64 }, "the cluster's", "how many replicas the topic is declared with").example("3"),
            ],
        },
    )
    .any_topic()
    .text("", "config(partitions: 6, \"retention.ms\": 7d);", "what the topic is declared with, merged by key"),
    option("sensitive", TOPIC, Kind::Switch).any_topic().text(
        "false",
        "sensitive;",
        "payloads are hidden in the web UI, logs and exports unless the viewer is allowed",
    ),
];

const fn argument(
    name: &'static str,
    kind: ValueKind,
    default: &'static str,
    doc: &'static str,
) -> ArgumentSpecification {
    ArgumentSpecification { name, kind, required: false, readiness: Ready, default, example: default, doc }
}

impl ArgumentSpecification {
    const fn example(mut self, example: &'static str) -> Self {
        self.example = example;
        self
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    const fn readiness(mut self, readiness: Readiness) -> Self {
        self.readiness = readiness;
        self
    }
}

const fn option(word: &'static str, levels: &'static [Level], kind: Kind) -> Specification {
    Specification { word, levels, kind, readiness: Ready, consumption: true, default: "", example: "", doc: "" }
}

impl Specification {
    const fn not_ready(mut self) -> Self {
        self.readiness = NotReady;
        self
    }

    const fn readiness(mut self, readiness: Readiness) -> Self {
        self.readiness = readiness;
        self
    }

    /// For topics with and without a consumer.
    const fn any_topic(mut self) -> Self {
        self.consumption = false;
        self
    }

    const fn text(mut self, default: &'static str, example: &'static str, doc: &'static str) -> Self {
        self.default = default;
        self.example = example;
        self.doc = doc;
        self
    }
}
