//! Runs one job: user code batch by batch, acknowledgements, `flow::decide`. The same for workers and for tests.
//!
//! It waits for nothing but acknowledgements, and that wait is not the handler's time. How user code is called, and what a
//! panic means, stands in `calling`.

use std::sync::Arc;
use std::time::Duration;

use super::calling::{Caller, Problem, Ran, Share};
use super::flow::{Facts, Lease, Next, Outcome, Plan, Wish, decide, first_undone, keep_from};
use super::job::{Consumed, Done, Failure, Hook, Job, Report, Route, Tenant, Work};
use super::{dispatch, narrowed};
use crate::consumer::{Call, EpochPhase, PauseWish, Pulse, Seat, SeekTo};
use crate::failpoint::{self, Bug, Point};
use crate::message::Record;
use crate::topology::Counting;

/// What a handler is called with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handed {
    /// The first record that it has now, and the last one: a handler of single records has one at a time.
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) attempt: u32,
    /// Whether nothing else runs in this process.
    pub(crate) alone: bool,
}

/// What a job tells while it runs. Implemented over tick cells, and by tests.
pub(crate) trait Watch {
    fn now(&self) -> Duration;
    /// The handler is called.
    fn handler(&self, route: &Route, seat: &Seat, handed: Handed);
    fn hook(&self, route: &Route, seat: &Seat, hook: Hook);
    /// The framework waits for Kafka on behalf of the job.
    fn wait_begin(&self);
    fn wait_end(&self);
    /// Hears what happens inside of a call.
    fn pulse(&self) -> Option<Arc<dyn Pulse>>;
}

/// How long a job may go on with further batches before it lets others have the worker. Below the time after which a worker
/// counts as blocked.
pub(super) const TURN: Duration = Duration::from_millis(20);

pub(crate) fn execute(job: Job, watch: &dyn Watch) -> Done {
    let Job { seat, route, mut tenant, work, alone } = job;
    let caller = Caller { seat: &seat, route: &route, watch, alone };
    let report = match work {
        Work::Consume { records, first } => Report::Consumed(consume(&caller, &mut tenant, records, first)),
        Work::Hook(Hook::Tick) if !may_begin(&seat) => Report::nothing(Hook::Tick),
        Work::Hook(hook) => caller.hook(&mut tenant, hook),
        Work::Last(hook) => {
            let report = caller.hook(&mut tenant, hook);
            caller.end(&mut tenant);
            report
        }
        Work::Dispatch(letter) => {
            watch.wait_begin();
            failpoint::at(Point::BeforeDeadLetter);
            let result = dispatch::send(&letter, &route, &seat);
            failpoint::at(Point::AfterDeadLetter);
            watch.wait_end();
            Report::Dispatched(letter, result)
        }
    };
    Done { origin: seat.origin, tenant, report }
}

/// A job may have waited for its worker: nothing begins for a partition that is gone meanwhile, or in a process that stops.
pub(super) fn may_begin(seat: &Seat) -> bool {
    seat.epoch.phase() == EpochPhase::Live && !seat.stopping.load(std::sync::atomic::Ordering::Relaxed)
}

