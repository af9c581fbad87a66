//! Dead letter targets that only the compiler knows, and what their consumers read.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::super::super::model::{DeadLetterQueue, Model, Route, Source, Target, TopicName};
use super::super::data::topic_name;
use super::super::topics::{codec_of, payload_of};
use super::assertion;
use crate::diagnostics::wording;
use crate::hygiene;

pub(super) fn assertions(model: &Model, route: &Route) -> TokenStream {
    let Some(queue) = &route.policies.dead_letter_queue else { return TokenStream::new() };
    match &queue.target {
        Target::Type(path) => {
            let Source::Topic(source) = route.source else { return TokenStream::new() };
            let source = &model.topics[source].name;
            let (path, source_name) = (&path.tokens, topic_name(source));
            let name = quote!(<#path as __karafka_private::Topic>::NAME);
            let another = quote!(!__karafka_topology::same_name(#name, #source_name));
            assertion(queue.target_place, &another, &wording::target_is_source(source.text()))
        }
        Target::Name(name) => named(model, route, queue, name),
        Target::External(_) | Target::Skip => TokenStream::new(),
    }
}

fn named(model: &Model, route: &Route, queue: &DeadLetterQueue, name: &str) -> TokenStream {
    let known = model.topics.iter().find(|topic| matches!(&topic.name, TopicName::Text(text) if text == name));
    let Some(target) = known else {
        let constants = model.topics.iter().filter_map(|topic| match &topic.name {
            TopicName::Constant(path) => Some(&path.tokens),
            TopicName::Text(_) => None,
        });
        let among = quote!(#(__karafka_topology::same_name(#constants, #name))||*);
        return assertion(queue.target_place, &among, &wording::target_unknown(name, None));
    };
    let (payload, codec) = (payload_of(&route.consumer), codec_of(&route.consumer));
    target
        .consumers
        .iter()
        .map(|consumer| {
            let (target_payload, target_codec) = (payload_of(consumer), codec_of(consumer));
            let accepts = quote_spanned! {hygiene::at(route.consumer.place.span())=>
                {
                    #[allow(unused_imports)]
                    use __karafka_private::AcceptsFallback as _;
                    __karafka_private::Accepts::<(*const #target_payload, *const #target_codec), (*const #payload, *const #codec)>::SAME
                        || __karafka_private::Accepts::<*const #target_payload, ()>::RAW
                }
            };
            let sentence = wording::target_reads_otherwise(name, &consumer.text, &route.consumer.text);
            assertion(queue.target_place, &accepts, &sentence)
        })
        .collect()
}
