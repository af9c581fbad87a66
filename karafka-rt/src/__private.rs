//! The one door for generated code. Nothing here is promised to anybody but the macros of the same version.

use std::marker::PhantomData;
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
    message = "one topic has one payload: this says `{Self}`, another place in the block says `{Other}`",
    label = "`{Self}` here"
)]
pub trait SamePayload<Other: ?Sized> {}

impl<T: ?Sized> SamePayload<T> for T {}

/// Checked by generated code: the codecs of two declarations of one topic are the same.
pub const fn same_codec<A: SameCodec<B> + ?Sized, B: ?Sized>() {}

/// Implemented by every type for itself.
#[diagnostic::on_unimplemented(
    message = "one topic has one codec: this says `{Self}`, another place in the block says `{Other}`",
    label = "`{Self}` here"
)]
pub trait SameCodec<Other: ?Sized> {}

impl<T: ?Sized> SameCodec<T> for T {}

/// Checked by generated code: the consumer of a `periodic` topic ticks.
pub const fn ticks<C: Tick>() {}

/// Says, for some type `Place` of a block, that a topic there settles whether this consumer ticks.
///
/// `SHARE` is a number from the block's name: the compiler cannot choose between two implementations, so blocks are spread
/// over [`SHARES`] questions of which each has zero answers or, all but always, one.
pub trait TicksSettled<const SHARE: u8, Place> {}

/// How many numbers blocks are spread over.
pub const SHARES: u8 = 8;

/// Asks whether any block settles the ticks of a consumer. Only meaningful where `C` is concrete.
pub struct Ticks<C, const SHARE: u8>(PhantomData<C>);

impl<C, const SHARE: u8> Ticks<C, SHARE> {
    /// The question.
    pub const OF: Self = Self(PhantomData);
}

/// Some block settles it.
pub struct Yes;
/// No block does.
pub struct No;

/// An answer as a type.
pub trait Verdict {
    /// The answer.
    const SETTLED: bool;
}

impl Verdict for Yes {
    const SETTLED: bool = true;
}

impl Verdict for No {
    const SETTLED: bool = false;
}

/// Found first by method lookup, where some block settles it.
pub trait Settled<Place>: Sized {
    /// Never called: its type is the answer.
    fn verdict(self) -> Yes {
        Yes
    }
}

impl<C: TicksSettled<SHARE, Place>, const SHARE: u8, Place> Settled<Place> for &Ticks<C, SHARE> {}

/// Found by method lookup after one more reference, where no block does.
pub trait Unsettled: Sized {
    /// Never called: its type is the answer.
    fn verdict(self) -> No {
        No
    }
}

impl<C, const SHARE: u8> Unsettled for &&Ticks<C, SHARE> {}

/// The answer that `_question` would give.
pub const fn verdict<V: Verdict>(_question: &impl Fn() -> V) -> bool {
    V::SETTLED
}

/// Asks whether a consumer reads what another one's dead letters hold: `(payload, codec)` behind pointers, since both may
/// be unsized. Only meaningful where all types are concrete.
pub struct Accepts<Target, Source>(PhantomData<(Target, Source)>);

impl<T> Accepts<T, T> {
    /// Both read the same.
    pub const SAME: bool = true;
}

impl Accepts<*const Raw, ()> {
    /// The target reads bytes.
    pub const RAW: bool = true;
}

/// The answers where the inherent constants do not exist.
pub trait AcceptsFallback {
    /// They do not read the same.
    const SAME: bool = false;
    /// The target does not read bytes.
    const RAW: bool = false;
}

impl<T, S> AcceptsFallback for Accepts<T, S> {}