fn consume(caller: &Caller<'_>, tenant: &mut Tenant, mut records: Vec<Record>, first: usize) -> Consumed {
    let Caller { seat, route, watch, .. } = caller;
    if narrowed::goes_on(tenant, &records) {
        return narrowed::run(caller, tenant, records);
    }
    let since = watch.now();
    let (mut start, mut end) = (0, first.min(records.len()));
    if failpoint::is_planted(Bug::CommitBeforeProcessing) {
        seat.epoch.mark(records[records.len() - 1].offset() + 1);
    }
    loop {
        let ran = if may_begin(seat) { caller.batch(tenant, &records[start..end]) } else { Ran::nothing() };
        let done = start + ran.finished;
        let done_below = (ran.finished > 0).then(|| records[done - 1].offset() + 1);
        if let Some(next) = done_below {
            tenant.attempts.done_below(next);
        }
        if ran.whole {
            tenant.attempts.batch_succeeded();
            tenant.systemic = 0;
        }
        let (undone, failure) = failure(route, tenant, &records[..end], done, &ran);
        let facts = Facts {
            lease: lease(seat),
            outcome: match &failure {
                Some(failure) => Outcome::Failed { kind: failure.kind, failures: failure.counted },
                None if ran.whole => Outcome::Finished,
                None => Outcome::Interrupted,
            },
            wish: wish(&ran.call),
            done: done_below,
        };
        let plan = decide(route.rules(), &facts);
        if let Some(next) = plan.mark {
            seat.epoch.mark(next);
        }
        if plan.next == Next::Narrow
            && let Some(failure) = failure
        {
            let left = records.split_off(undone);
            narrowed::begin(caller, tenant, &left[..end - undone], failure);
            return narrowed::run(caller, tenant, left);
        }
        let goes_on = plan.next == Next::Continue && ran.whole && end < records.len();
        if goes_on && watch.now().saturating_sub(since) < TURN {
            (start, end) = (end, (end + route.batch()).min(records.len()));
            continue;
        }
        if ran.problem.is_some_and(|problem| problem.share == Share::Shared) {
            end = undone + 1;
        }
        return leave(plan, ran.call, failure, &mut records, undone, end);
    }
}

/// The index of the first record that is not done, and its failure if there was one. A batch that failed although each of its
/// records was marked has nothing left to fail.
fn failure(route: &Route, tenant: &mut Tenant, records: &[Record], done: usize, ran: &Ran) -> (usize, Option<Failure>) {
    let Some(problem) = &ran.problem else { return (done, None) };
    let offsets = records.iter().map(Record::offset);
    let undone = first_undone(route.consumer.handler, done, ran.call.marked, offsets);
    let Some(offset) = records.get(undone).map(Record::offset) else { return (undone, None) };
    tenant.attempts.done_below(offset);
    tenant.attempts.failed(offset, problem.kind);
    let failure = described(route, tenant, offset, problem);
    (undone, Some(failure))
}

/// The failure of the record at `offset`.
pub(super) fn described(route: &Route, tenant: &Tenant, offset: i64, problem: &Problem) -> Failure {
    let counting = route.policies.dead_letter.map_or(Counting::Independent, |policy| policy.counting);
    Failure {
        offset,
        attempts: tenant.attempts.of(offset),
        counted: tenant.attempts.counted(counting, offset),
        kind: problem.kind,
        trace: tenant.trace,
        type_name: problem.type_name,
        text: problem.text.clone(),
    }
}

/// What stays of the job's records; the others are dropped here, on the worker, many at once.
fn leave(
    plan: Plan,
    call: Call,
    failure: Option<Failure>,
    records: &mut Vec<Record>,
    undone: usize,
    end: usize,
) -> Consumed {
    let resume_from = match call.pause {
        Some(PauseWish::Pause { from, .. }) => Some(from),
        Some(PauseWish::Resume) | None => None,
    };
    let keep = keep_from(plan.next, undone, resume_from, records.iter().map(Record::offset));
    let begun = end.saturating_sub(keep);
    Consumed { plan, pause: call.pause, seek: call.seek, failure, left: records.split_off(keep), begun }
}

pub(super) fn lease(seat: &Seat) -> Lease {
    match seat.epoch.phase() {
        EpochPhase::Live => Lease::Live,
        EpochPhase::Revoking => Lease::Revoking,
        EpochPhase::Dead | EpochPhase::Lost => Lease::Lost,
    }
}

/// A seek wins over a pause: the pause then holds at the new place.
pub(super) fn wish(call: &Call) -> Wish {
    match (call.seek, call.pause) {
        (Some(SeekTo::Offset(to)), _) => Wish::Seek { to },
        // Where a time leads is not known before the broker has answered: nothing is marked for it, as for the start.
        (Some(SeekTo::Earliest | SeekTo::Time(_)), _) => Wish::SeekEarliest,
        (Some(SeekTo::Latest), _) => Wish::SeekLatest,
        (Some(SeekTo::Committed), _) => Wish::SeekCommitted,
        (None, Some(PauseWish::Pause { from, .. })) => Wish::Pause { from },
        (None, Some(PauseWish::Resume) | None) => Wish::None,
    }
}

#[cfg(test)]
#[path = "executor_tests.rs"]
mod tests;
