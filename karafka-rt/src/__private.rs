//! The one door for generated code. Nothing here is promised to anybody but the macros of the same version.

use std::marker::PhantomData;
pub use std::vec::Vec;

pub use crate::consumer::{
    Consumer, Handler, HookFallback, Hooks, PayloadOf, Probe, Routes, State, StateField, StateWanted, States, Tick,
    Topic, Vtable,
};
pub use crate::message::{Codec, CodecError, Encode, Json, Payload, Raw, RecordView, Utf8};
pub use crate::topology;

/// The data of one `routes!` block: implemented at the call site for a hidden type of the generated module, so that no
/// user token has to be emitted inside that module.
pub trait Block {
    /// Const data.
    const TOPOLOGY: topology::Topology;
    /// Data plus consumers.
    const ROUTES: Routes;
}

/// Checked by generated code: two declarations of one topic have the same payload and codec.
pub const fn same_record<P, Codec, OtherPayload, OtherCodec>()
where
    P: SameRecord<Codec, OtherPayload, OtherCodec> + ?Sized,
    Codec: ?Sized,
    OtherPayload: ?Sized,
    OtherCodec: ?Sized,
{
}

/// Implemented by every payload with every codec for themselves.
#[diagnostic::on_unimplemented(
    message = "one topic has one payload and one codec: this says `{Self}` with `{Codec}`, another place in the block says `{OtherPayload}` with `{OtherCodec}`",
    label = "`{Self}` with `{Codec}` here"
)]
pub trait SameRecord<Codec: ?Sized, OtherPayload: ?Sized, OtherCodec: ?Sized> {}

impl<P: ?Sized, C: ?Sized> SameRecord<C, P, C> for P {}

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

/// Says that a topic has a consumer in the block that declares it.
pub trait Consumed {}

/// Says how: payload and codec, behind pointers since both may be unsized. Other blocks that send dead letters there ask.
pub trait ConsumedAs<Payload, Codec> {}

/// Asks whether a topic has a consumer in its block. Only meaningful where `T` is concrete.
pub struct Reader<T>(PhantomData<T>);

impl<T: Consumed> Reader<T> {
    /// It has.
    pub const EXISTS: bool = true;
}

/// The answer where the inherent constant does not exist.
pub trait ReaderFallback {
    /// It has none.
    const EXISTS: bool = false;
}

impl<T> ReaderFallback for Reader<T> {}

/// Asks whether a topic is consumed as this payload with this codec. Only meaningful where all types are concrete.
pub struct Reads<T, Payload, Codec>(PhantomData<(T, Payload, Codec)>);

impl<T: ConsumedAs<P, C>, P, C> Reads<T, P, C> {
    /// It is.
    pub const SO: bool = true;
}

/// The answer where the inherent constant does not exist.
pub trait ReadsFallback {
    /// It is not.
    const SO: bool = false;
}

impl<T, P, C> ReadsFallback for Reads<T, P, C> {}
