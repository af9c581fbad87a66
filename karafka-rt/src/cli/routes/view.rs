//! What is told about a topology: every field of it, with defaults written out and topic names as they are in Kafka.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::super::words;
use crate::config::{Config, shown_property};
use crate::topology::{
    Assign, ConsumerGroup, Counting, DeadLetter, DeadLetterTarget, DeclaredTopic, InitialOffset, Lanes, Nodes, Offsets,
    Oversized, Periodic, Policies, Property, Route, Source, SubscriptionGroup, Topology, Transaction,
};

/// The version of this schema.
const SCHEMA: u32 = 1;

/// Everything.
#[derive(Serialize)]
pub(super) struct View {
    pub(super) schema: u32,
    /// What stands before each topic name, already contained in `name` fields.
    pub(super) topic_prefix: String,
    pub(super) blocks: Vec<BlockView>,
}

/// One `routes!` block.
#[derive(Serialize)]
pub(super) struct BlockView {
    pub(super) application: &'static str,
    pub(super) docs: String,
    pub(super) consumer_groups: Vec<GroupView>,
    pub(super) topics: Vec<TopicView>,
    /// Options whose runtime is not ready: this program does not start with them.
    pub(super) not_ready: Vec<String>,
}

/// A consumer group.
#[derive(Serialize)]
pub(super) struct GroupView {
    /// The group id in Kafka.
    pub(super) name: &'static str,
    pub(super) docs: String,
    pub(super) protocol: &'static str,
    pub(super) membership: &'static str,
    pub(super) subscription_groups: Vec<SubscriptionView>,
}

/// A subscription group.
#[derive(Serialize)]
pub(super) struct SubscriptionView {
    pub(super) name: Option<&'static str>,
    pub(super) docs: String,
    pub(super) connections: ConnectionsView,
    pub(super) isolation: &'static str,
    /// `group`, `all`, or the fixed partitions.
    pub(super) assign: AssignView,
    /// `None`: every slot of the swarm.
    pub(super) nodes: Option<&'static [u32]>,
    /// Only values that are on the allow-list; others are `***`.
    pub(super) kafka: BTreeMap<&'static str, String>,
    pub(super) routes: Vec<RouteView>,
}

/// Connections of one process.
#[derive(Serialize)]
pub(super) struct ConnectionsView {
    pub(super) min: u16,
    pub(super) max: u16,
    pub(super) boot: u16,
    pub(super) scale_delay_ms: u64,
}

/// How partitions are found.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AssignView {
    Group,
    All,
    Partitions(&'static [i32]),
}

/// A consumed topic or pattern.
#[derive(Serialize)]
pub(super) struct RouteView {
    /// `topic` or `pattern`.
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) consumer: &'static str,
    pub(super) offsets: &'static str,
    pub(super) max_messages: u32,
    pub(super) max_wait_time_ms: u64,
    pub(super) initial_offset: InitialOffsetView,
    pub(super) pause: PauseView,
    pub(super) dead_letter_queue: Option<DeadLetterView>,
    pub(super) periodic: Option<PeriodicView>,
    pub(super) handler_timeout_ms: u64,
    pub(super) exactly_once: bool,
    pub(super) parallel: Option<ParallelView>,
    pub(super) priority: &'static str,
}

/// Where consumption starts without a committed offset.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum InitialOffsetView {
    Earliest,
    Latest,
    AgoMs(u64),
}

/// Retry back-off.
#[derive(Serialize)]
pub(super) struct PauseView {
    pub(super) timeout_ms: u64,
    pub(super) max_timeout_ms: u64,
    pub(super) exponential: bool,
}

/// What happens when the retries are used up.
#[derive(Serialize)]
pub(super) struct DeadLetterView {
    /// `None`: the record is skipped and counted.
    pub(super) topic: Option<String>,
    pub(super) external: bool,
    pub(super) max_retries: u32,
    pub(super) independent: bool,
    pub(super) isolate: bool,
    pub(super) oversized: &'static str,
}

/// Ticks.
#[derive(Serialize)]
pub(super) struct PeriodicView {
    pub(super) interval_ms: u64,
    pub(super) during_pause: bool,
    pub(super) during_retry: bool,
}

/// Lanes inside a partition.
#[derive(Serialize)]
pub(super) struct ParallelView {
    pub(super) by: &'static str,
    pub(super) lanes: u16,
}

/// A topic of the block, consumed or not.
#[derive(Serialize)]
pub(super) struct TopicView {
    pub(super) name: String,
    pub(super) type_name: &'static str,
    pub(super) docs: String,
    pub(super) partitions: Option<u32>,
    pub(super) replication_factor: Option<u16>,
    pub(super) config: BTreeMap<&'static str, String>,
    pub(super) produced: bool,
    pub(super) sensitive: bool,
}

