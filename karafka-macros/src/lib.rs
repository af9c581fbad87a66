//! `routes!` and `derive(Consumer)` of karafka-rs. Use them through the `karafka-rt` crate, which documents them.
//!
//! Both macros are a pipeline of pure functions over token streams: parse, check, expand. This file only converts.
#![forbid(unsafe_code)]
#![allow(clippy::single_match_else, reason = "a match shows both cases side by side")]

mod consumer;
mod diagnostics;
mod hygiene;
mod routes;

use proc_macro::TokenStream;

// Documented where the runtime exports it.
#[allow(missing_docs)]
#[proc_macro]
pub fn routes(input: TokenStream) -> TokenStream {
    routes::expand(input.into()).into()
}

// Documented where the runtime exports it.
#[allow(missing_docs)]
#[proc_macro_derive(Consumer, attributes(consumer, state))]
pub fn consumer(input: TokenStream) -> TokenStream {
    consumer::expand(input.into()).into()
}
