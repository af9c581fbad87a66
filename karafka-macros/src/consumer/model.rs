//! What a derived consumer is.

use proc_macro2::{Ident, Span, TokenStream};

pub(crate) struct Model {
    pub(crate) runtime: TokenStream,
    pub(crate) name: Ident,
    /// Empty, unless there was an error.
    pub(crate) generics: syn::Generics,
    pub(crate) payload: TokenStream,
    pub(crate) codec: TokenStream,
    pub(crate) creation: Creation,
}

pub(crate) enum Creation {
    /// `new = path`: called with the states in the order of their fields.
    Call { path: TokenStream, states: Vec<TokenStream> },
    /// `Self { .. }`.
    Named(Vec<(Ident, Value)>),
    /// `Self(..)`.
    Unnamed(Vec<Value>),
    /// `Self`.
    Unit,
}

/// What a field begins with.
pub(crate) enum Value {
    /// `Default` of the field's type.
    Default { kind: TokenStream, span: Span },
    /// `#[consumer(default = ..)]`.
    Expression(TokenStream),
    /// `#[state]`, with the field's type.
    State(TokenStream),
}

impl Model {
    /// The types of all state fields.
    pub(crate) fn states(&self) -> Vec<&TokenStream> {
        fn state(value: &Value) -> Option<&TokenStream> {
            match value {
                Value::State(kind) => Some(kind),
                Value::Default { .. } | Value::Expression(_) => None,
            }
        }
        match &self.creation {
            Creation::Call { states, .. } => states.iter().collect(),
            Creation::Named(fields) => fields.iter().filter_map(|(_, value)| state(value)).collect(),
            Creation::Unnamed(fields) => fields.iter().filter_map(state).collect(),
            Creation::Unit => Vec::new(),
        }
    }
}
