//! The topology as a constant.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::super::model::{
    Assign, ConsumerGroup, DeclaredTopic, Model, Multiplexing, Property, PropertyValue, Route, Source,
    SubscriptionGroup, TopicName,
};
use super::policies::{self, duration};
use crate::hygiene;

pub(super) fn topology(model: &Model) -> TokenStream {
    let Model { application, docs, .. } = model;
    let mut consumer = 0_usize;
    let groups: Vec<TokenStream> =
        model.groups.iter().map(|group| consumer_group(model, group, &mut consumer)).collect();
    let topics = model.topics.iter().map(declared);
    let unready = model.unready.iter().map(|unready| {
        let (option, at) = (&unready.option, &unready.at);
        quote!(__karafka_topology::Unready { option: #option, at: #at })
    });
    quote! {
        __karafka_topology::Topology {
            application: #application,
            docs: #docs,
            groups: &[#(#groups),*],
            topics: &[#(#topics),*],
            unready: &[#(#unready),*],
        }
    }
}

/// One consumer for each route, in the order of [`topology`].
pub(super) fn consumers(model: &Model) -> impl Iterator<Item = TokenStream> {
    let subscriptions = model.groups.iter().flat_map(|group| &group.subscription_groups);
    subscriptions.flat_map(|subscription| &subscription.routes).map(|route| {
        let consumer = &route.consumer.tokens;
        quote_spanned!(hygiene::at(route.consumer.place.span())=> <#consumer as __karafka_private::Consumer>::VTABLE)
    })
}

fn consumer_group(model: &Model, group: &ConsumerGroup, consumer: &mut usize) -> TokenStream {
    let name = option(group.name.as_deref());
    let docs = &group.docs;
    let membership = match group.membership {
        "static" => quote!(Static),
        _ => quote!(Dynamic),
    };
    let protocol = match group.protocol {
        "classic" => quote!(Classic),
        _ => quote!(Consumer),
    };
    let subscriptions: Vec<TokenStream> = group
        .subscription_groups
        .iter()
        .map(|subscription| subscription_group(model, subscription, consumer))
        .collect();
    quote! {
        __karafka_topology::ConsumerGroup {
            name: #name,
            docs: #docs,
            membership: __karafka_topology::Membership::#membership,
            protocol: __karafka_topology::Protocol::#protocol,
            subscription_groups: &[#(#subscriptions),*],
        }
    }
}

fn subscription_group(model: &Model, group: &SubscriptionGroup, consumer: &mut usize) -> TokenStream {
    let name = option(group.name.as_deref());
    let docs = &group.docs;
    let multiplexing = multiplexing(group.multiplexing.as_ref());
    let isolation = match group.isolation {
        "read_uncommitted" => quote!(ReadUncommitted),
        _ => quote!(ReadCommitted),
    };
    let assign = match &group.assign {
        None => quote!(Balanced),
        Some(Assign::All) => quote!(All),
        Some(Assign::Partitions(partitions)) => {
            let partitions = partitions.iter().map(|partition| Literal::u64_unsuffixed(*partition));
            quote!(Partitions(&[#(#partitions),*]))
        }
    };
    let nodes = match &group.nodes {
        None => quote!(All),
        Some(slots) => {
            let slots = slots.iter().map(|slot| Literal::u64_unsuffixed(*slot));
            quote!(Slots(&[#(#slots),*]))
        }
    };
    let kafka = properties(&group.kafka);
    let routes: Vec<TokenStream> = group.routes.iter().map(|each| route(model, each, consumer)).collect();
    quote! {
        __karafka_topology::SubscriptionGroup {
            name: #name,
            docs: #docs,
            multiplexing: #multiplexing,
            isolation: __karafka_topology::Isolation::#isolation,
            assign: __karafka_topology::Assign::#assign,
            nodes: __karafka_topology::Nodes::#nodes,
            kafka: #kafka,
            routes: &[#(#routes),*],
        }
    }
}

fn route(model: &Model, route: &Route, consumer: &mut usize) -> TokenStream {
    let source = match &route.source {
        Source::Topic(index) => {
            let name = topic_name(&model.topics[*index].name);
            quote!(Topic(#name))
        }
        Source::Pattern(glob) => quote!(Pattern(#glob)),
    };
    let (docs, consumer_name, index) = (&route.docs, &route.consumer.text, Literal::usize_unsuffixed(*consumer));
    *consumer += 1;
    let policies = policies::policies(&route.policies);
    quote! {
        __karafka_topology::Route {
            source: __karafka_topology::Source::#source,
            docs: #docs,
            policies: #policies,
            consumer: #index,
            consumer_name: #consumer_name,
        }
    }
}

fn declared(topic: &DeclaredTopic) -> TokenStream {
    let name = topic_name(&topic.name);
    let (type_name, docs) = (topic.type_name.to_string(), &topic.docs);
    let number = |value: Option<u64>| option(value.map(Literal::u64_unsuffixed));
    let partitions = number(topic.config.partitions.map(|(count, _)| count));
    let replication_factor = number(topic.config.replication_factor.map(|(count, _)| count));
    let config = properties(&topic.config.properties);
    let (produced, sensitive) = (!topic.produced.is_empty(), topic.sensitive);
    quote! {
        __karafka_topology::DeclaredTopic {
            name: #name,
            type_name: #type_name,
            docs: #docs,
            partitions: #partitions,
            replication_factor: #replication_factor,
            config: #config,
            produced: #produced,
            sensitive: #sensitive,
        }
    }
}

/// The name as an expression.
pub(super) fn topic_name(name: &TopicName) -> TokenStream {
    match name {
        TopicName::Text(text) => quote!(#text),
        TopicName::Constant(path) => path.tokens.clone(),
    }
}

fn multiplexing(multiplexing: Option<&Multiplexing>) -> TokenStream {
    let Some(multiplexing) = multiplexing else { return quote!(__karafka_topology::Multiplexing::SINGLE) };
    let [min, max, boot] = [multiplexing.min, multiplexing.max, multiplexing.boot].map(Literal::u64_unsuffixed);
    let scale_delay = duration(multiplexing.scale_delay);
    quote!(__karafka_topology::Multiplexing { min: #min, max: #max, boot: #boot, scale_delay: #scale_delay })
}

fn properties(properties: &[Property]) -> TokenStream {
    let properties = properties.iter().map(|Property { key, value, .. }| {
        let value = match value {
            PropertyValue::Text(text) => quote!(Str(#text)),
            PropertyValue::Integer { amount, .. } => {
                let number = Literal::i64_unsuffixed(*amount);
                quote!(Int(#number))
            }
            PropertyValue::Switch(on) => quote!(Bool(#on)),
        };
        quote!(__karafka_topology::Property { key: #key, value: __karafka_topology::Value::#value })
    });
    quote!(&[#(#properties),*])
}

fn option(value: Option<impl quote::ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
