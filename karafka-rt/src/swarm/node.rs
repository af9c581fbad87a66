//! One slot of the fleet: the state of its present node, and the history of those before.

use std::time::Duration;

use crate::os::{Ending, Pid, Signal};

use super::death::{Cause, Death, Pressure, StopReason};
use super::effect::{Effect, Notice};
use super::event::NodeId;
use super::plan::{ABORT_AFTER, KILL_AFTER, SwarmPlan, TROUBLE_LASTS};
use super::restart::History;

/// What is in the slot now.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// Nothing until this time, then a fork.
    Waiting {
        /// When.
        until: Duration,
    },
    /// A fork was asked for.
    Forking,
    /// A process that is not up yet.
    Starting {
        /// When it was forked.
        since: Duration,
    },
    /// A node at work.
    Up {
        /// When it came up.
        since: Duration,
    },
    /// A node at work whose connections have all been steady once: what a rolling restart waits for.
    Joined {
        /// When it came up.
        since: Duration,
    },
    /// A node that was told to leave, with rising pressure; with KILL only its death is missing.
    Stopping(Stopping),
    /// Nothing, for ever: a restart cannot help.
    GivenUp,
    /// Nothing, because the swarm stops.
    Vacant,
}

/// How a node is being ended.
#[derive(Clone, Debug)]
pub(crate) struct Stopping {
    /// Since when it was up, `None` when it never was.
    up: Option<Duration>,
    /// When it was told.
    pub(super) since: Duration,
    /// When it gets ABRT, and when KILL.
    abort_at: Duration,
    kill_at: Duration,
    pub(super) reason: StopReason,
    pressure: Pressure,
}

/// A place for one node.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    /// The node that is, was, or will be next in this slot.
    pub(crate) node: NodeId,
    /// What it is doing.
    pub(crate) state: State,
    /// What happened before.
    pub(crate) history: History,
    /// How the life before ended, or why there was none, in words.
    pub(crate) last_end: Option<String>,
    /// What the present node's clients complained about last, and when.
    pub(crate) trouble: Option<(Duration, String)>,
}

impl Slot {
    pub(crate) fn new(slot: u32, now: Duration) -> Self {
        let node = NodeId { slot, incarnation: 0 };
        Self { node, state: State::Waiting { until: now }, history: History::default(), last_end: None, trouble: None }
    }

    /// Whether a process of this slot exists, or may.
    pub(crate) fn is_live(&self) -> bool {
        match self.state {
            State::Forking | State::Starting { .. } | State::Up { .. } | State::Joined { .. } | State::Stopping(_) => {
                true
            }
            State::Waiting { .. } | State::GivenUp | State::Vacant => false,
        }
    }

    /// What the clients of a node at work complain about: once, or again within a little more than a minute, as they do while it lasts.
    pub(crate) fn complaint(&self, now: Duration) -> Option<&str> {
        let (at, text) = self.trouble.as_ref().filter(|_| self.is_up())?;
        (now.saturating_sub(*at) < TROUBLE_LASTS).then_some(text)
    }

    /// Whether a node is at work, joined or not, and was not told to leave.
    pub(crate) fn is_up(&self) -> bool {
        matches!(self.state, State::Up { .. } | State::Joined { .. })
    }

    /// When something is due without an event; forks are the fleet's to time.
    pub(crate) fn deadline(&self, plan: &SwarmPlan) -> Option<Duration> {
        match &self.state {
            State::Starting { since } => Some(*since + plan.boot_timeout),
            State::Stopping(stopping) => match stopping.pressure {
                Pressure::Term => Some(stopping.abort_at),
                Pressure::Abort => Some(stopping.kill_at),
                Pressure::Kill => None,
            },
            _ => None,
        }
    }

    pub(crate) fn forks(&mut self, out: &mut Vec<Effect>) {
        self.node.incarnation += 1;
        self.trouble = None;
        self.state = State::Forking;
        out.push(Effect::Fork(self.node));
    }

    pub(crate) fn forked(&mut self, pid: Pid, now: Duration, out: &mut Vec<Effect>) {
        self.history.forked();
        self.state = State::Starting { since: now };
        out.push(Effect::Tell(Notice::Forked(self.node, pid)));
    }

    pub(crate) fn came_up(&mut self, now: Duration, out: &mut Vec<Effect>) {
        if let State::Starting { since } = self.state {
            self.history.came_up();
            self.state = State::Up { since: now };
            out.push(Effect::Tell(Notice::Up(self.node, now.saturating_sub(since))));
        }
    }

