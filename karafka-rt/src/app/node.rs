//! What a service knows of the node that it runs in.

use std::sync::Arc;

use crate::consumer::Producer;
use crate::lifecycle::StopSignal;
use crate::message::Result;
use crate::swarm::ReportChannel;

/// A task of a node.
pub(super) type Service = Arc<dyn Fn(&Node) -> Result + Send + Sync>;

/// A running node. Only a running node can produce: the supervisor has no Kafka client.
#[derive(Debug, Clone)]
pub struct Node {
    pub(super) seat: Seat,
    pub(super) producer: Producer,
}

/// Where a process stands, as far as its services see.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    pub(super) slot: u32,
    pub(super) incarnation: u64,
    pub(super) stop: StopSignal,
    /// The way to the supervisor; none in `server` mode.
    pub(super) reports: Option<ReportChannel>,
}

impl Node {
    /// The node's slot in the swarm, from 0; 0 in `server` mode.
    pub fn slot(&self) -> u32 {
        self.seat.slot
    }

    /// Which life of the slot this is, from 1; every restart by the supervisor counts. 1 in `server` mode.
    pub fn incarnation(&self) -> u64 {
        self.seat.incarnation
    }

    /// Asks for a restart of this node: it finishes its work as in any stop, and the supervisor starts it again after a back-off.
    /// The reason appears in the log, cut off after 500 bytes. In `server` mode there is only the log line.
    pub fn unhealthy(&self, reason: &str) {
        if let Some(reports) = &self.seat.reports {
            reports.report_unhealthy(reason);
        } else {
            tracing::error!(reason, "this process is unhealthy, and has no supervisor to restart it");
        }
    }

    /// Whether the process is stopping: finish soon, within `swarm.shutdown_timeout`.
    pub fn is_stopping(&self) -> bool {
        self.seat.stop.is_stopping()
    }

    /// A producer of this node.
    pub fn producer(&self) -> Producer {
        self.producer.clone()
    }
}
