//! Nodes with too much private memory. The first line of defence is the node itself; here is the second.

use std::time::Duration;

use crate::config::MemoryLimit;
use crate::vitals::Excess;

use super::super::death::StopReason;
use super::super::effect::Effect;
use super::super::event::NodeId;
use super::super::plan::HARD_MEMORY_LIMIT;
use super::core::Fleet;

impl Fleet {
    /// The node leaves by itself: it gets the time of a stop, and no more.
    pub(super) fn recycle(&mut self, node: NodeId, excess: Excess, now: Duration, out: &mut Vec<Effect>) {
        self.stop_one(node, StopReason::Recycle(excess), now, out);
    }

    /// What each node may have.
    pub(crate) fn memory_limit(&self) -> Option<u64> {
        match self.plan.memory_limit {
            MemoryLimit::Bytes(limit) => Some(limit),
            MemoryLimit::Auto | MemoryLimit::Off => None,
        }
    }

    /// `private` bytes were found in the node.
    pub(super) fn weighed(&mut self, node: NodeId, private: Option<u64>, now: Duration, out: &mut Vec<Effect>) {
        let (Some(private), MemoryLimit::Bytes(limit)) = (private, self.plan.memory_limit) else { return };
        if private as f64 > limit as f64 * HARD_MEMORY_LIMIT {
            self.stop_one(node, StopReason::Memory(Excess { private, limit }), now, out);
        }
    }
}