    pub(crate) fn joined(&mut self, now: Duration, out: &mut Vec<Effect>) {
        if let State::Up { since } = self.state {
            self.state = State::Joined { since };
            out.push(Effect::Tell(Notice::Joined(self.node, now.saturating_sub(since))));
        }
    }

    /// Tells the node to leave, unless it has been told.
    pub(crate) fn stop(&mut self, reason: StopReason, plan: &SwarmPlan, now: Duration, out: &mut Vec<Effect>) {
        let up = match self.state {
            State::Starting { .. } => None,
            State::Up { since } | State::Joined { since } => Some(since),
            _ => return,
        };
        out.push(Effect::Signal(self.node, Signal::SIGTERM));
        out.push(Effect::Tell(Notice::Asked(self.node, reason.clone())));
        let abort_at = now + plan.shutdown_timeout + ABORT_AFTER;
        let kill_at = now + plan.shutdown_timeout + KILL_AFTER;
        self.state = State::Stopping(Stopping { up, since: now, abort_at, kill_at, reason, pressure: Pressure::Term });
    }

    /// Ends the node without a word, unless that was done.
    pub(crate) fn kill(&mut self, why: &'static str, out: &mut Vec<Effect>) {
        if let State::Stopping(stopping) = &mut self.state
            && stopping.pressure != Pressure::Kill
        {
            stopping.pressure = Pressure::Kill;
            out.push(Effect::Signal(self.node, Signal::SIGKILL));
            out.push(Effect::Tell(Notice::Killed(self.node, why)));
        }
    }

    /// Does what is due.
    pub(crate) fn on_time(&mut self, plan: &SwarmPlan, now: Duration, out: &mut Vec<Effect>) {
        if let State::Starting { since } = self.state
            && now >= since + plan.boot_timeout
        {
            self.stop(StopReason::BootTimeout(plan.boot_timeout), plan, now, out);
            // Nothing was consumed that would have to be finished.
            if let State::Stopping(stopping) = &mut self.state {
                stopping.kill_at = now + KILL_AFTER.saturating_sub(ABORT_AFTER);
                stopping.abort_at = now;
            }
        }
        if let State::Stopping(stopping) = &mut self.state {
            if stopping.pressure == Pressure::Term && now >= stopping.abort_at {
                stopping.pressure = Pressure::Abort;
                out.push(Effect::Describe(self.node));
                out.push(Effect::Signal(self.node, Signal::SIGABRT));
                out.push(Effect::Tell(Notice::Aborted(self.node, now.saturating_sub(stopping.since))));
            }
            if stopping.pressure == Pressure::Abort && now >= stopping.kill_at {
                self.kill("ABRT did not end it", out);
            }
        }
    }

    /// The process is gone: its one cause. `None` when there was no process.
    pub(crate) fn died(&mut self, ending: Ending, out_of_memory: bool, now: Duration) -> Option<Death> {
        let (up, mut cause) = match &self.state {
            State::Starting { .. } => (None, Cause::unasked(ending)),
            State::Up { since } | State::Joined { since } => (Some(*since), Cause::unasked(ending)),
            State::Stopping(stopping) => (stopping.up, Cause::asked(&stopping.reason, stopping.pressure, ending)),
            _ => return None,
        };
        if out_of_memory {
            cause = Cause::OutOfMemory;
        }
        let excess = match &self.state {
            State::Stopping(Stopping { reason: StopReason::Recycle(excess), .. }) => Some(*excess),
            _ => None,
        };
        self.state = State::Vacant;
        Some(Death { node: self.node, cause, ending, up_for: up.map(|since| now.saturating_sub(since)), excess })
    }

    /// Moves all clocks, when the supervisor itself did not run.
    pub(crate) fn shift(&mut self, by: Duration) {
        self.history.shift(by);
        if let Some((at, _)) = &mut self.trouble {
            *at += by;
        }
        match &mut self.state {
            State::Waiting { until: at }
            | State::Starting { since: at }
            | State::Up { since: at }
            | State::Joined { since: at } => *at += by,
            State::Stopping(stopping) => {
                stopping.up = stopping.up.map(|since| since + by);
                stopping.since += by;
                stopping.abort_at += by;
                stopping.kill_at += by;
            }
            State::Forking | State::GivenUp | State::Vacant => {}
        }
    }
}
