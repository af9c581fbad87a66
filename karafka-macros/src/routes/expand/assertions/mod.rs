//! What tokens cannot decide, left to the compiler: types, and values of constants.

mod dead_letters;
mod names;
mod payloads;
mod ticks;

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{quote, quote_spanned};

use super::super::model::{LaneKey, Model, Route};
use crate::diagnostics::Place;
use crate::hygiene;

pub(super) fn assertions(model: &Model) -> TokenStream {
    let mut tokens = names::assertions(model);
    tokens.extend(model.topics.iter().map(payloads::one_payload));
    tokens.extend(ticks::assertions(model));
    for route in routes(model) {
        tokens.extend(dead_letters::assertions(model, route));
        tokens.extend(functions(route));
    }
    tokens
}

fn routes(model: &Model) -> impl Iterator<Item = &Route> {
    model.groups.iter().flat_map(|group| &group.subscription_groups).flat_map(|subscription| &subscription.routes)
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

/// `const _: () = ::core::assert!(condition, "sentence");`, which underlines all of `place` when it fails.
fn assertion(place: Place, condition: &TokenStream, sentence: &str) -> TokenStream {
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#condition, #sentence));
    arguments.set_span(hygiene::at(place.end()));
    let call = quote_spanned!(hygiene::at(place.span())=> ::core::assert!);
    quote!(const _: () = #call #arguments;)
}
