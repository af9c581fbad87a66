//! Narrows a failing batch down to its bad records: `flow::Narrowing`, carried out on a job's records.
//!
//! It goes on from job to job, because a confirming attempt waits for a back-off and every dead letter is a job of its own.
//! The batch's records are the first ones of each job meanwhile.

use std::any::type_name;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::calling::{Caller, Problem};
use super::executor::{TURN, described, lease, may_begin, wish};
use super::flow::{Facts, Narrowing, Next, Outcome, Plan, Range, Step, Went, Wish, decide, first_undone, keep_from};
use super::job::{Consumed, Failure, Tenant};
use crate::consumer::{Call, PauseWish};
use crate::message::{CodecError, Record};
use crate::topology::Offsets;

/// A batch that is being narrowed down.
pub(crate) struct Narrowed {
    machine: Narrowing,
    /// The offset of its last record: a batch that was cut meanwhile is a different one.
    last: i64,
    /// Why records that wait to be given up are, by offset.
    failures: BTreeMap<i64, Failure>,
    /// The last failure that is not known to be that of a record.
    latest: Failure,
    owed: Option<Owed>,
}

/// Progress of a record behind others that wait to be given up.
pub(crate) struct Owed {
    pub(crate) next: i64,
    pub(crate) metadata: Option<Arc<str>>,
}

impl Narrowed {
    /// The first record, the one at `offset`, is in the dead letter queue, or skipped. Gives back what may be marked then.
    pub(crate) fn put_away(&mut self, offset: i64) -> Option<Owed> {
        self.failures.remove(&offset);
        if self.machine.put_away() { self.owed.take() } else { None }
    }
}

/// Whether these are the records of a batch that is being narrowed down; one that was cut is forgotten, and begins anew when
/// it fails.
pub(super) fn goes_on(tenant: &mut Tenant, records: &[Record]) -> bool {
    let Some(narrowed) = &tenant.narrowed else { return false };
    let last = narrowed.machine.len().checked_sub(1).and_then(|at| records.get(at));
    let fits = last.is_some_and(|record| record.offset() == narrowed.last);
    if !fits {
        if narrowed.machine.next() == Step::Over {
            tenant.attempts.batch_succeeded();
        }
        tenant.narrowed = None;
    }
    fits
}

/// `batch` failed as a whole for the last time.
pub(super) fn begin(caller: &Caller<'_>, tenant: &mut Tenant, batch: &[Record], failure: Failure) {
    let (first, last) = (failure.offset, batch[batch.len() - 1].offset());
    let mut failures = BTreeMap::new();
    for record in batch {
        tenant.attempts.share(first, record.offset());
        // A handler may cope with what does not decode: only its own word says that it does not.
        if failure.type_name == type_name::<CodecError>()
            && let Some(problem) = caller.undecodable(record)
        {
            failures.insert(record.offset(), described(caller.route, tenant, record.offset(), &problem));
        }
    }
    let machine = Narrowing::new(batch.iter().map(|record| !failures.contains_key(&record.offset())), tenant.systemic);
    if batch.len() == 1 {
        failures.entry(first).or_insert_with(|| failure.clone());
    }
    tenant.narrowed = Some(Box::new(Narrowed { machine, last, failures, latest: failure, owed: None }));
}

/// Goes on until something else has to happen: a wait, a dead letter, another's turn.
pub(super) fn run(caller: &Caller<'_>, tenant: &mut Tenant, mut records: Vec<Record>) -> Consumed {
    let since = caller.watch.now();
    let mut narrowed = tenant.narrowed.take().expect("`goes_on` and `begin` leave one");
    let mut calls = 0;
    loop {
        let step = narrowed.machine.next();
        let is_over_time = calls > 0 && caller.watch.now().saturating_sub(since) >= TURN;
        let range = match step {
            // A job that begins with a confirming attempt has waited for it.
            Step::Try(range) | Step::Confirm(range) if may_begin(caller.seat) && !is_over_time => range,
            Step::Try(_) | Step::Confirm(_) => return leave(tenant, narrowed, Plan::GO_ON, &Call::default(), records),
            Step::GiveUp | Step::Systemic | Step::Unavailable | Step::Over => {
                let plan = plan(caller, step, Wish::None, None);
                return leave(tenant, narrowed, plan, &Call::default(), records);
            }
        };
        calls += 1;
        let (step, wish, done, call) = hand_over(caller, tenant, &mut narrowed, &mut records, range);
        let plan = plan(caller, step, wish, done);
        if plan.next != Next::Continue || step == Step::Over {
            return leave(tenant, narrowed, plan, &call, records);
        }
    }
}

