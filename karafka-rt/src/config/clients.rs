//! The properties that each kind of client is made with.
//!
//! Weakest first: the framework's defaults, section `kafka`, the client's own section, `kafka(..)` of the subscription
//! group; and over all of them what the framework owns.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::entry::Scope;
use super::limits;
use super::property::{self, Side};
use super::settings::{Config, Given};
use super::shown::shown_property;
use super::source::Source;
use crate::topology::{Isolation, SubscriptionGroup};

/// Properties for one client, under librdkafka's names.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Properties(BTreeMap<String, String>);

/// Who a consuming client is in its group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Membership<'a> {
    /// The consumer group's name.
    pub(crate) group_id: &'a str,
    /// Which protocol this client speaks; a cluster without KIP-848 makes it classic.
    pub(crate) protocol: GroupProtocol,
    /// `group.instance.id` with static membership.
    pub(crate) instance_id: Option<&'a str>,
}

/// The group protocol that a client really speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GroupProtocol {
    /// KIP-848.
    Consumer,
    /// Classic, with cooperative-sticky assignment unless another strategy is configured.
    Classic,
}

/// Properties that exist only with the classic protocol: with KIP-848 they are the broker's, and librdkafka refuses them.
const CLASSIC_ONLY: &[&str] = &["heartbeat.interval.ms", "partition.assignment.strategy", "session.timeout.ms"];

impl Config {
    /// Properties of one connection of a subscription group.
    pub(crate) fn consumer_properties(&self, group: &SubscriptionGroup, membership: Membership<'_>) -> Properties {
        let mut properties = self.merged(Scope::Consumer, Some(group));
        let strategy = "partition.assignment.strategy";
        properties.0.entry(strategy.to_owned()).or_insert_with(|| "cooperative-sticky".to_owned());
        let mut own = |name: &str, value: &str| drop(properties.0.insert(name.to_owned(), value.to_owned()));
        own("group.id", membership.group_id);
        if let Some(instance_id) = membership.instance_id {
            own("group.instance.id", instance_id);
        }
        match membership.protocol {
            GroupProtocol::Consumer => own("group.protocol", "consumer"),
            GroupProtocol::Classic => own("group.protocol", "classic"),
        }
        own(
            "isolation.level",
            match group.isolation {
                Isolation::ReadCommitted => "read_committed",
                Isolation::ReadUncommitted => "read_uncommitted",
            },
        );
        // A reset must be a decision: `earliest` would reset with nothing but a log line.
        own("auto.offset.reset", "error");
        own("enable.auto.commit", "false");
        own("enable.auto.offset.store", "false");
        // It moves the position of partition queues that are read in batches (until librdkafka 2.13.2).
        own("enable.partition.eof", "false");
        own("queued.max.messages.kbytes", &(self.partition_buffer() / 1024).to_string());
        if membership.protocol == GroupProtocol::Consumer {
            properties.0.retain(|name, _| !CLASSIC_ONLY.contains(&name.as_str()));
        }
        properties
    }

    /// How long a member of the classic protocol may be silent, where that is configured for all consumers.
    pub(crate) fn session_timeout(&self) -> Option<Duration> {
        let given = configured(self, Scope::Consumer, "session.timeout.ms")?;
        given.value.parse().ok().map(Duration::from_millis)
    }

    /// Payload bytes that one queue of librdkafka may hold.
    pub(crate) fn partition_buffer(&self) -> u64 {
        self.processing.partition_buffer.min(self.processing.memory / 64)
    }

    /// Properties of an idempotent producer.
    pub(crate) fn producer_properties(&self) -> Properties {
        let mut properties = self.merged(Scope::Producer, None);
        properties.0.insert("enable.idempotence".to_owned(), "true".to_owned());
        properties
    }

    /// Properties of a client for admin requests.
    pub(crate) fn admin_properties(&self) -> Properties {
        self.merged(Scope::Admin, None)
    }

    /// Properties of the client that asks on behalf of consumers: who may read what depends on the user.
    pub(crate) fn question_properties(&self) -> Properties {
        self.merged(Scope::Consumer, None)
    }

    fn merged(&self, scope: Scope, group: Option<&SubscriptionGroup>) -> Properties {
        let mut properties: BTreeMap<String, String> = framework_defaults(scope, self.processing.memory)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let client_id = "client.id".to_owned();
        properties.insert(client_id, self.application.instance.clone());
        for (name, given) in self.layers(scope).flatten() {
            if fits(scope, name) {
                properties.insert(name.clone(), given.value.clone());
            }
        }
        for (name, value) in group.map(group_properties).into_iter().flatten() {
            properties.insert(name.to_owned(), value);
        }
        properties.insert("allow.auto.create.topics".to_owned(), "false".to_owned());
        properties.insert("enable.metrics.push".to_owned(), "false".to_owned());
        properties.insert("statistics.interval.ms".to_owned(), "0".to_owned());
        Properties(properties)
    }

