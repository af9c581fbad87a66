//! Names that come from constants: legal, and different from every other name of the block.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::super::model::{ConsumerGroup, Model, Source, TopicName};
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
    tokens.extend(model.groups.iter().map(|group| beside_patterns(model, group)));
    tokens
}

/// A constant of a group matches none of the group's patterns.
fn beside_patterns(model: &Model, group: &ConsumerGroup) -> TokenStream {
    let routes = || group.subscription_groups.iter().flat_map(|subscription| &subscription.routes);
    let constants = routes().filter_map(|route| match route.source {
        Source::Topic(topic) => match &model.topics[topic].name {
            TopicName::Constant(path) => Some(path),
            TopicName::Text(_) => None,
        },
        Source::Pattern(_) => None,
    });
    let mut tokens = TokenStream::new();
    for path in constants {
        for route in routes() {
            let Source::Pattern(glob) = &route.source else { continue };
            let name = &path.tokens;
            let apart = quote!(!__karafka_topology::matches_glob(#glob, #name));
            tokens.extend(assertion(path.place, &apart, &wording::pattern_overlap(&path.text, glob)));
        }
    }
    tokens
}
