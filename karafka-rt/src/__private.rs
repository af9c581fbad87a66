//! The one door for generated code. Nothing here is promised to anybody but the macros of the same version.

pub use crate::consumer::{
    Consumer, Handler, HookFallback, Hooks, PayloadOf, Probe, Routes, State, StateWanted, States, Topic, Vtable,
};
pub use crate::message::{Codec, Encode, Json, Payload, Raw, Utf8};
pub use crate::topology;

/// The data of one `routes!` block: implemented at the call site for a hidden type of the generated module, so that no
/// user token has to be emitted inside that module.
pub trait Block {
    /// Const data.
    const TOPOLOGY: topology::Topology;
    /// Data plus consumers.
    const ROUTES: Routes;
}

/// Checked by generated code: the payload and codec types of two declarations of one topic are the same.
pub const fn same_type<A: SameAs<B> + ?Sized, B: ?Sized>() {}

/// Implemented by every type for itself.
#[diagnostic::on_unimplemented(message = "one topic has one payload: this says `{Self}`, another place says `{Other}`")]
pub trait SameAs<Other: ?Sized> {}

impl<T: ?Sized> SameAs<T> for T {}