    /// Configured layers of a client, weakest first.
    fn layers(&self, scope: Scope) -> impl DoubleEndedIterator<Item = &BTreeMap<String, Given>> {
        let own = (scope != Scope::Common).then(|| self.kafka.of(scope));
        std::iter::once(self.kafka.of(Scope::Common)).chain(own)
    }
}

/// The value that is configured for one kind of client, if any is.
pub(super) fn configured<'c>(config: &'c Config, scope: Scope, name: &str) -> Option<&'c Given> {
    config.layers(scope).rev().find_map(|layer| layer.get(name))
}

/// The value of a consumer's property that has a default of ours or librdkafka's, and where it comes from.
pub(super) fn effective(config: &Config, group: Option<&SubscriptionGroup>, name: &'static str) -> Given {
    let of_group = group.and_then(|group| {
        let (_, value) = group_properties(group).find(|(key, _)| *key == name)?;
        Some(Given { value, source: Source::Routes { group: group_text(group) } })
    });
    let configured = || configured(config, Scope::Consumer, name).cloned();
    of_group.or_else(configured).unwrap_or_else(|| {
        let ours =
            framework_defaults(Scope::Consumer, config.processing.memory).into_iter().find(|(key, _)| *key == name);
        let value = ours.map_or_else(|| limits::MAX_POLL_INTERVAL.as_millis().to_string(), |(_, value)| value);
        Given { value, source: Source::BuiltIn }
    })
}

/// `kafka(..)` of a subscription group under main names, in librdkafka's writing. Values that are wrong were reported at
/// boot and are left out.
fn group_properties(group: &SubscriptionGroup) -> impl Iterator<Item = (&'static str, String)> {
    group.kafka.iter().filter_map(|given| {
        let property = property::find(given.key)?;
        let value = property.check(&given.value.to_string()).ok()?.into_owned();
        Some((property.main_name(), value))
    })
}

/// How a subscription group is named in messages.
pub(super) fn group_text(group: &SubscriptionGroup) -> String {
    group.name.map_or_else(|| "an unnamed subscription group".to_owned(), |name| format!("subscription group `{name}`"))
}

/// Whether clients of this scope have the property: a consumer's property in section `kafka` is not a producer's business.
fn fits(scope: Scope, name: &str) -> bool {
    property::find(name).is_some_and(|property| match property.side {
        Side::Both => true,
        Side::Consumer => scope == Scope::Consumer,
        Side::Producer => scope == Scope::Producer,
    })
}

/// What the framework sets where librdkafka's own default is not good for it. Each may be configured.
fn framework_defaults(scope: Scope, memory: u64) -> Vec<(&'static str, String)> {
    let milliseconds = |duration: Duration| duration.as_millis().to_string();
    let mut defaults = vec![
        ("reconnect.backoff.max.ms", milliseconds(limits::RECONNECT_BACKOFF_MAX)),
        ("socket.keepalive.enable", "true".to_owned()),
        ("socket.timeout.ms", milliseconds(limits::SOCKET_TIMEOUT)),
    ];
    match scope {
        Scope::Consumer => defaults.extend([
            // A corrupt batch must not be delivered as a good one.
            ("check.crcs", "true".to_owned()),
            // A record that waits pins the whole response that it came in.
            ("fetch.max.bytes", limits::FETCH_MAX_BYTES.min(memory / 32).max(1_000_000).to_string()),
            ("fetch.message.max.bytes", limits::PARTITION_FETCH.min(memory / 256).to_string()),
            // librdkafka's second-long pause after a full queue makes throughput a sawtooth.
            ("fetch.queue.backoff.ms", milliseconds(limits::FETCH_QUEUE_BACKOFF)),
            ("fetch.wait.max.ms", milliseconds(limits::FETCH_WAIT)),
        ]),
        // A producer adds its own (`producer::ProducerSettings`).
        Scope::Common | Scope::Producer | Scope::Admin => {}
    }
    defaults
}

impl Properties {
    #[cfg(test)]
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Everything, in the clear.
    pub(crate) fn into_map(self) -> BTreeMap<String, String> {
        self.0
    }

    /// Names and values, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Values appear only when the allow-list has them.
impl fmt::Debug for Properties {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.iter().map(|(name, value)| (name, shown_property(name, value)))).finish()
    }
}
