//! Calls user code, once: a handler with one batch, or a hook.
//!
//! A panic is an error of the attempt: the instance is dropped and rebuilt. Everything that runs code of the user's stays
//! inside, the text and the drop of its errors too.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::executor::{Handed, Watch};
use super::job::{Hook, Report, Route, Tenant};
use crate::consumer::{Call, Context, Deliveries, Ending, Handler, Instance, Seat};
use crate::failpoint::{self, Bug, Point};
use crate::message::{ErrorKind, HandlerError, Record};

pub(super) struct Caller<'r> {
    pub(super) seat: &'r Seat,
    pub(super) route: &'r Route,
    pub(super) watch: &'r dyn Watch,
    /// Nothing else runs in this process: the record is suspected of ending it.
    pub(super) alone: bool,
}

/// One handler call over one batch.
#[derive(Default)]
pub(super) struct Ran {
    /// Records finished from the start of the batch, acknowledgements included.
    pub(super) finished: usize,
    pub(super) problem: Option<Problem>,
    /// The whole batch succeeded.
    pub(super) whole: bool,
    pub(super) call: Call,
}

/// An error as text.
pub(super) struct Problem {
    pub(super) kind: ErrorKind,
    pub(super) type_name: &'static str,
    pub(super) text: String,
    pub(super) share: Share,
}

/// Whose fault a problem is. Brokers refuse a producer's batches as a whole, so what one record produced takes that of others
/// with it: which record it was shows only when each is tried by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// That of the failing record.
    Own,
    /// Perhaps that of another record of the call: it uses no retries, and the next attempt is for this record alone.
    Shared,
}

impl Ran {
    /// The handler was not called.
    pub(super) fn nothing() -> Self {
        Self::default()
    }
}

