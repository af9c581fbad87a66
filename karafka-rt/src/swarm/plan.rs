//! What a swarm is asked to be: plain numbers, filled in from the configuration by whoever starts it.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::{MemoryLimit, limits};

use super::docket::RouteName;

/// Nodes are forked at least this far apart: member ids of KIP-848 come from a seed that is weak within one instant.
pub(crate) const FORKS_APART: Duration = Duration::from_millis(10);
/// At most this many forks in any second, over all slots.
pub(crate) const FORKS_PER_SECOND: usize = 5;
/// The supervisor looks at its nodes at least this often, and never steps the fleet less often.
pub(crate) const SURVEY_EVERY: Duration = Duration::from_secs(1);
/// While nodes are stopping it looks more often, to find those that are frozen.
pub(crate) const SURVEY_EVERY_IN_STOP: Duration = Duration::from_millis(250);
/// Two steps further apart than this: the supervisor itself did not run.
pub(crate) const SLEPT_AFTER: Duration = Duration::from_secs(5);
/// After the node's own deadline (`shutdown_timeout` for jobs, 3 s more to close and flush): time for ABRT.
pub(crate) const ABORT_AFTER: Duration = Duration::from_secs(5);
/// Time for KILL.
pub(crate) const KILL_AFTER: Duration = Duration::from_secs(7);
/// The supervisor is gone, whatever its nodes do.
pub(crate) const LEAVE_AFTER: Duration = Duration::from_secs(8);
/// Boots that must have failed in every slot before the swarm gives up.
pub(crate) const BOOTS_BEFORE_GIVING_UP: u32 = 3;
/// Planned recycles within [`RECYCLE_WINDOW`] from which on they are a problem.
pub(crate) const RECYCLES_TOLERATED: usize = 2;
/// The time in which recycles are counted.
pub(crate) const RECYCLE_WINDOW: Duration = Duration::from_mins(10);
/// A node with this many times its memory limit is ended by the supervisor: it did not see to it by itself.
pub(crate) const HARD_MEMORY_LIMIT: f64 = 1.5;
/// After a node's stop and boot: time for its connections to join their groups in a rolling restart.
pub(crate) const JOINS_WITHIN: Duration = Duration::from_mins(1);
/// A complaint of a node's clients counts for so long: they repeat it about twice a minute while it lasts.
pub(crate) const TROUBLE_LASTS: Duration = Duration::from_secs(75);
/// A listener without a sign of life for this long has its node restarted.
pub(crate) const SILENCE_LIMIT: Duration = Duration::from_secs(30);
/// The back-off step at which a fenced node starts: the other owner of its ids needs time to go.
pub(crate) const FENCED_STEP: u32 = 4;

/// A swarm to run.
#[derive(Clone, Debug)]
pub(crate) struct SwarmPlan {
    /// How many nodes; at least one.
    pub(crate) nodes: u32,
    /// How much private memory a node may have.
    pub(crate) memory_limit: MemoryLimit,
    /// How long running jobs may take after a stop was asked for. The whole stop takes at most 8 s more.
    pub(crate) shutdown_timeout: Duration,
    /// How long a node may take from its fork to its report that it is up.
    pub(crate) boot_timeout: Duration,
    /// A listener without a sign of life for this long has its node restarted.
    pub(crate) silence_limit: Duration,
    /// A node whose process is stopped (state `T`) for this long is killed: its memberships may be over, and woken up it would go on
    /// as if they were not.
    pub(crate) frozen_limit: Duration,
    /// How long to wait before a crashed node is forked again.
    pub(crate) back_off: BackOff,
    /// A node that was up this long starts with the first step of the back-off again.
    pub(crate) stable_after: Duration,
    /// When no node was ever up, the swarm gives up no earlier than this.
    pub(crate) give_up_after: Duration,
    /// The names of the topics, by the index that the tick cells hold.
    pub(crate) topics: Vec<String>,
    /// The routes behind the same indexes.
    pub(crate) routes: Vec<RouteName>,
    /// Where files are kept that outlive the supervisor, if anywhere.
    pub(crate) runtime_dir: Option<PathBuf>,
    /// Seed of the jitter.
    pub(crate) seed: u64,
}

/// `min(cap, base × 2^n) ± jitter`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BackOff {
    /// The first wait.
    pub(crate) base: Duration,
    /// The longest wait, before jitter.
    pub(crate) cap: Duration,
    /// The largest deviation in either direction, as a fraction of the wait: 0.2 is 20 %.
    pub(crate) jitter: f64,
}

impl Default for SwarmPlan {
    fn default() -> Self {
        Self {
            nodes: 1,
            memory_limit: MemoryLimit::Off,
            shutdown_timeout: limits::SHUTDOWN_TIMEOUT,
            boot_timeout: limits::BOOT_TIMEOUT,
            silence_limit: SILENCE_LIMIT,
            frozen_limit: SILENCE_LIMIT,
            back_off: BackOff { base: limits::RESTART_BACKOFF, cap: limits::RESTART_BACKOFF_MAX, jitter: 0.2 },
            stable_after: Duration::from_mins(1),
            give_up_after: Duration::from_secs(30),
            topics: Vec::new(),
            routes: Vec::new(),
            runtime_dir: None,
            seed: 0,
        }
    }
}
