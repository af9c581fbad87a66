//! What one connection is to do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::consumer::Producer;
use crate::processing::Route;
use crate::topology::{InitialOffset, Isolation, Protocol};

/// Everything a listener needs to know before it starts.
pub(crate) struct ConnectionPlan {
    /// The consumer group's id.
    pub(crate) group: &'static str,
    /// Which connection of its subscription group this is, from 0.
    pub(crate) connection: u16,
    pub(crate) protocol: Protocol,
    pub(crate) isolation: Isolation,
    pub(crate) routes: Vec<Arc<Route>>,
    /// librdkafka properties without those that depend on the group protocol.
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) producer: Producer,
    /// The swarm slot.
    pub(crate) node: u32,
    pub(crate) commit_interval: Duration,
    pub(crate) commit_deadline: Duration,
    pub(crate) drain_timeout: Duration,
}

impl ConnectionPlan {
    pub(crate) fn route(&self, topic: &str) -> Option<&Arc<Route>> {
        self.routes.iter().find(|route| route.topic == topic)
    }

    pub(crate) fn topics(&self) -> Vec<String> {
        self.routes.iter().map(|route| route.topic.to_owned()).collect()
    }

    /// The client's properties under a group protocol. Offsets are committed and reset by us alone, never by librdkafka.
    pub(crate) fn client_properties(&self, protocol: Protocol) -> BTreeMap<String, String> {
        let mut properties = self.properties.clone();
        let mut set = |key: &str, value: &str| properties.insert(key.to_owned(), value.to_owned());
        set("group.id", self.group);
        set("enable.auto.commit", "false");
        set("enable.auto.offset.store", "false");
        set("enable.partition.eof", "false");
        set("auto.offset.reset", "error");
        set("allow.auto.create.topics", "false");
        set(
            "isolation.level",
            match self.isolation {
                Isolation::ReadCommitted => "read_committed",
                Isolation::ReadUncommitted => "read_uncommitted",
            },
        );
        match protocol {
            Protocol::Consumer => {
                set("group.protocol", "consumer");
                // Broker settings under KIP-848: setting them in the client is a configuration error there.
                for key in ["session.timeout.ms", "heartbeat.interval.ms", "partition.assignment.strategy"] {
                    properties.remove(key);
                }
            }
            Protocol::Classic => {
                set("group.protocol", "classic");
                properties
                    .entry("partition.assignment.strategy".to_owned())
                    .or_insert_with(|| "cooperative-sticky".to_owned());
            }
        }
        properties
    }

    pub(crate) fn initial_offset(&self, topic: &str) -> InitialOffset {
        self.route(topic).map_or(InitialOffset::Earliest, |route| route.policies.initial_offset)
    }
}
