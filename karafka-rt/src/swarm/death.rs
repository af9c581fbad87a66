//! Why a node's life ended: one cause per death, derived from what was asked of it and how its process ended.

use std::fmt;
use std::time::Duration;

use crate::lifecycle::exit::Code;
use crate::os::{Ending, Signal};
use crate::vitals::{Excess, Job};

use super::event::NodeId;

/// Exit code of a Rust program that panicked.
const PANICKED: i32 = 101;

/// Why the supervisor told a node to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StopReason {
    /// The swarm stops.
    Commanded,
    /// An operator asked for it.
    Operator,
    /// It is its turn in a rolling restart.
    Roll,
    /// It was not up in time.
    BootTimeout(Duration),
    /// A listener stood still for too long.
    Silent {
        /// Which listener of the node.
        listener: u32,
        /// For how long.
        time: Duration,
    },
    /// Its process was stopped (state `T`) for this long.
    Frozen(Duration),
    /// A job took longer than its route allows.
    Late {
        /// How long that is.
        budget: Duration,
        /// The job, in words.
        job: String,
        /// The same, for those who look for a culprit.
        late: Job,
    },
    /// The node said so itself.
    Unhealthy(String),
    /// It is above its memory limit and leaves to be started anew.
    Recycle(Excess),
    /// It is far above its memory limit and did not leave.
    Memory(Excess),
}

/// How far the supervisor has gone with a node that it told to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pressure {
    /// Asked.
    Term,
    /// Sent ABRT.
    Abort,
    /// Sent KILL.
    Kill,
}

/// The one cause of a death.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Asked, and finished everything.
    AsCommanded,
    /// Asked, and gave up work or had to be ended.
    ForcedStop,
    /// Left cleanly although nobody asked.
    LeftByItself,
    /// Left because it is due for a restart.
    Recycled,
    /// Fenced, or stuck with a producer.
    Fenced,
    /// Refused its configuration.
    Misconfigured,
    /// Killed by the kernel, because its control group had no memory left.
    OutOfMemory,
    /// Ended in a way that nobody wanted.
    Crashed,
    /// Ended by the supervisor for its health.
    Restarted(StopReason),
}

/// A death, with its cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Death {
    /// Who died.
    pub(crate) node: NodeId,
    /// Why.
    pub(crate) cause: Cause,
    /// How the process ended.
    pub(crate) ending: Ending,
    /// How long it was up, `None` when it never was.
    pub(crate) up_for: Option<Duration>,
    /// What it had above its limit when it asked for the restart.
    pub(crate) excess: Option<Excess>,
}

impl Cause {
    /// The cause of an end that came unasked.
    pub(crate) fn unasked(ending: Ending) -> Self {
        match code(ending) {
            Some(Code::Clean) => Self::LeftByItself,
            Some(Code::PlannedRecycle) => Self::Recycled,
            Some(Code::Fenced) => Self::Fenced,
            Some(Code::Configuration) => Self::Misconfigured,
            _ => Self::Crashed,
        }
    }

    /// The cause of the end of a node that was told to leave.
    pub(crate) fn asked(reason: &StopReason, pressure: Pressure, ending: Ending) -> Self {
        match reason {
            StopReason::Commanded => {}
            StopReason::Recycle(_) if code(ending) == Some(Code::PlannedRecycle) => return Self::Recycled,
            _ => return Self::Restarted(reason.clone()),
        }
        let ours = match pressure {
            Pressure::Term => false,
            Pressure::Abort => is_signal(ending, Signal::SIGABRT),
            Pressure::Kill => is_signal(ending, Signal::SIGKILL) || is_signal(ending, Signal::SIGABRT),
        };
        match code(ending) {
            Some(Code::Clean | Code::PlannedRecycle) => Self::AsCommanded,
            Some(Code::ForcedStop) => Self::ForcedStop,
            _ if ours => Self::ForcedStop,
            _ => Self::unasked(ending),
        }
    }

    /// Whether the death is part of the plan.
    pub(crate) fn is_as_wanted(&self) -> bool {
        matches!(self, Self::AsCommanded | Self::Recycled | Self::Restarted(StopReason::Operator | StopReason::Roll))
    }
}

fn code(ending: Ending) -> Option<Code> {
    match ending {
        Ending::Exited(number) => Code::from_number(number),
        Ending::Signalled(_) | Ending::Unseen => None,
    }
}

fn is_signal(ending: Ending, signal: Signal) -> bool {
    ending == Ending::Signalled(signal as i32)
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ended ({}", self.node, self.ending)?;
        match self.up_for {
            Some(time) => write!(f, ", up for {time:.1?}): ")?,
            None => write!(f, ", never up): ")?,
        }
        match &self.cause {
            Cause::AsCommanded => f.write_str("stopped as commanded"),
            Cause::ForcedStop => f.write_str("stopped by force, running jobs stay uncommitted"),
            Cause::LeftByItself => f.write_str("left by itself, although nobody asked"),
            Cause::Recycled => match self.excess {
                Some(excess) => write!(f, "planned recycle, {excess}"),
                None => f.write_str("planned recycle"),
            },
            Cause::OutOfMemory => f.write_str("killed by the kernel: its control group has no memory left"),
            Cause::Fenced => f.write_str(
                "fenced: another process uses one of its transactional ids; is `application.instance` unique?",
            ),
            Cause::Misconfigured => f.write_str("refused its configuration"),
            Cause::Crashed => f.write_str(match self.ending {
                Ending::Exited(PANICKED) => "crashed with a panic",
                Ending::Exited(_) | Ending::Unseen => "crashed",
                Ending::Signalled(_) => "ended by a signal that the supervisor did not send",
            }),
            Cause::Restarted(reason) => write!(f, "ended by the supervisor, {reason}"),
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Commanded => f.write_str("the swarm stops"),
            Self::Operator => f.write_str("an operator asked for it"),
            Self::Roll => f.write_str("rolling restart"),
            Self::BootTimeout(time) => write!(f, "not up after {time:.1?}"),
            Self::Silent { listener, time } => write!(f, "listener {listener} silent for {time:.1?}"),
            Self::Frozen(time) => {
                write!(f, "its process was stopped for {time:.1?}, and its group may have given it up meanwhile")
            }
            Self::Late { budget, job, .. } => write!(f, "beyond its `handler_timeout` of {budget:.1?}: {job}"),
            Self::Recycle(excess) => write!(f, "planned recycle, {excess}"),
            Self::Memory(excess) => write!(f, "far above its memory limit, {excess}"),
            Self::Unhealthy(reason) => write!(f, "reported unhealthy: {reason}"),
        }
    }
}