/// Calls the handler with the range, and tells the machine how that went. What is done leaves `records`.
fn hand_over(
    caller: &Caller<'_>,
    tenant: &mut Tenant,
    narrowed: &mut Narrowed,
    records: &mut Vec<Record>,
    range: Range,
) -> (Step, Wish, Option<i64>, Call) {
    let batch = &records[range.from..range.from + range.len];
    if range.from > 0 {
        let ran = caller.batch_ahead(tenant, batch);
        let Some(problem) = &ran.problem else {
            // A pause or seek cannot go past records that wait: the record comes again behind them, with its wish.
            if wish(&ran.call) != Wish::None || !Narrowing::is_done_behind(range.from) {
                return (narrowed.machine.went(range, Went::WellForNow), Wish::None, None, Call::default());
            }
            narrowed.owed = owed(caller.route.policies.offsets, batch[0].offset() + 1, ran.call);
            records.remove(range.from);
            return (narrowed.machine.went(range, Went::Well), Wish::None, None, Call::default());
        };
        narrowed.failed(caller, tenant, batch, problem);
        let went = Went::Badly { kind: problem.kind, marked: 0 };
        return (narrowed.machine.went(range, went), Wish::None, None, Call::default());
    }
    let ran = caller.batch(tenant, batch);
    let (undone, went) = match &ran.problem {
        None => (range.len, Went::Well),
        Some(problem) => {
            let offsets = batch.iter().map(Record::offset);
            let marked = first_undone(caller.route.consumer.handler, 0, ran.call.marked, offsets);
            if marked < range.len {
                narrowed.failed(caller, tenant, &batch[marked..], problem);
                (marked, Went::Badly { kind: problem.kind, marked })
            } else {
                (range.len, Went::Well)
            }
        }
    };
    let below = (undone > 0).then(|| batch[undone - 1].offset() + 1);
    if let Some(next) = below {
        tenant.attempts.done_below(next);
    }
    records.drain(..undone);
    // What a failing call marked is marked.
    let done = below.filter(|_| ran.problem.is_none());
    (narrowed.machine.went(range, went), wish(&ran.call), done, ran.call)
}

impl Narrowed {
    /// The handler failed with these records; with one alone it is that one's failure.
    fn failed(&mut self, caller: &Caller<'_>, tenant: &mut Tenant, records: &[Record], problem: &Problem) {
        for record in records {
            tenant.attempts.took_part(record.offset());
        }
        let offset = records[0].offset();
        self.latest = described(caller.route, tenant, offset, problem);
        if records.len() == 1 {
            self.failures.insert(offset, self.latest.clone());
        }
    }
}

/// What a record that is well may mark once nothing waits before it any more.
fn owed(offsets: Offsets, next: i64, call: Call) -> Option<Owed> {
    match (offsets, call.held_mark) {
        (_, Some(held)) => Some(Owed { next: held.min(next), metadata: call.held_metadata }),
        (Offsets::Automatic, None) => Some(Owed { next, metadata: None }),
        (Offsets::Manual, None) => None,
    }
}

fn plan(caller: &Caller<'_>, step: Step, wish: Wish, done: Option<i64>) -> Plan {
    let facts = Facts { lease: lease(caller.seat), outcome: Outcome::Narrowed(step), wish, done };
    let plan = decide(caller.route.rules(), &facts);
    if let Some(next) = plan.mark {
        caller.seat.epoch.mark(next);
    }
    plan
}

fn leave(tenant: &mut Tenant, narrowed: Box<Narrowed>, plan: Plan, call: &Call, mut records: Vec<Record>) -> Consumed {
    let resume_from = match call.pause {
        Some(PauseWish::Pause { from, .. }) => Some(from),
        Some(PauseWish::Resume) | None => None,
    };
    let keep = keep_from(plan.next, 0, resume_from, records.iter().map(Record::offset));
    let first = records.first().map(Record::offset);
    let failure = match plan.next {
        Next::Dispatch | Next::Skip => first.and_then(|first| narrowed.failures.get(&first).cloned()),
        Next::Retry | Next::Confirm | Next::Systemic => Some(narrowed.latest.clone()),
        Next::Abandon | Next::Pause | Next::Seek | Next::Narrow | Next::Continue => None,
    };
    let begun = narrowed.machine.len();
    match plan.next {
        Next::Continue if begun == 0 => {
            tenant.attempts.batch_succeeded();
            tenant.systemic = 0;
        }
        Next::Systemic => tenant.systemic = tenant.systemic.saturating_add(1),
        Next::Continue | Next::Confirm | Next::Dispatch | Next::Skip => tenant.narrowed = Some(narrowed),
        Next::Retry | Next::Abandon | Next::Pause | Next::Seek | Next::Narrow => {}
    }
    let left = records.split_off(keep.min(records.len()));
    Consumed { plan, pause: call.pause, seek: call.seek, failure, begun: begun.min(left.len()), left }
}

#[cfg(test)]
#[path = "narrowed_tests.rs"]
mod tests;
