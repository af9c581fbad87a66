//! The one door for generated code. Nothing here is promised to anybody but the macros of the same version.

pub use std::vec::Vec;

pub use crate::consumer::{
    Consumer, Handler, HookFallback, Hooks, PayloadOf, Probe, Routes, State, StateField, StateWanted, States, Tick,
    Topic, Vtable,
};
pub use crate::message::{Codec, CodecError, Encode, Json, Payload, Raw, Utf8};
pub use crate::topology;

/// The data of one `routes!` block: implemented at the call site for a hidden type of the generated module, so that no
/// user token has to be emitted inside that module.
pub trait Block {
    /// Const data.
    const TOPOLOGY: topology::Topology;
    /// Data plus consumers.
    const ROUTES: Routes;
}

/// Checked by generated code: the payload types of two declarations of one topic are the same.
pub const fn same_payload<A: SamePayload<B> + ?Sized, B: ?Sized>() {}

/// Implemented by every type for itself.
#[diagnostic::on_unimplemented(
    message = "one topic has one payload: this says `{Self}`, another place in the block says `{Other}`"
)]
pub trait SamePayload<Other: ?Sized> {}

impl<T: ?Sized> SamePayload<T> for T {}

/// Checked by generated code: the codecs of two declarations of one topic are the same.
pub const fn same_codec<A: SameCodec<B> + ?Sized, B: ?Sized>() {}

/// Implemented by every type for itself.
#[diagnostic::on_unimplemented(
    message = "one topic has one codec: this says `{Self}`, another place in the block says `{Other}`"
)]
pub trait SameCodec<Other: ?Sized> {}

impl<T: ?Sized> SameCodec<T> for T {}

/// Checked by generated code: the consumer of a `periodic` topic ticks.
pub const fn ticks<C: Tick>() {}
