//! What follows a job: the plan of `flow::decide`, carried out on the partition.

use std::time::Duration;

use super::super::flow::{Next, backoff};
use super::super::job::{Consumed, Done, Failure, Hook, Letter, Report};
use super::{Effect, Partition, State};
use crate::consumer::{PauseWish, ProduceError, SeekTo};
use crate::failpoint::{self, Bug};
use crate::message::{ErrorKind, Record};
use crate::telemetry::{Event, Place, emit};
use crate::topology::{Backoff, DeadLetterTarget, Offsets};

/// Between two attempts to write a dead letter: a missing topic is looked for again at this pace.
const DISPATCH_BACKOFF: Backoff =
    Backoff { timeout: Duration::from_millis(500), max_timeout: Duration::from_secs(10), exponential: true };

/// Records that wait at least this long are copied out of the fetch responses that they pin.
const LONG_WAIT: Duration = Duration::from_secs(1);

impl Partition {
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

    fn consumed(&mut self, consumed: Consumed, now: Duration, jitter: f64) -> Option<Effect> {
        let Consumed { plan, pause, seek, failure, left, begun, .. } = consumed;
        if self.is_retired() || plan.next == Next::Abandon {
            return None;
        }
        match (plan.next, failure) {
            (Next::Abandon, _) => None,
            (Next::Continue | Next::Narrow, _)
            | (Next::Retry | Next::Confirm | Next::Systemic | Next::Dispatch | Next::Skip, None) => {
                self.pending.give_back(left, begun);
                self.wish(pause, None, now)
            }
            (Next::Pause | Next::Seek, _) => {
                self.pending.give_back(left, begun);
                self.wish(pause, seek, now)
            }
            (next @ (Next::Retry | Next::Confirm | Next::Systemic), Some(failure)) => {
                let (at, attempt) = (self.place(failure.offset), failure.attempts);
                let (wait, error) = (self.retry_wait(next, &failure, jitter), &failure.text);
                emit(match next {
                    Next::Systemic => Event::Systemic { at, wait, trace: &failure.trace, error },
                    _ => Event::Retrying { at, attempt, wait, trace: &failure.trace, error },
                });
                let left = if failpoint::is_planted(Bug::NoRepositionAfterFailure) { Vec::new() } else { left };
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
                emit(Event::Skipped { at, attempts, trace: &failure.trace, error: &failure.text });
                self.drop_first(left, begun, failure.offset);
                Some(Effect::CommitSoon)
            }
        }
    }

    /// The first of `left` failed for good: it becomes a letter, the rest waits behind it.
    pub(super) fn give_up(&mut self, mut left: Vec<Record>, begun: usize, failure: Failure, now: Duration) {
        let (at, attempts) = (self.place(failure.offset), failure.attempts);
        emit(Event::GivenUp { at, attempts, target: self.target(), trace: &failure.trace, error: &failure.text });
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
                self.acquit(letter.failure.offset);
                self.put_away(letter.failure.offset);
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
    pub(super) fn drop_first(&mut self, mut left: Vec<Record>, begun: usize, offset: i64) {
        self.put_away(offset);
        drop(left.remove(0));
        self.pending.give_back(left, begun.saturating_sub(1));
    }

    /// The record at `offset` is in the dead letter queue, or skipped. What its narrowing held back may be marked now.
    fn put_away(&mut self, offset: i64) {
        self.mark_given_up(offset);
        let Some(tenant) = &mut self.tenant else { return };
        tenant.attempts.given_up(offset);
        tenant.systemic = 0;
        let owed = tenant.narrowed.as_mut().and_then(|narrowed| narrowed.put_away(offset));
        if let Some(owed) = owed {
            self.seat.epoch.mark_maybe_with(owed.next, owed.metadata);
        }
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
        if let Some(tenant) = &mut self.tenant {
            tenant.narrowed = None;
        }
        self.state = State::Seeking;
        Some(Effect::Reposition(to))
    }

    /// What no retry can mend waits as long as the policy allows; a confirming attempt is the first of its kind.
    fn retry_wait(&self, next: Next, failure: &Failure, jitter: f64) -> Duration {
        let failures = match (next, failure.kind) {
            (Next::Confirm, _) => 1,
            (_, ErrorKind::Permanent) => u32::MAX,
            (_, ErrorKind::Failed | ErrorKind::Unavailable) => failure.attempts,
        };
        backoff(self.route.policies.backoff, failures, jitter)
    }

    pub(super) fn place(&self, offset: i64) -> Place {
        Place { topic: self.seat.origin.topic, partition: self.seat.origin.partition, offset }
    }

    fn target(&self) -> &'static str {
        match self.route.dead_letter_target() {
            Some(DeadLetterTarget::Topic(name) | DeadLetterTarget::External(name)) => name,
            Some(DeadLetterTarget::Skip) | None => "none",
        }
    }
}
