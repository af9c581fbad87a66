//! What tokens cannot decide, left to the compiler: types, and values of constants.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::super::model::{DeclaredTopic, LaneKey, Model, Periodicity, Route, Source, Target, TopicName, Written};
use super::data::topic_name;
use super::topics;
use crate::diagnostics::wording;
use crate::hygiene;

pub(super) fn assertions(model: &Model) -> TokenStream {
    let mut tokens = TokenStream::new();
    for topic in &model.topics {
        tokens.extend(one_payload(topic));
        if let TopicName::Constant(path) = &topic.name {
            tokens.extend(legal_name(path));
        }
    }
    tokens.extend(distinct_names(model));
    for route in routes(model) {
        tokens.extend(ticks(route));
        tokens.extend(functions(route));
        tokens.extend(dead_letter_target(model, route));
    }
    tokens
}

fn routes(model: &Model) -> impl Iterator<Item = &Route> {
    model.groups.iter().flat_map(|group| &group.subscription_groups).flat_map(|subscription| &subscription.routes)
}

/// One topic has one payload, whoever reads or writes it.
fn one_payload(topic: &DeclaredTopic) -> TokenStream {
    let consumed = topic.consumers.iter().map(|consumer| {
        let (tokens, place) = (&consumer.tokens, consumer.place);
        (
            quote!(<#tokens as __karafka_private::Consumer>::Payload),
            quote!(<#tokens as __karafka_private::Consumer>::Codec),
            place,
        )
    });
    let produced = topic
        .produced
        .iter()
        .map(|produced| (produced.payload.tokens.clone(), topics::codec(produced), produced.payload.place));
    let all: Vec<_> = produced.chain(consumed).collect();
    let Some(((payload, codec, _), others)) = all.split_first() else { return TokenStream::new() };
    others
        .iter()
        .map(|(other, other_codec, place)| {
            quote_spanned! {hygiene::at(place.span())=>
                const _: () = __karafka_private::same_payload::<#other, #payload>();
                const _: () = __karafka_private::same_codec::<#other_codec, #codec>();
            }
        })
        .collect()
}

fn legal_name(path: &Written) -> TokenStream {
    let (tokens, sentence) = (&path.tokens, wording::illegal_constant(&path.text));
    quote_spanned! {hygiene::at(path.place.span())=>
        const _: () = ::core::assert!(__karafka_topology::check_name(#tokens).is_none(), #sentence);
    }
}

/// Names from constants differ from every other name of the block.
fn distinct_names(model: &Model) -> TokenStream {
    let mut tokens = TokenStream::new();
    for (index, topic) in model.topics.iter().enumerate() {
        let TopicName::Constant(path) = &topic.name else { continue };
        let others = model.topics.iter().enumerate().filter(|(other, candidate)| {
            // Two constants are compared once.
            *other != index && (*other < index || matches!(candidate.name, TopicName::Text(_)))
        });
        for (_, other) in others {
            let (mine, theirs) = (&path.tokens, topic_name(&other.name));
            let sentence = wording::constant_twice(&path.text, other.name.text());
            tokens.extend(quote_spanned! {hygiene::at(path.place.span())=>
                const _: () = ::core::assert!(!__karafka_topology::same_name(#mine, #theirs), #sentence);
            });
        }
    }
    tokens
}

/// `periodic` needs `Tick`.
fn ticks(route: &Route) -> TokenStream {
    let consumer = &route.consumer.tokens;
    match &route.policies.periodic {
        Periodicity::Every(_) => quote! {
            const _: () = __karafka_private::ticks::<#consumer>();
        },
        Periodicity::Never | Periodicity::Unsaid => TokenStream::new(),
    }
}

/// Functions that are named exist.
fn functions(route: &Route) -> TokenStream {
    let policy = route.policies.dead_letter_queue.as_ref().and_then(|queue| queue.policy.as_ref());
    let lane_key = match route.policies.parallel.as_ref().map(|parallel| &parallel.by) {
        Some(LaneKey::Function(path)) => Some(path),
        _ => None,
    };
    let paths = policy.into_iter().chain(lane_key).map(|path| &path.tokens);
    quote!(#(const _: fn() = || { let _ = #paths; };)*)
}

/// A target that only the compiler knows: a type that is not the source itself, or a name among constants.
fn dead_letter_target(model: &Model, route: &Route) -> TokenStream {
    let Some(queue) = &route.policies.dead_letter_queue else { return TokenStream::new() };
    let Source::Topic(source) = route.source else { return TokenStream::new() };
    let source = &model.topics[source].name;
    let span = hygiene::at(queue.target_place.span());
    match &queue.target {
        Target::Type(path) => {
            let (path, source_name) = (&path.tokens, topic_name(source));
            let sentence = wording::target_is_source(source.text());
            quote_spanned! {span=>
                const _: () = ::core::assert!(
                    !__karafka_topology::same_name(<#path as __karafka_private::Topic>::NAME, #source_name),
                    #sentence
                );
            }
        }
        Target::Name(name) => {
            let literal = model.topics.iter().any(|topic| matches!(&topic.name, TopicName::Text(text) if text == name));
            if literal {
                return TokenStream::new();
            }
            let constants = model.topics.iter().filter_map(|topic| match &topic.name {
                TopicName::Constant(path) => Some(&path.tokens),
                TopicName::Text(_) => None,
            });
            let sentence = wording::target_unknown(name, None);
            quote_spanned! {span=>
                const _: () = ::core::assert!(#(__karafka_topology::same_name(#constants, #name))||*, #sentence);
            }
        }
        Target::External(_) | Target::Skip => TokenStream::new(),
    }
}
