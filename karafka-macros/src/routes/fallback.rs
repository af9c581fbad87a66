//! What stands beside errors: the public names, so that the rest of the program gets no errors of its own.
//!
//! Topics accept the payloads that could be read, nothing is asserted, and the user's types appear where an editor completes
//! them. The program does not compile anyway: the errors see to that.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use super::model::{DeclaredTopic, Model, TopicName};

pub(crate) fn fallback(mut model: Model) -> TokenStream {
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
    let consumers = model.topics.iter().flat_map(|topic| &topic.consumers).map(|consumer| &consumer.tokens);
    quote! {
        #module
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
            #(const _: ::core::marker::PhantomData<#consumers> = ::core::marker::PhantomData;)*
        };
    }
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
