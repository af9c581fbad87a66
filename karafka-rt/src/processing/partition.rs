//! One assigned partition: what it does next. Pure but for the events that it emits; time is an argument.
//!
//! At most one job of a partition exists. While it runs, the records of the next ones gather in `pending`, bounded by
//! number and bytes. What a job left comes back to the front.

use std::sync::Arc;
use std::time::Duration;

use super::flow::{Next, backoff};
use super::job::{Consumed, Done, Failure, Hook, Job, Letter, Report, Route, Tenant, Work};
use super::pending::Pending;
use super::tick::TickClock;
use crate::consumer::{EpochPhase, PauseWish, ProduceError, Seat, SeekTo};
use crate::message::{ErrorKind, Record};
use crate::telemetry::{Event, Place, emit};
use crate::topology::{Backoff, DeadLetterTarget, Offsets};

/// Between two attempts to write a dead letter: a missing topic is looked for again at this pace.
const DISPATCH_BACKOFF: Backoff =
    Backoff { timeout: Duration::from_millis(500), max_timeout: Duration::from_secs(10), exponential: true };

/// Records that wait at least this long are copied out of the fetch responses that they pin.
const LONG_WAIT: Duration = Duration::from_secs(1);

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
        self.job(Work::Consume { records, first })
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

    /// Takes a finished job back. `jitter` is drawn from 0.9 to 1.1.
    pub(crate) fn absorb(&mut self, done: Done, now: Duration, jitter: f64) -> Option<Effect> {
        self.tenant = Some(done.tenant);
        match done.report {
            Report::Consumed(consumed) => self.consumed(consumed, now, jitter),
            Report::Dispatched(letter, result) => self.dispatched(letter, result, now, jitter),
            Report::Hook { hook, started, error, pause, seek } => {
                if let (Hook::Tick, Some(tick)) = (hook, &mut self.tick) {
                    tick.started(started);
                }
                if let Some(error) = error {
                    let (topic, partition) = (self.seat.origin.topic, self.seat.origin.partition);
                    emit(Event::HookFailed { hook: hook.name(), topic, partition, error: &error });
                }
                self.wish(pause, seek, now)
            }
        }
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

    fn consumed(&mut self, consumed: Consumed, now: Duration, jitter: f64) -> Option<Effect> {
        let Consumed { plan, pause, seek, failure, left, begun, .. } = consumed;
        if self.is_retired() || plan.next == Next::Abandon {
            return None;
        }
        match (plan.next, failure) {
            (Next::Abandon, _) => None,
            (Next::Continue, _) | (Next::Retry | Next::Dispatch | Next::Skip, None) => {
                self.pending.give_back(left, begun);
                self.wish(pause, None, now)
            }
            (Next::Pause | Next::Seek, _) => {
                self.pending.give_back(left, begun);
                self.wish(pause, seek, now)
            }
            (Next::Retry, Some(failure)) => {
                let wait = self.retry_wait(&failure, jitter);
                let (at, attempt) = (self.place(failure.offset), failure.attempts);
                emit(Event::Retrying { at, attempt, wait, error: &failure.text });
                self.pending.give_back(left, begun);
                if wait >= LONG_WAIT {
                    self.pending.detach();
                }
                self.state = State::Retry { at: now + wait };
                None
            }
            (Next::Dispatch, Some(failure)) => {
                self.give_up(left, begun, failure, now);
                None
            }
            (Next::Skip, Some(failure)) => {
                let (at, attempts) = (self.place(failure.offset), failure.attempts);
                emit(Event::Skipped { at, attempts, error: &failure.text });
                self.drop_first(left, begun, failure.offset);
                Some(Effect::CommitSoon)
            }
        }
    }

    /// The first of `left` failed for good: it becomes a letter, the rest waits behind it.
    fn give_up(&mut self, mut left: Vec<Record>, begun: usize, failure: Failure, now: Duration) {
        let (at, attempts) = (self.place(failure.offset), failure.attempts);
        emit(Event::GivenUp { at, attempts, target: self.target(), error: &failure.text });
        let rest = left.split_off(1);
        let record = left.remove(0).into_owned();
        self.pending.give_back(rest, begun.saturating_sub(1));
        self.state = State::Dispatch { letter: Box::new(Letter { record, failure, refused: 0 }), at: now };
    }

    fn dispatched(
        &mut self,
        mut letter: Box<Letter>,
        result: Result<(), ProduceError>,
        now: Duration,
        jitter: f64,
    ) -> Option<Effect> {
        let at = self.place(letter.failure.offset);
        match result {
            Ok(()) => {
                emit(Event::DeadLettered { at, target: self.target() });
                self.mark_given_up(letter.failure.offset);
                Some(Effect::CommitSoon)
            }
            Err(_) if self.is_retired() => None,
            Err(error) => {
                letter.refused = letter.refused.saturating_add(1);
                let wait = backoff(DISPATCH_BACKOFF, letter.refused, jitter);
                emit(Event::DispatchFailed { at, target: self.target(), wait, error: &error.to_string() });
                self.state = State::Dispatch { letter, at: now + wait };
                None
            }
        }
    }

    /// A skipped record is done like a handled one.
    fn drop_first(&mut self, mut left: Vec<Record>, begun: usize, offset: i64) {
        self.mark_given_up(offset);
        if let Some(tenant) = &mut self.tenant {
            tenant.attempts.given_up(offset);
        }
        drop(left.remove(0));
        self.pending.give_back(left, begun.saturating_sub(1));
    }

    /// With manual offsets only this record is marked: progress moves only where nothing unmarked is before it.
    fn mark_given_up(&self, offset: i64) {
        let done = self.seat.epoch.marked().or(self.start);
        if self.route.policies.offsets == Offsets::Automatic || done == Some(offset) {
            self.seat.epoch.mark(offset + 1);
        }
    }

    fn wish(&mut self, pause: Option<PauseWish>, seek: Option<SeekTo>, now: Duration) -> Option<Effect> {
        let mut to = seek;
        match pause {
            Some(PauseWish::Pause { from, duration }) => {
                self.paused_until = Some(now.saturating_add(duration));
                if seek.is_none() && self.pending.first_offset() != Some(from) {
                    to = Some(SeekTo::Offset(from));
                }
            }
            Some(PauseWish::Resume) => self.paused_until = None,
            None => {}
        }
        let to = to?;
        if self.is_retired() {
            return None;
        }
        self.pending.clear();
        self.state = State::Seeking;
        Some(Effect::Reposition(to))
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

    /// What no retry can mend waits as long as the policy allows.
    fn retry_wait(&self, failure: &Failure, jitter: f64) -> Duration {
        let failures = if failure.kind == ErrorKind::Permanent { u32::MAX } else { failure.attempts };
        backoff(self.route.policies.backoff, failures, jitter)
    }

    fn job(&mut self, work: Work) -> Option<Job> {
        self.turn = if matches!(work, Work::Hook(Hook::Tick)) { Turn::Records } else { Turn::Tick };
        let tenant = self.tenant.take()?;
        Some(Job { seat: Arc::clone(&self.seat), route: Arc::clone(&self.route), tenant, work })
    }

    fn place(&self, offset: i64) -> Place {
        Place { topic: self.seat.origin.topic, partition: self.seat.origin.partition, offset }
    }

    fn target(&self) -> &'static str {
        match self.route.dead_letter_target() {
            Some(DeadLetterTarget::Topic(name) | DeadLetterTarget::External(name)) => name,
            Some(DeadLetterTarget::Skip) | None => "none",
        }
    }
}