impl View {
    pub(super) fn new(blocks: &[&'static Topology], config: &Config) -> Self {
        Self {
            schema: SCHEMA,
            topic_prefix: config.application.topic_prefix.clone(),
            blocks: blocks.iter().map(|block| BlockView::new(block, config)).collect(),
        }
    }
}

impl BlockView {
    fn new(block: &'static Topology, config: &Config) -> Self {
        let groups = block.groups.iter();
        Self {
            application: block.application,
            docs: plain(block.docs),
            consumer_groups: groups.map(|group| GroupView::new(block.group_name(group), group, config)).collect(),
            topics: block.topics.iter().map(|topic| TopicView::new(topic, config)).collect(),
            not_ready: block.unready.iter().map(|unready| format!("`{}` of {}", unready.option, unready.at)).collect(),
        }
    }
}

impl GroupView {
    fn new(name: &'static str, group: &'static ConsumerGroup, config: &Config) -> Self {
        let subscriptions = group.subscription_groups.iter();
        Self {
            name,
            docs: plain(group.docs),
            protocol: words::protocol(group.protocol),
            membership: words::membership(group.membership),
            subscription_groups: subscriptions
                .map(|subscription| SubscriptionView::new(subscription, config))
                .collect(),
        }
    }
}

impl SubscriptionView {
    fn new(group: &'static SubscriptionGroup, config: &Config) -> Self {
        let multiplexing = group.multiplexing;
        let shown = |property: &Property| {
            let value = property.value.to_string();
            (property.key, shown_property(property.key, &value).to_owned())
        };
        Self {
            name: group.name,
            docs: plain(group.docs),
            connections: ConnectionsView {
                min: multiplexing.min,
                max: multiplexing.max,
                boot: multiplexing.boot,
                scale_delay_ms: milliseconds(multiplexing.scale_delay),
            },
            isolation: words::isolation(group.isolation),
            assign: match group.assign {
                Assign::Balanced => AssignView::Group,
                Assign::All => AssignView::All,
                Assign::Partitions(partitions) => AssignView::Partitions(partitions),
            },
            nodes: match group.nodes {
                Nodes::All => None,
                Nodes::Slots(slots) => Some(slots),
            },
            kafka: group.kafka.iter().map(shown).collect(),
            routes: group.routes.iter().map(|route| RouteView::new(route, config)).collect(),
        }
    }
}

impl RouteView {
    fn new(route: &'static Route, config: &Config) -> Self {
        let policies: &Policies = &route.policies;
        Self {
            kind: match route.source {
                Source::Topic(_) => "topic",
                Source::Pattern(_) => "pattern",
            },
            name: config.topic_name(route.source.text()),
            docs: plain(route.docs),
            consumer: route.consumer_name,
            offsets: match policies.offsets {
                Offsets::Automatic => "automatic",
                Offsets::Manual => "manual",
            },
            max_messages: policies.batching.max_messages,
            max_wait_time_ms: milliseconds(policies.batching.max_wait_time),
            initial_offset: match policies.initial_offset {
                InitialOffset::Earliest => InitialOffsetView::Earliest,
                InitialOffset::Latest => InitialOffsetView::Latest,
                InitialOffset::Ago(age) => InitialOffsetView::AgoMs(milliseconds(age)),
            },
            pause: PauseView {
                timeout_ms: milliseconds(policies.backoff.timeout),
                max_timeout_ms: milliseconds(policies.backoff.max_timeout),
                exponential: policies.backoff.exponential,
            },
            dead_letter_queue: policies.dead_letter.as_ref().map(|queue| DeadLetterView::new(queue, config)),
            periodic: policies.periodic.map(PeriodicView::new),
            handler_timeout_ms: milliseconds(policies.handler_timeout),
            exactly_once: policies.transaction == Transaction::ExactlyOnce,
            parallel: policies.lanes.map(ParallelView::new),
            priority: words::priority(policies.priority),
        }
    }
}

impl DeadLetterView {
    fn new(queue: &DeadLetter, config: &Config) -> Self {
        Self {
            topic: match queue.target {
                DeadLetterTarget::Topic(name) => Some(config.topic_name(name)),
                DeadLetterTarget::External(name) => Some(name.to_owned()),
                DeadLetterTarget::Skip => None,
            },
            external: matches!(queue.target, DeadLetterTarget::External(_)),
            max_retries: queue.max_retries,
            independent: queue.counting == Counting::Independent,
            isolate: queue.isolate,
            oversized: match queue.oversized {
                Oversized::Wait => "wait",
                Oversized::Stub => "stub",
            },
        }
    }
}

impl PeriodicView {
    fn new(periodic: Periodic) -> Self {
        Self {
            interval_ms: milliseconds(periodic.interval),
            during_pause: periodic.during_pause,
            during_retry: periodic.during_retry,
        }
    }
}

impl ParallelView {
    fn new(lanes: Lanes) -> Self {
        Self { by: words::lane_key(lanes.by), lanes: lanes.lanes }
    }
}

impl TopicView {
    fn new(topic: &'static DeclaredTopic, config: &Config) -> Self {
        Self {
            name: config.topic_name(topic.name),
            type_name: topic.type_name,
            docs: plain(topic.docs),
            partitions: topic.partitions,
            replication_factor: topic.replication_factor,
            config: topic.config.iter().map(|property| (property.key, property.value.to_string())).collect(),
            produced: topic.produced,
            sensitive: topic.sensitive,
        }
    }
}

/// A doc comment without the space that rustc keeps after `///`.
fn plain(docs: &str) -> String {
    docs.lines().map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Durations of the topology come from literals, far below the bound of 64 bits.
fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
