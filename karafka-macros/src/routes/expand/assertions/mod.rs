//! What tokens cannot decide, left to the compiler: types, and values of constants.

mod dead_letters;
mod names;
mod payloads;
mod ticks;

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{quote, quote_spanned};

use super::super::model::{LaneKey, Model, Parallel, Route, Written};
use crate::diagnostics::{Place, wording};
use crate::hygiene;

pub(super) fn assertions(model: &Model) -> TokenStream {
    let mut tokens = names::assertions(model);
    tokens.extend(model.topics.iter().map(payloads::one_payload));
    tokens.extend(ticks::assertions(model));
    for route in routes(model) {
        tokens.extend(dead_letters::assertions(model, route));
        tokens.extend(functions(route));
        tokens.extend(lanes(route));
    }
    tokens
}

fn routes(model: &Model) -> impl Iterator<Item = &Route> {
    model.groups.iter().flat_map(|group| &group.subscription_groups).flat_map(|subscription| &subscription.routes)
}

/// Functions that are named exist, and are what is called. What is wrong with one is said where its path stands.
fn functions(route: &Route) -> TokenStream {
    let policy = route.policies.dead_letter_queue.as_ref().and_then(|queue| queue.policy.as_ref());
    let policy = policy.map(|path| &path.tokens).into_iter();
    let lane_key = match route.policies.parallel.as_ref().map(|parallel| &parallel.by) {
        Some(LaneKey::Function(path)) => Some(path),
        _ => None,
    };
    let lane_key = lane_key.map(|path| {
        let (tokens, kind) = (&path.tokens, quote!(fn(__karafka_private::RecordView<'_>) -> u64));
        quote_spanned!(hygiene::at(path.place.span())=> const _: #kind = #tokens;)
    });
    quote!(#(const _: fn() = || { let _ = #policy; };)* #lane_key)
}

/// Only async handlers have a number of lanes of their own.
fn lanes(route: &Route) -> TokenStream {
    let Some(Parallel { lanes: None, place, .. }) = &route.policies.parallel else { return TokenStream::new() };
    let Written { tokens, text, .. } = &route.consumer;
    let is_async = quote!(<#tokens as __karafka_private::Consumer>::VTABLE.handler.is_async());
    assertion(*place, &is_async, &wording::lanes_missing(text))
}

/// `const _: () = ::core::assert!(condition, "sentence");`, which underlines all of `place` when it fails.
fn assertion(place: Place, condition: &TokenStream, sentence: &str) -> TokenStream {
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#condition, #sentence));
    arguments.set_span(hygiene::at(place.end()));
    let call = quote_spanned!(hygiene::at(place.span())=> ::core::assert!);
    quote!(const _: () = #call #arguments;)
}
