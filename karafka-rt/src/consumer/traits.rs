//! The traits that users implement.

use super::Context;
use super::instance::{Hooks, Vtable};
use super::state::States;
use crate::message::{Batch, Message, Payload, Result};

/// A type that handles records. Derive it: `#[derive(Consumer)]` with `#[consumer(payload = Order)]`.
///
/// One instance lives per assigned partition: it is made when the first work arrives, dropped after revocation or
/// shutdown, and rebuilt after a panic. Its fields are a cache: rebalances, retries and panics replay records into them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a consumer",
    label = "derive it: `#[derive(Consumer)]` with `#[consumer(payload = ..)]`"
)]
pub trait Consumer: Sized + Send + 'static {
    /// What the payload bytes mean.
    type Payload: ?Sized + 'static;
    /// How the bytes are read.
    type Codec: Payload<Self::Payload> + ?Sized;

    #[doc(hidden)]
    const HOOKS: Hooks<Self>;
    #[doc(hidden)]
    const VTABLE: Vtable = Vtable::of::<Self>();

    #[doc(hidden)]
    fn create(states: &States) -> Self;
}

/// Handles batches.
pub trait Consume: Consumer {
    /// Handles records of one partition, in order. `Ok` marks all of them, unless the topic has `manual_offsets`; an
    /// error fails the attempt, which is repeated from the first record that is not marked.
    ///
    /// With a dead letter queue, a batch whose retries are used up is narrowed down to the records that fail alone: its
    /// halves, quarters and so on are handed over until they are found, one bad record among n costing at most
    /// `1 + 2·log2(n)` more calls. What an attempt did before it failed is then done again; mark what is done, or make side
    /// effects idempotent. When the first four records that are tried alone fail, none is dead-lettered: something that all of
    /// them need is away, and the partition waits.
    fn consume(&mut self, batch: Batch<'_, Self::Payload>, cx: &mut Context<'_>) -> Result;
}

/// Handles one record at a time.
pub trait ConsumeEach: Consumer {
    /// Handles one record. `Ok` marks it, unless the topic has `manual_offsets`; an error fails the attempt of this
    /// record alone: those before it are done.
    fn consume_each(&mut self, message: Message<'_, Self::Payload>, cx: &mut Context<'_>) -> Result;
}

/// Called periodically for each assigned partition of a topic with `periodic`, with data or without.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `Tick`, but is routed with `periodic`",
    label = "implement `Tick` for it, or remove `periodic` from its topic"
)]
pub trait Tick: Consumer {
    /// Never runs at the same time as the handler of its partition. An error is reported; the next interval ticks again.
    fn tick(&mut self, cx: &mut Context<'_>) -> Result;
}

/// Called when a partition was taken away, before its instance is dropped.
pub trait Revoked: Consumer {
    /// Runs after the progress was committed; marks have no effect any more.
    fn revoked(&mut self, cx: &mut Context<'_>) -> Result;
}

/// Called once for each instance when the process stops in order.
pub trait Shutdown: Consumer {
    /// Runs before the last commit: marks made here are committed.
    fn shutdown(&mut self, cx: &mut Context<'_>) -> Result;
}
