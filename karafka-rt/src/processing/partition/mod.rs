//! One assigned partition: what it does next. Pure but for the events that it emits; time is an argument.
//!
//! At most one job of a partition exists. While it runs, the records of the next ones gather in `pending`, bounded by
//! number and bytes. What a job left comes back to the front. What follows a job stands in `absorb`.

mod absorb;
mod suspects;

use std::sync::Arc;
use std::time::Duration;

use super::job::{Hook, Job, Letter, Route, Tenant, Work};
use super::pending::Pending;
use super::tick::TickClock;
use super::trace::Trace;
use crate::consumer::{EpochPhase, Seat, SeekTo};
use crate::message::Record;

pub(crate) struct Partition {
    seat: Arc<Seat>,
    route: Arc<Route>,
    /// `None` while a job has it.
    tenant: Option<Tenant>,
    state: State,
    pending: Pending,
    /// Until when the user's pause holds.
    paused_until: Option<Duration>,
    tick: Option<TickClock>,
    /// Whose turn it is when both a tick and records are there.
    turn: Turn,
    /// Where this assignment began; what is below was done before.
    start: Option<i64>,
}

/// A tick that takes longer than its interval must not starve the records, nor records the ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Tick,
    Records,
}

/// What the next hand-over waits for.
enum State {
    /// For records.
    Ready,
    /// For the end of a back-off.
    Retry { at: Duration },
    /// For the dead letter to be written, from `at` on.
    Dispatch { letter: Box<Letter>, at: Duration },
    /// For the listener to go to another offset.
    Seeking,
    /// For nothing: no new work.
    Retiring,
    /// For nothing: its last hook has had its turn.
    Over,
}

/// What the listener has to do after a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Commit now instead of at the next interval.
    CommitSoon,
    /// Go on from another place; call `repositioned` when that is done.
    Reposition(SeekTo),
}

impl Partition {
    pub(crate) fn new(seat: Arc<Seat>, route: Arc<Route>, now: Duration) -> Self {
        let tick = route.policies.periodic.filter(|_| route.consumer.tick).map(|policy| TickClock::new(policy, now));
        let pending = Pending::new(route.batch(), route.policies.batching.max_wait_time);
        let (tenant, state) = (Some(Tenant::default()), State::Ready);
        Self { seat, route, tenant, state, pending, paused_until: None, tick, turn: Turn::Tick, start: None }
    }

    pub(crate) fn seat(&self) -> &Arc<Seat> {
        &self.seat
    }

    pub(crate) fn route(&self) -> &Arc<Route> {
        &self.route
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.tenant.is_none()
    }

    /// How many records it takes now. None while a wait lasts: those that are there are enough.
    pub(crate) fn room(&self, now: Duration) -> usize {
        match self.state {
            State::Ready if !self.is_paused(now) => self.pending.room(),
            _ => 0,
        }
    }

    /// Changes how many bytes of records may wait.
    pub(crate) fn limit(&mut self, share: usize) {
        self.pending.limit(share);
    }

    /// Bytes of a record that waits, on average.
    pub(crate) fn average(&self) -> Option<usize> {
        self.pending.average()
    }

    pub(crate) fn accept(&mut self, records: impl Iterator<Item = Record>, now: Duration) {
        self.pending.extend(records, now);
    }

    /// Copies what waits out of the fetch responses that it pins.
    pub(crate) fn detach(&mut self) {
        self.pending.detach();
    }

    /// The next job, if there is one now. A tick that is due goes before records, but not twice in a row; records wait for
    /// nobody longer than `max_wait_time`.
    pub(crate) fn next(&mut self, now: Duration) -> Option<Job> {
        if self.is_busy() || self.seat.epoch.phase() != EpochPhase::Live {
            return None;
        }
        let ticks = self.tick_is_allowed(now) && self.tick.as_ref().is_some_and(|tick| tick.is_due(now));
        if ticks && self.turn == Turn::Tick {
            return self.job(Work::Hook(Hook::Tick));
        }
        let job = self.next_of_records(now);
        if job.is_none() && ticks { self.job(Work::Hook(Hook::Tick)) } else { job }
    }

    fn next_of_records(&mut self, now: Duration) -> Option<Job> {
        if self.is_paused(now) {
            return None;
        }
        let due = |at: Duration| at <= now;
        match &self.state {
            State::Retry { at } if due(*at) => self.state = State::Ready,
            State::Dispatch { at, .. } if due(*at) => {
                let State::Dispatch { letter, .. } = std::mem::replace(&mut self.state, State::Ready) else {
                    return None;
                };
                return self.job(Work::Dispatch(letter));
            }
            State::Ready => {}
            State::Retry { .. } | State::Dispatch { .. } | State::Seeking | State::Retiring | State::Over => {
                return None;
            }
        }
        let (records, first) = self.pending.take(now)?;
        self.hand_over(records, first, now)
    }

    /// When `next` should be asked again, even if nothing arrives.
    pub(crate) fn wakes_at(&self, now: Duration) -> Option<Duration> {
        if self.is_busy() {
            return None;
        }
        let state = match &self.state {
            State::Retry { at } | State::Dispatch { at, .. } => Some(*at),
            State::Ready => self.pending.due(),
            State::Seeking | State::Retiring | State::Over => None,
        };
        let held = if self.is_paused(now) { self.paused_until } else { state };
        let tick = self.tick.as_ref().filter(|_| self.tick_is_allowed(now)).map(TickClock::due);
        [held, tick].into_iter().flatten().min()
    }

    /// The listener began, or went on, at this offset.
    pub(crate) fn repositioned(&mut self, offset: i64) {
        self.start.get_or_insert(offset);
        if matches!(self.state, State::Seeking) {
            self.state = State::Ready;
        }
    }

    /// No new work from now on; what waits is dropped and stays uncommitted.
    pub(crate) fn retire(&mut self) {
        if !matches!(self.state, State::Over) {
            self.state = State::Retiring;
        }
        self.pending.clear();
        self.tick = None;
    }

    /// The last job of a retired partition, if an instance lives: its hook, once, and its drop on a worker.
    pub(crate) fn last_hook(&mut self, hook: Hook) -> Option<Job> {
        if self.is_busy() || self.is_over() {
            return None;
        }
        self.state = State::Over;
        let lives = self.tenant.as_ref().is_some_and(|tenant| tenant.instance.is_some());
        if lives { self.job(Work::Last(hook)) } else { None }
    }

    fn tick_is_allowed(&self, now: Duration) -> bool {
        let Some(policy) = self.route.policies.periodic else { return false };
        match self.state {
            State::Retiring | State::Over => false,
            State::Retry { .. } | State::Dispatch { .. } => policy.during_retry,
            State::Ready | State::Seeking => policy.during_pause || !self.is_paused(now),
        }
    }

    /// Whether the last job was handed out, or there was none to hand out.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    fn is_retired(&self) -> bool {
        matches!(self.state, State::Retiring | State::Over)
    }

    fn is_paused(&self, now: Duration) -> bool {
        self.paused_until.is_some_and(|until| now < until)
    }

    fn job(&mut self, work: Work) -> Option<Job> {
        self.turn = if matches!(work, Work::Hook(Hook::Tick)) { Turn::Records } else { Turn::Tick };
        let mut tenant = self.tenant.take()?;
        if matches!(work, Work::Consume { .. }) {
            tenant.trace = Trace::next();
        }
        Some(Job { seat: Arc::clone(&self.seat), route: Arc::clone(&self.route), tenant, work, alone: false })
    }
}
