//! One live consumer behind one type-erased call per batch.

use super::context::Context;
use super::state::States;
use super::traits::Consumer;
use crate::message::{Batch, Cells, HandlerError, Message, Origin, Payload, Record, Result};

/// Which handler trait a consumer implements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handler {
    /// `Consume`.
    Batch,
    /// `ConsumeEach`.
    Each,
    /// None of them: a compile error where the consumer is derived.
    Missing,
    /// More than one: a compile error where the consumer is derived.
    Several,
}

impl Handler {
    /// Whether it waits without holding a worker, so that the runtime may choose how many records run at a time.
    pub const fn is_async(self) -> bool {
        match self {
            Self::Batch | Self::Each | Self::Missing | Self::Several => false,
        }
    }
}

/// `Consume::consume` of `C`.
pub(crate) type BatchFn<C> = fn(&mut C, Batch<'_, <C as Consumer>::Payload>, &mut Context<'_>) -> Result;
/// `ConsumeEach::consume_each` of `C`.
pub(crate) type EachFn<C> = fn(&mut C, Message<'_, <C as Consumer>::Payload>, &mut Context<'_>) -> Result;
/// A hook of `C`.
pub(crate) type HookFn<C> = fn(&mut C, &mut Context<'_>) -> Result;

/// The handler and hooks of a consumer type, filled in by the derive.
pub struct Hooks<C: Consumer> {
    /// `Consume::consume`.
    pub batch: Option<BatchFn<C>>,
    /// `ConsumeEach::consume_each`.
    pub each: Option<EachFn<C>>,
    /// `Tick::tick`.
    pub tick: Option<HookFn<C>>,
    /// `Revoked::revoked`.
    pub revoked: Option<HookFn<C>>,
    /// `Shutdown::shutdown`.
    pub shutdown: Option<HookFn<C>>,
    /// States that the fields want.
    pub states: &'static [StateWanted],
}

impl<C: Consumer> Hooks<C> {
    /// No handler and no hook.
    pub const NONE: Self = Self { batch: None, each: None, tick: None, revoked: None, shutdown: None, states: &[] };
}

/// A state that a consumer has a field for.
#[derive(Clone, Copy)]
pub struct StateWanted {
    /// Its identity.
    pub id: fn() -> std::any::TypeId,
    /// Its name, for the error when it is missing.
    pub name: fn() -> &'static str,
}

impl StateWanted {
    /// Wants `T`.
    pub const fn of<T: Send + Sync + 'static>() -> Self {
        Self { id: std::any::TypeId::of::<T>, name: std::any::type_name::<T> }
    }
}

/// What the runtime knows of a consumer type.
#[derive(Clone, Copy)]
pub struct Vtable {
    pub(crate) type_name: fn() -> &'static str,
    /// Which handler it has.
    pub handler: Handler,
    /// Whether it implements `Tick`.
    pub tick: bool,
    pub(crate) states: &'static [StateWanted],
    pub(crate) create: fn(&States) -> Box<dyn Instance>,
    /// Whether the payload decodes; a tombstone does.
    pub(crate) inspect: fn(&Record, Origin) -> Result,
}

impl Vtable {
    /// The table of `C`.
    pub const fn of<C: Consumer>() -> Self {
        let hooks = C::HOOKS;
        let handler = match (hooks.batch.is_some(), hooks.each.is_some()) {
            (true, false) => Handler::Batch,
            (false, true) => Handler::Each,
            (false, false) => Handler::Missing,
            (true, true) => Handler::Several,
        };
        Self {
            type_name: std::any::type_name::<C>,
            handler,
            tick: hooks.tick.is_some(),
            states: hooks.states,
            create: |states| Box::new(Hosted { consumer: C::create(states) }),
            inspect: |record, origin| {
                let (cells, view) = (Cells::new(), <C::Codec as Payload<C::Payload>>::view);
                Message { record, cells: &cells, view, origin }.payload_opt().map(|_| ())
            },
        }
    }
}

/// How a call over several records ended. How many were finished is counted in the context.
pub(crate) enum Ending {
    /// Every record was handled.
    Finished,
    /// The handler returned an error.
    Failed(HandlerError),
    /// Stopped between two records: revoked, stopping, or the handler asked for a pause or a seek.
    Interrupted,
}

/// A live consumer.
pub(crate) trait Instance: Send {
    fn consume(&mut self, records: &[Record], cx: &mut Context<'_>) -> Ending;
    fn tick(&mut self, cx: &mut Context<'_>) -> Result;
    fn revoked(&mut self, cx: &mut Context<'_>) -> Result;
    fn shutdown(&mut self, cx: &mut Context<'_>) -> Result;
}

struct Hosted<C: Consumer> {
    consumer: C,
}

impl<C: Consumer> Instance for Hosted<C> {
    fn consume(&mut self, records: &[Record], cx: &mut Context<'_>) -> Ending {
        match (C::HOOKS.each, C::HOOKS.batch) {
            (Some(handler), _) => self.consume_each(handler, records, cx),
            (None, Some(handler)) => self.consume_batch(handler, records, cx),
            (None, None) => unreachable!("a consumer without a handler does not compile"),
        }
    }

    fn tick(&mut self, cx: &mut Context<'_>) -> Result {
        C::HOOKS.tick.map_or(Ok(()), |hook| hook(&mut self.consumer, cx))
    }

    fn revoked(&mut self, cx: &mut Context<'_>) -> Result {
        C::HOOKS.revoked.map_or(Ok(()), |hook| hook(&mut self.consumer, cx))
    }

    fn shutdown(&mut self, cx: &mut Context<'_>) -> Result {
        C::HOOKS.shutdown.map_or(Ok(()), |hook| hook(&mut self.consumer, cx))
    }
}

impl<C: Consumer> Hosted<C> {
    /// The loop of the fast path: monomorphic, and per record one call, one counter and one look at the stop flag.
    fn consume_each(&mut self, handler: EachFn<C>, records: &[Record], cx: &mut Context<'_>) -> Ending {
        let (view, origin) = (<C::Codec as Payload<C::Payload>>::view, cx.origin());
        for (index, record) in records.iter().enumerate() {
            if cx.is_interrupted() {
                return Ending::Interrupted;
            }
            let cells = Cells::new();
            let message = Message { record, cells: &cells, view, origin };
            if let Err(error) = handler(&mut self.consumer, message, cx) {
                return Ending::Failed(error);
            }
            if let Some(error) = cx.left_behind() {
                return Ending::Failed(error);
            }
            cx.finished_one(records.get(index + 1).map(Record::offset));
        }
        Ending::Finished
    }

    fn consume_batch(&mut self, handler: BatchFn<C>, records: &[Record], cx: &mut Context<'_>) -> Ending {
        let (view, origin) = (<C::Codec as Payload<C::Payload>>::view, cx.origin());
        let cells: Vec<Cells<C::Payload>> = records.iter().map(|_| Cells::new()).collect();
        if let Err(error) = handler(&mut self.consumer, Batch { records, cells: &cells, view, origin }, cx) {
            return Ending::Failed(error);
        }
        if let Some(error) = cx.left_behind() {
            return Ending::Failed(error);
        }
        cx.finished_all(records.len());
        Ending::Finished
    }
}
