//! What a fleet wants done, and what it wants known.

use std::fmt;
use std::time::Duration;

use crate::lifecycle::exit;
use crate::os::{Pid, Signal};
use crate::vitals::{Excess, Job};

use super::death::{Death, StopReason};
use super::event::NodeId;

/// Something for the kernel to do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// Fork the node. Answered by `Forked` or `ForkFailed`.
    Fork(NodeId),
    /// Send the node a signal.
    Signal(NodeId, Signal),
    /// These jobs may have ended their process: never none.
    Accuse(Vec<Job>),
    /// Log what every thread of the node is doing.
    Describe(NodeId),
    /// Log this.
    Tell(Notice),
    /// Leave the loop and exit. The last effect of all.
    Exit(exit::Code),
}

/// One line of the supervisor's log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Notice {
    /// A node's process was made.
    Forked(NodeId, Pid),
    /// A fork failed; the next try is after the time.
    ForkFailed(NodeId, String, Duration),
    /// A node is up, after this time.
    Up(NodeId, Duration),
    /// Every connection of a node has been steady, this long after it came up.
    Joined(NodeId, Duration),
    /// A node is told to leave.
    Asked(NodeId, StopReason),
    /// A node did not leave in time and gets ABRT.
    Aborted(NodeId, Duration),
    /// A node gets KILL, for this reason.
    Killed(NodeId, &'static str),
    /// A node's life is over; what follows.
    Died(Death, Sequel),
    /// The swarm stops, and takes at most this long.
    Stopping(Duration),
    /// The swarm leaves without finishing.
    StoppingNow,
    /// The swarm takes no new work.
    Quiet,
    /// So many nodes are started anew, one by one.
    RollBegins(usize),
    /// So many nodes were.
    Rolled(usize),
    /// The roll waits for this one, because its clients complain about this.
    RollWaits(NodeId, String),
    /// This one did not join its groups in time; so many are still the old ones.
    RollAborted(NodeId, usize),
    /// The supervisor did not run for this long.
    Slept(Duration),
    /// Nodes recycle themselves again and again.
    RecyclesTooOften(NodeId, usize, Option<Excess>),
    /// No node ever came up.
    CrashLoop(u32),
    /// Every node refuses its configuration.
    AllMisconfigured,
    /// Processes that even KILL did not end are left behind.
    LeftBehind(Vec<NodeId>),
}

/// What follows a death.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sequel {
    /// The slot is forked again after this time.
    RestartIn(Duration),
    /// The slot stays empty: a restart cannot help.
    GiveUp,
    /// The slot stays empty: the swarm is stopping.
    None,
}

/// How loud a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loudness {
    /// All is as it should be.
    Info,
    /// Somebody should know.
    Warning,
    /// Somebody should do something.
    Error,
}

impl Notice {
    pub(crate) fn loudness(&self) -> Loudness {
        match self {
            Self::Died(death, _) if death.cause.is_as_wanted() => Loudness::Info,
            Self::Forked(..)
            | Self::Up(..)
            | Self::Joined(..)
            | Self::Stopping(_)
            | Self::Quiet
            | Self::RollBegins(_)
            | Self::Rolled(_)
            | Self::Asked(
                _,
                StopReason::Commanded | StopReason::Operator | StopReason::Roll | StopReason::Recycle(_),
            ) => Loudness::Info,
            Self::Died(_, Sequel::GiveUp) | Self::CrashLoop(_) | Self::AllMisconfigured | Self::LeftBehind(_) => {
                Loudness::Error
            }
            _ => Loudness::Warning,
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forked(node, pid) => write!(f, "{node} starts as process {pid}"),
            Self::ForkFailed(node, reason, delay) => {
                write!(f, "{node} could not be forked: {reason}; next try in {delay:.1?}")
            }
            Self::Up(node, after) => write!(f, "{node} is up after {after:.1?}"),
            Self::Joined(node, after) => write!(f, "{node} has joined its groups, {after:.1?} after it came up"),
            Self::Asked(node, reason) => write!(f, "{node} is told to stop: {reason}"),
            Self::Aborted(node, after) => write!(f, "{node} did not stop within {after:.1?}: sending ABRT"),
            Self::Killed(node, why) => write!(f, "{node} is killed: {why}"),
            Self::Died(death, sequel) => write!(f, "{death}{sequel}"),
            Self::Stopping(within) => write!(f, "stopping: the nodes finish their work, within {within:.1?}"),
            Self::StoppingNow => f.write_str("stopping now: the nodes are killed, running jobs stay uncommitted"),
            Self::Quiet => f.write_str("quiet: no new work until the stop; the nodes keep their group memberships"),
            Self::RollBegins(count) => write!(
                f,
                "rolling restart of {count} nodes, one by one; what was loaded before the fork and the configuration stay as they are"
            ),
            Self::Rolled(count) => write!(f, "the rolling restart is done: {count} nodes were started anew"),
            Self::RollWaits(node, text) => {
                write!(
                    f,
                    "the rolling restart waits: {node} has not joined its groups, and cannot work with Kafka: {text}"
                )
            }
            Self::RollAborted(node, left) => write!(
                f,
                "the rolling restart is aborted: {node} has not joined its groups in time; {left} nodes were not started anew"
            ),
            Self::Slept(time) => write!(f, "the supervisor itself did not run for {time:.1?}: all clocks start again"),
            Self::RecyclesTooOften(node, count, excess) => {
                write!(
                    f,
                    "{node} recycled {count} times in ten minutes: `swarm.memory_limit` is too low for its work"
                )?;
                excess.map_or(Ok(()), |excess| write!(f, " ({excess})"))
            }
            Self::CrashLoop(boots) => write!(
                f,
                "no node ever came up and each failed at least {boots} times: giving up; the causes are in the lines above"
            ),
            Self::AllMisconfigured => f.write_str("every node refused its configuration: a restart cannot help"),
            Self::LeftBehind(nodes) => {
                let nodes: Vec<_> = nodes.iter().map(NodeId::to_string).collect();
                write!(f, "KILL did not end {}: blocked in the kernel, left behind", nodes.join(", "))
            }
        }
    }
}

impl fmt::Display for Sequel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RestartIn(Duration::ZERO) => f.write_str("; restart at once"),
            Self::RestartIn(delay) => write!(f, "; restart in {delay:.1?}"),
            Self::GiveUp => f.write_str("; not started again, because a restart cannot help"),
            Self::None => Ok(()),
        }
    }
}
