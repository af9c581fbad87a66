//! A struct with its attributes, as it was written.

use proc_macro2::Ident;

use crate::diagnostics::Place;
use crate::routes::Argument;

pub(crate) struct Structure {
    pub(crate) name: Ident,
    /// The arguments of every `#[consumer(..)]` of the struct.
    pub(crate) arguments: Vec<Argument>,
    /// An error already: only what is generated after errors needs them.
    pub(crate) generics: Option<(Place, syn::Generics)>,
    pub(crate) fields: Fields,
}

pub(crate) enum Fields {
    Unit,
    Named(Vec<Field>),
    Unnamed(Vec<Field>),
}

pub(crate) struct Field {
    /// `None` in a tuple struct.
    pub(crate) name: Option<Ident>,
    pub(crate) kind: crate::routes::Tokens,
    /// `#[state]`.
    pub(crate) state: Option<Place>,
    /// The arguments of `#[consumer(..)]`.
    pub(crate) arguments: Vec<Argument>,
}
