//! Runs one job: user code, acknowledgements, `flow::decide`. The same for workers and for tests.
//!
//! A panic is an error of the attempt; the instance is dropped and rebuilt. Nothing here waits but for acknowledgements,
//! and that wait is not the handler's time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::dispatch;
use super::flow::{Facts, Lease, Next, Outcome, Plan, Wish, decide};
use super::job::{Consumed, Done, Failure, Hook, Job, Report, Route, Tenant, Work};
use crate::consumer::{Call, Context, Ending, EpochPhase, Instance, PauseWish, Seat, SeekTo};
use crate::message::{HandlerError, Record};

/// What a job tells while it runs. Implemented over tick cells, and by tests.
pub(crate) trait Watch {
    fn now(&self) -> Duration;
    /// The handler is called for the batch that begins at `offset`.
    fn handler(&self, route: &Route, seat: &Seat, offset: i64, attempt: u32);
    fn hook(&self, route: &Route, seat: &Seat, hook: Hook);
    /// The framework waits for Kafka on behalf of the job.
    fn wait_begin(&self);
    fn wait_end(&self);
    /// Hears single records.
    fn pulse(&self) -> Option<Arc<dyn crate::consumer::Pulse>>;
}

/// How long a job may go on with further batches before it lets others have the worker.
const TURN: Duration = Duration::from_millis(50);

pub(crate) fn execute(job: Job, watch: &dyn Watch) -> Done {
    let Job { seat, route, mut tenant, work } = job;
    let run = Run { seat: &seat, route: &route, watch };
    let report = match work {
        Work::Consume { records, first } => Report::Consumed(run.consume(&mut tenant, records, first)),
        Work::Hook(hook) => run.hook(&mut tenant, hook),
        Work::Dispatch(letter) => {
            watch.wait_begin();
            let result = dispatch::send(&letter, &route, &seat);
            watch.wait_end();
            if result.is_ok() {
                tenant.attempts.given_up(letter.failure.offset);
            }
            Report::Dispatched(letter, result)
        }
    };
    Done { origin: seat.origin, tenant, report }
}

struct Run<'r> {
    seat: &'r Seat,
    route: &'r Route,
    watch: &'r dyn Watch,
}

/// One handler call over one batch.
struct Ran {
    /// Records finished from the start of the batch, acknowledgements included.
    finished: usize,
    error: Option<HandlerError>,
    whole: bool,
    call: Call,
}

