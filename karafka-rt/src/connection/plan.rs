//! What one connection is to do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::budget::Budget;
use crate::consumer::{Port, Producer, TransactionPort};
use crate::processing::Route;
use crate::topology::{Isolation, Protocol};

/// Everything a listener needs to know before it starts.
pub(crate) struct ConnectionPlan {
    /// The consumer group's id.
    pub(crate) group: &'static str,
    /// Which connection of its subscription group this is, from 0.
    pub(crate) connection: u16,
    pub(crate) protocol: Protocol,
    pub(crate) isolation: Isolation,
    pub(crate) routes: Vec<Arc<Route>>,
    /// The client's properties under KIP-848, and under the classic protocol.
    pub(crate) properties: [BTreeMap<String, String>; 2],
    pub(crate) producer: Producer,
    /// The transactional producers of the consumer group.
    pub(crate) transactions: Arc<dyn TransactionPort>,
    /// For dead letters: no delivery timeout.
    pub(crate) dead_letters: Arc<dyn Port>,
    /// The swarm slot.
    pub(crate) node: u32,
    pub(crate) commit_interval: Duration,
    pub(crate) commit_deadline: Duration,
    pub(crate) budget: Budget,
    pub(crate) drain_timeout: Duration,
    /// A revocation that is not answered within this time ends every assignment of the connection.
    pub(crate) revocation_bound: Duration,
}

impl ConnectionPlan {
    pub(crate) fn route(&self, topic: &str) -> Option<&Arc<Route>> {
        self.routes.iter().find(|route| route.topic == topic)
    }

    pub(crate) fn client_properties(&self, protocol: Protocol) -> &BTreeMap<String, String> {
        match protocol {
            Protocol::Consumer => &self.properties[0],
            Protocol::Classic => &self.properties[1],
        }
    }
}
