//! What stands beside errors: the public names, so that the rest of the program gets no errors of its own.
//!
//! Topics accept the payloads that could be read, nothing is asserted, and the user's types appear where an editor completes
//! them. The program does not compile anyway: the errors see to that.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use super::model::{Config, DeclaredTopic, LaneKey, Model, Route, Target, TopicName, Written};
use crate::diagnostics::Place;

pub(crate) fn fallback(mut model: Model) -> TokenStream {
    add_lost_types(&mut model);
    keep_first_of_each_type(&mut model);
    let model = &model;
    let module = expand::module(model);
    let (runtime, name, application) = (&model.runtime, &model.module, &model.application);
    let topics = model.topics.iter().map(|topic| {
        let type_name = &topic.type_name;
        let text = match &topic.name {
            TopicName::Text(text) => text.as_str(),
            TopicName::Constant(_) => "",
        };
        let payload = payload(topic).map(|payload| {
            quote! {
                impl __karafka_private::PayloadOf<#name::#type_name> for #payload {
                    fn encode(
                        &self,
                        _: &mut __karafka_private::Vec<u8>,
                    ) -> ::core::result::Result<(), __karafka_private::CodecError> {
                        ::core::result::Result::Ok(())
                    }
                }
            }
        });
        quote! {
            impl __karafka_private::Topic for #name::#type_name {
                const NAME: &'static str = #text;
            }
            #payload
        }
    });
    let completed = completed(model);
    quote! {
        #module
        #[allow(unexpected_cfgs, unused_imports)]
        const _: () = {
            use #runtime::__private as __karafka_private;
            use #runtime::__private::topology as __karafka_topology;
            impl __karafka_private::Block for #name::__Block {
                const TOPOLOGY: __karafka_topology::Topology = __karafka_topology::Topology {
                    application: #application,
                    docs: "",
                    groups: &[],
                    topics: &[],
                    unready: &[],
                };
                const ROUTES: __karafka_private::Routes =
                    __karafka_private::Routes { topology: #name::TOPOLOGY, consumers: &[] };
            }
            #(#topics)*
            #completed
        };
    }
}

/// The user's types and functions, in places where an editor completes them. Only editors see this: to the compiler, a name
/// that is typed by half would be a second error.
fn completed(model: &Model) -> TokenStream {
    let subscriptions = model.groups.iter().flat_map(|group| &group.subscription_groups);
    let routes: Vec<&Route> = subscriptions.flat_map(|subscription| &subscription.routes).collect();
    let queues = || routes.iter().filter_map(|route| route.policies.dead_letter_queue.as_ref());
    let targets = queues().filter_map(|queue| match &queue.target {
        Target::Type(path) => Some(path),
        _ => None,
    });
    let keys = routes.iter().filter_map(|route| match &route.policies.parallel.as_ref()?.by {
        LaneKey::Function(path) => Some(path),
        LaneKey::Key | LaneKey::Any => None,
    });
    let written = |path: &Written| path.tokens.clone();
    let consumers = model.topics.iter().flat_map(|topic| &topic.consumers);
    let codecs = model.topics.iter().flat_map(|topic| &topic.produced).filter_map(|produced| produced.codec.as_ref());
    let types = consumers.chain(codecs).chain(targets).map(written);
    let functions = queues().filter_map(|queue| queue.policy.as_ref()).chain(keys).map(written);
    quote! {
        #(
            #[cfg(rust_analyzer)]
            const _: ::core::marker::PhantomData<#types> = ::core::marker::PhantomData;
        )*
        #(
            #[cfg(rust_analyzer)]
            const _: fn() = || {
                let _ = #functions;
            };
        )*
    }
}

/// Types of topics that errors took out come back without payloads.
fn add_lost_types(model: &mut Model) {
    let lost = model.lost_types.drain(..).map(|type_name| DeclaredTopic {
        name: TopicName::Text(type_name.to_string()),
        place: Place::from(&type_name),
        type_name,
        docs: String::new(),
        config: Config::default(),
        consumers: Vec::new(),
        produced: Vec::new(),
        sensitive: false,
    });
    model.topics.extend(lost);
}

/// Two topics with one generated name are an error already; one of them is enough here.
fn keep_first_of_each_type(model: &mut Model) {
    let mut seen: HashSet<String> = HashSet::new();
    model.topics.retain(|topic| seen.insert(topic.type_name.to_string()));
    model.patterns.retain(|pattern| seen.insert(pattern.type_name.to_string()));
}

fn payload(topic: &DeclaredTopic) -> Option<TokenStream> {
    if let Some(produced) = topic.produced.first() {
        return Some(produced.payload.tokens.clone());
    }
    let consumer = &topic.consumers.first()?.tokens;
    Some(quote!(<#consumer as __karafka_private::Consumer>::Payload))
}