impl Caller<'_> {
    /// Calls the handler once and waits until what it produced is acknowledged.
    pub(super) fn batch(&self, tenant: &mut Tenant, batch: &[Record]) -> Ran {
        let mut ran = self.batch_without_marks(tenant, batch, None);
        self.apply_held_mark(&mut ran.call);
        ran
    }

    /// The same for records behind others that wait: marks are left in the call.
    pub(super) fn batch_ahead(&self, tenant: &mut Tenant, batch: &[Record]) -> Ran {
        self.batch_without_marks(tenant, batch, Some(Arc::default()))
    }

    /// A mark behind something produced, so behind any `deliveries`, is held.
    fn batch_without_marks(&self, tenant: &mut Tenant, batch: &[Record], deliveries: Option<Arc<Deliveries>>) -> Ran {
        let offset = batch[0].offset();
        let attempt = tenant.attempts.of(offset) + 1;
        let mut call = Call { attempt, pulse: self.watch.pulse(), deliveries, ..Call::default() };
        let last = match self.route.consumer.handler {
            Handler::Each => offset,
            _ => batch[batch.len() - 1].offset(),
        };
        self.watch.handler(self.route, self.seat, Handed { first: offset, last, attempt, alone: self.alone });
        failpoint::at(Point::BeforeHandler);
        let result = self.guarded(tenant, &mut call, |instance, cx| match instance.consume(batch, cx) {
            Ending::Finished => Ok(true),
            Ending::Interrupted => Ok(false),
            Ending::Failed(error) => Err(Problem::of(&error)),
        });
        failpoint::at(Point::AfterHandler);
        if self.alone {
            // Whatever it returned: it did not end the process.
            self.route.suspects.clear(self.route.index, self.seat.origin.partition, offset);
        }
        let (mut whole, mut problem) = result.map_or_else(|problem| (false, Some(problem)), |whole| (whole, None));
        let mut finished = call.finished;
        if let Err((index, failed)) = self.acknowledged(&call)
            && index <= finished
        {
            let is_shared = self.route.consumer.handler == Handler::Each && batch.len() > 1;
            (whole, finished, problem) = (false, index, Some(if is_shared { failed.shared() } else { failed }));
            let failed = batch[index].offset();
            // The metadata belongs to the place that it was given for.
            call.held_metadata = call.held_metadata.filter(|_| call.held_mark.is_some_and(|next| next <= failed));
            call.held_mark = call.held_mark.map(|next| next.min(failed));
        }
        failpoint::at(Point::AfterAcknowledgement);
        Ran { finished, problem, whole, call }
    }

    /// Why the record does not decode. A codec that panics says nothing: the handler will see it.
    pub(super) fn undecodable(&self, record: &Record) -> Option<Problem> {
        let inspect = || (self.route.consumer.inspect)(record, self.seat.origin).map_err(|error| Problem::of(&error));
        catch_unwind(AssertUnwindSafe(inspect)).ok()?.err()
    }

    pub(super) fn hook(&self, tenant: &mut Tenant, hook: Hook) -> Report {
        let started = self.watch.now();
        let mut call = Call { attempt: 1, pulse: self.watch.pulse(), ..Call::default() };
        self.watch.hook(self.route, self.seat, hook);
        failpoint::at(Point::InTick);
        let result = self.guarded(tenant, &mut call, |instance, cx| {
            let result = match hook {
                Hook::Tick => instance.tick(cx),
                Hook::Revoked => instance.revoked(cx),
                Hook::Shutdown => instance.shutdown(cx),
            };
            result.map_err(|error| Problem::of(&error))
        });
        let mut problem = result.err();
        match self.acknowledged(&call) {
            Ok(()) => self.apply_held_mark(&mut call),
            Err((_, failed)) => problem = problem.or(Some(failed)),
        }
        let error = problem.map(|problem| problem.text);
        Report::Hook { hook, started, error, pause: call.pause, seek: call.seek }
    }

    /// Drops the instance: code of the user's, so it happens here, on a worker.
    pub(super) fn end(&self, tenant: &mut Tenant) {
        let instance = tenant.instance.take();
        let origin = self.seat.origin;
        if catch_unwind(AssertUnwindSafe(|| drop(instance))).is_err() {
            tracing::error!(
                topic = origin.topic,
                partition = origin.partition,
                "a consumer panicked while it was dropped"
            );
        }
    }

    /// Waits until what the call produced is acknowledged; else the lowest index whose record was not, and why.
    fn acknowledged(&self, call: &Call) -> Result<(), (usize, Problem)> {
        let awaited = call.deliveries.as_ref().filter(|_| !failpoint::is_planted(Bug::ProductsNotAwaited));
        let Some(deliveries) = awaited else { return Ok(()) };
        self.watch.wait_begin();
        let settled = deliveries.wait(self.seat.producer.acknowledgement_timeout());
        self.watch.wait_end();
        settled.map_err(|(index, error)| (index, Problem::of(&error.into_handler_error())))
    }

    /// A mark behind something produced waits for its acknowledgement.
    fn apply_held_mark(&self, call: &mut Call) {
        if let Some(next) = call.held_mark.take() {
            call.marked = Some(next);
            self.seat.epoch.mark_maybe_with(next, call.held_metadata.take());
        }
    }

    /// Calls user code. After a panic the instance is gone.
    fn guarded<R>(
        &self,
        tenant: &mut Tenant,
        call: &mut Call,
        code: impl FnOnce(&mut dyn Instance, &mut Context<'_>) -> Result<R, Problem>,
    ) -> Result<R, Problem> {
        let (seat, route) = (self.seat, self.route);
        let Tenant { instance, .. } = tenant;
        let result = catch_unwind(AssertUnwindSafe(|| {
            let instance = instance.get_or_insert_with(|| (route.consumer.create)(&route.states));
            code(&mut **instance, &mut Context { seat, call })
        }));
        result.unwrap_or_else(|panic| {
            let text = panic_text(&*panic);
            self.end(tenant);
            // The panic's own payload is the user's too.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(panic)));
            Err(Problem::of(&HandlerError::panicked(text)))
        })
    }
}

impl Problem {
    fn of(error: &HandlerError) -> Self {
        Self { kind: error.kind(), type_name: error.type_name(), text: error.to_string(), share: Share::Own }
    }

    fn shared(self) -> Self {
        Self { kind: ErrorKind::Unavailable, share: Share::Shared, ..self }
    }
}

impl Report {
    /// A hook that was not called.
    pub(super) fn nothing(hook: Hook) -> Self {
        Self::Hook { hook, started: Duration::ZERO, error: None, pause: None, seek: None }
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a text".to_owned())
}
