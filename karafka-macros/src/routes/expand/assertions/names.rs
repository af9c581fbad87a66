//! Names that come from constants: legal, and different from every other name of the block.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::super::model::{Model, TopicName};
use super::super::data::topic_name;
use super::assertion;
use crate::diagnostics::wording;

pub(super) fn assertions(model: &Model) -> TokenStream {
    let mut tokens = TokenStream::new();
    for (index, topic) in model.topics.iter().enumerate() {
        let TopicName::Constant(path) = &topic.name else { continue };
        let mine = &path.tokens;
        let legal = quote!(__karafka_topology::check_name(#mine).is_none());
        tokens.extend(assertion(path.place, &legal, &wording::illegal_constant(&path.text)));
        let others = model.topics.iter().enumerate().filter(|(other, candidate)| {
            // Two constants are compared once.
            *other != index && (*other < index || matches!(candidate.name, TopicName::Text(_)))
        });
        for (_, other) in others {
            let theirs = topic_name(&other.name);
            let distinct = quote!(!__karafka_topology::same_name(#mine, #theirs));
            tokens.extend(assertion(path.place, &distinct, &wording::constant_twice(&path.text, other.name.text())));
        }
    }
    tokens
}
