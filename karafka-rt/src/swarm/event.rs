//! What happens to a fleet.

use std::fmt;

use crate::os::{Ending, Pid};
use crate::vitals::{Remains, Survey};

use super::report::Report;

/// One life of one slot. Events about an earlier life have no effect on a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId {
    /// The place in the swarm, from 0.
    pub(crate) slot: u32,
    /// Which life, from 1.
    pub(crate) incarnation: u64,
}

/// Something that happened, as the supervisor saw it.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// Time passed.
    Woke,
    /// The node's process exists.
    Forked {
        /// The node.
        node: NodeId,
        /// Its process.
        pid: Pid,
    },
    /// There is no process for the node: out of processes, memory or descriptors.
    ForkFailed {
        /// The node that was to be.
        node: NodeId,
        /// What the system said.
        reason: String,
    },
    /// The node says something about itself.
    Reported {
        /// The node.
        node: NodeId,
        /// What it says.
        report: Report,
    },
    /// The supervisor looked at the node from outside.
    Surveyed {
        /// The node.
        node: NodeId,
        /// Whether its process is stopped (state `T`).
        frozen: bool,
        /// What its tick cells say.
        survey: Survey,
        /// Its private memory in bytes, when that was looked at.
        private: Option<u64>,
    },
    /// The node's process has ended and was reaped.
    Ended {
        /// The node.
        node: NodeId,
        /// How.
        ending: Ending,
        /// Whether the kernel killed it because memory ran out.
        out_of_memory: bool,
        /// What it left in its cells.
        remains: Remains,
    },
    /// The swarm is asked to finish and leave.
    Stop,
    /// The swarm is asked to leave without finishing.
    StopNow,
    /// The swarm is asked to take no new work.
    Quiet,
    /// All nodes are to be started anew, one by one.
    Roll,
    /// The node in this slot is to be started anew.
    Restart {
        /// Which slot.
        slot: u32,
    },
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {} (incarnation {})", self.slot, self.incarnation)
    }
}