impl Run<'_> {
    fn consume(&self, tenant: &mut Tenant, mut records: Vec<Record>, first: usize) -> Consumed {
        let since = self.watch.now();
        let batch = self.route.policies.batching.max_messages as usize;
        let (mut start, mut end) = (0, first.min(records.len()));
        loop {
            let ran = self.call(tenant, &records[start..end]);
            let done = start + ran.finished;
            let failure = ran.error.map(|error| self.count(tenant, &records, done, &error));
            if ran.whole {
                tenant.attempts.batch_succeeded();
            }
            let facts = Facts {
                lease: lease(self.seat),
                outcome: match &failure {
                    Some(failure) => Outcome::Failed { kind: failure.kind, failures: failure.counted },
                    None if ran.whole => Outcome::Finished,
                    None => Outcome::Interrupted,
                },
                wish: wish(&ran.call),
                done: (ran.finished > 0).then(|| records[done - 1].offset() + 1),
            };
            let plan = decide(self.route.rules(), &facts);
            if let Some(next) = plan.mark {
                self.seat.epoch.mark(next);
            }
            let goes_on = plan.next == Next::Continue && ran.whole && end < records.len();
            if goes_on && self.watch.now().saturating_sub(since) < TURN {
                (start, end) = (end, (end + batch).min(records.len()));
                continue;
            }
            let keep = self.first_to_keep(&records, start, done, plan, &ran.call);
            let begun = end.saturating_sub(keep);
            let left = records.split_off(keep);
            return Consumed { plan, pause: ran.call.pause, seek: ran.call.seek, failure, left, begun };
        }
    }

    /// Calls the handler once and waits until what it produced is acknowledged.
    fn call(&self, tenant: &mut Tenant, batch: &[Record]) -> Ran {
        let offset = batch[0].offset();
        let attempt = tenant.attempts.of(offset) + 1;
        let mut call = Call { attempt, pulse: self.watch.pulse(), ..Call::default() };
        self.watch.handler(self.route, self.seat, offset, attempt);
        let (ending, panicked) = self.guarded(tenant, &mut call, |instance, cx| instance.consume(batch, cx));
        let (mut error, mut whole) = match (ending, panicked) {
            (Some(Ending::Finished), _) => (None, true),
            (Some(Ending::Interrupted), _) => (None, false),
            (Some(Ending::Failed(error)), _) => (Some(error), false),
            (None, text) => (Some(HandlerError::panicked(text.unwrap_or_default())), false),
        };
        let mut finished = call.finished;
        if let Some(deliveries) = &call.deliveries {
            self.watch.wait_begin();
            let settled = deliveries.wait(self.seat.producer.acknowledgement_timeout());
            self.watch.wait_end();
            if let Err((index, failed)) = settled
                && index <= finished
            {
                (finished, error, whole) = (index.min(finished), Some(failed.into_handler_error()), false);
            }
        }
        Ran { finished, error, whole, call }
    }

    /// Counts a failure of the first record that is not done.
    fn count(&self, tenant: &mut Tenant, records: &[Record], done: usize, error: &HandlerError) -> Failure {
        let index = self.first_unmarked(records, done).min(records.len() - 1);
        let offset = records[index].offset();
        tenant.attempts.done_below(offset);
        tenant.attempts.failed(offset, error.kind());
        let counting = self.route.policies.dead_letter.map_or(crate::topology::Counting::Independent, |p| p.counting);
        Failure {
            offset,
            attempts: tenant.attempts.of(offset),
            counted: tenant.attempts.counted(counting, offset),
            kind: error.kind(),
            type_name: error.type_name(),
            text: error.to_string(),
        }
    }

    /// A batch handler that failed may have marked some of its records: they are done.
    fn first_unmarked(&self, records: &[Record], done: usize) -> usize {
        let marked = self.seat.epoch.marked().unwrap_or(-1);
        done + records[done..].iter().take_while(|record| record.offset() < marked).count()
    }

    /// From which record on the batch is not done: what comes before is dropped here, on the worker.
    fn first_to_keep(&self, records: &[Record], start: usize, done: usize, plan: Plan, call: &Call) -> usize {
        match (plan.next, call.pause) {
            (Next::Abandon | Next::Seek, _) => records.len(),
            (Next::Pause, Some(PauseWish::Pause { from, .. })) => {
                start.min(done) + records[start.min(done)..].iter().take_while(|record| record.offset() < from).count()
            }
            (Next::Retry | Next::Dispatch | Next::Skip, _) => self.first_unmarked(records, done).min(records.len() - 1),
            _ => done,
        }
    }

    fn hook(&self, tenant: &mut Tenant, hook: Hook) -> Report {
        let mut call = Call { attempt: 1, ..Call::default() };
        self.watch.hook(self.route, self.seat, hook);
        let (result, panicked) = self.guarded(tenant, &mut call, |instance, cx| match hook {
            Hook::Tick => instance.tick(cx),
            Hook::Revoked => instance.revoked(cx),
            Hook::Shutdown => instance.shutdown(cx),
        });
        let mut error = match result {
            Some(Ok(())) => None,
            Some(Err(error)) => Some(error.to_string()),
            None => Some(format!("panicked: {}", panicked.unwrap_or_default())),
        };
        if let Some(deliveries) = &call.deliveries {
            self.watch.wait_begin();
            if let Err((_, failed)) = deliveries.wait(self.seat.producer.acknowledgement_timeout()) {
                error.get_or_insert_with(|| failed.to_string());
            }
            self.watch.wait_end();
        }
        Report::Hook { hook, error, pause: call.pause, seek: call.seek }
    }

    /// Calls user code. After a panic the instance is gone: `(None, Some(text))`.
    fn guarded<R>(
        &self,
        tenant: &mut Tenant,
        call: &mut Call,
        code: impl FnOnce(&mut dyn Instance, &mut Context<'_>) -> R,
    ) -> (Option<R>, Option<String>) {
        let (seat, route) = (self.seat, self.route);
        let Tenant { instance, .. } = tenant;
        let result = catch_unwind(AssertUnwindSafe(|| {
            let instance = instance.get_or_insert_with(|| (route.consumer.create)(&route.states));
            code(&mut **instance, &mut Context { seat, call })
        }));
        match result {
            Ok(value) => (Some(value), None),
            Err(panic) => {
                let broken = instance.take();
                // What a panicking handler left may panic again while it is dropped.
                let _ = catch_unwind(AssertUnwindSafe(|| drop(broken)));
                (None, Some(panic_text(&*panic)))
            }
        }
    }
}

fn lease(seat: &Seat) -> Lease {
    match seat.epoch.phase() {
        EpochPhase::Live => Lease::Live,
        EpochPhase::Revoking => Lease::Revoking,
        EpochPhase::Dead => Lease::Lost,
    }
}

/// A seek wins over a pause: the pause then holds at the new place.
fn wish(call: &Call) -> Wish {
    match (call.seek, call.pause) {
        (Some(SeekTo::Offset(to)), _) => Wish::Seek { to },
        (Some(SeekTo::Earliest), _) => Wish::SeekEarliest,
        (Some(SeekTo::Latest), _) => Wish::SeekLatest,
        (None, Some(PauseWish::Pause { from, .. })) => Wish::Pause { from },
        (None, Some(PauseWish::Resume) | None) => Wish::None,
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a text".to_owned())
}
