//! Dead letter targets that only the compiler knows, and what their consumers read.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::super::super::model::{DeadLetterQueue, Model, Route, Source, Target, TopicName, Written};
use super::super::data::topic_name;
use super::super::topics::{codec_of, payload_of};
use super::assertion;
use crate::diagnostics::wording;
use crate::hygiene;

pub(super) fn assertions(model: &Model, route: &Route) -> TokenStream {
    let Some(queue) = &route.policies.dead_letter_queue else { return TokenStream::new() };
    match &queue.target {
        Target::Type(path) => {
            let mut tokens = another(model, route, queue, path);
            tokens.extend(read_alike(route, queue, &path.tokens, &path.text));
            tokens
        }
        Target::Name(name) => {
            let known = model.topics.iter().find(|topic| matches!(&topic.name, TopicName::Text(text) if text == name));
            match known {
                Some(topic) => {
                    let (module, type_name) = (&model.module, &topic.type_name);
                    read_alike(route, queue, &quote!(#module::#type_name), name)
                }
                None => constant(model, queue, name),
            }
        }
        Target::External(_) | Target::Skip => TokenStream::new(),
    }
}

/// The target is not what is consumed.
fn another(model: &Model, route: &Route, queue: &DeadLetterQueue, path: &Written) -> TokenStream {
    let tokens = &path.tokens;
    let target = quote!(<#tokens as __karafka_private::Topic>::NAME);
    match &route.source {
        Source::Topic(source) => {
            let source = &model.topics[*source].name;
            let source_name = topic_name(source);
            let other = quote!(!__karafka_topology::same_name(#target, #source_name));
            assertion(queue.target_place, &other, &wording::target_is_source(source.text()))
        }
        Source::Pattern(glob) => {
            let other = quote!(!__karafka_topology::matches_glob(#glob, #target));
            assertion(queue.target_place, &other, &wording::pattern_own_target(&path.text, glob))
        }
    }
}

/// The name of a target that no literal of the block has is the value of one of its constants.
fn constant(model: &Model, queue: &DeadLetterQueue, name: &str) -> TokenStream {
    let constants = model.topics.iter().filter_map(|topic| match &topic.name {
        TopicName::Constant(path) => Some(&path.tokens),
        TopicName::Text(_) => None,
    });
    let among = quote!(#(__karafka_topology::same_name(#constants, #name))||*);
    assertion(queue.target_place, &among, &wording::target_unknown(name, None))
}

/// A consumer of the target, in whatever block, reads what the source's consumer reads, or bytes.
fn read_alike(route: &Route, queue: &DeadLetterQueue, target: &TokenStream, shown: &str) -> TokenStream {
    let (payload, codec) = (payload_of(&route.consumer), codec_of(&route.consumer));
    let alike = quote_spanned! {hygiene::at(route.consumer.place.span())=>
        {
            #[allow(unused_imports)]
            use __karafka_private::{ReaderFallback as _, ReadsFallback as _};
            !__karafka_private::Reader::<#target>::EXISTS
                || __karafka_private::Reads::<#target, *const #payload, *const #codec>::SO
                || __karafka_private::Reads::<#target, *const __karafka_private::Raw, *const __karafka_private::Raw>::SO
        }
    };
    assertion(queue.target_place, &alike, &wording::target_reads_otherwise(shown, &route.consumer.text))
}
