//! What a service knows of the node that it runs in.

use std::sync::Arc;

use crate::consumer::Producer;
use crate::lifecycle::StopSignal;
use crate::message::Result;

/// A task of a node.
pub(super) type Service = Arc<dyn Fn(&Node) -> Result + Send + Sync>;

/// A running node. Only a running node can produce: the supervisor has no Kafka client.
#[derive(Debug, Clone)]
pub struct Node {
    pub(super) slot: u32,
    pub(super) stop: StopSignal,
    pub(super) producer: Producer,
}

impl Node {
    /// The node's slot in the swarm, from 0; 0 in `server` mode.
    pub fn slot(&self) -> u32 {
        self.slot
    }

    /// Whether the process is stopping: finish soon, within `swarm.shutdown_timeout`.
    pub fn is_stopping(&self) -> bool {
        self.stop.is_stopping()
    }

    /// A producer of this node.
    pub fn producer(&self) -> Producer {
        self.producer.clone()
    }
}
