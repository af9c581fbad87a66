//! `routes!`: tokens -> [`ast`] -> [`model`] -> generated code, and errors on the way.

mod arguments;
mod assignment;
mod ast;
mod chain;
mod check;
mod cursor;
mod expand;
mod fallback;
mod grammar;
mod meaning;
mod model;
mod names;
mod numbers;
mod parse;
mod patterns;
mod properties;
mod readiness;
#[cfg(test)]
mod reference;
mod resolve;
mod rules;
mod settings;
#[cfg(test)]
mod tests;
mod tree;
mod values;

use proc_macro2::TokenStream;

use crate::diagnostics::Errors;

pub(crate) use arguments::{Sign, split as split_arguments};
pub(crate) use ast::{Argument, ArgumentName, Tokens};
pub(crate) use cursor::{Cursor, is_punct};
pub(crate) use grammar::{Level, Specification};
pub(crate) use names::NameFault;
pub(crate) use numbers::{DURATION_UNITS, Fault, Number, SIZE_UNITS, UnitFault};

/// The whole pipeline.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let block = parse::parse(input, &mut errors);
    let model = check::check(&block, &mut errors);
    match model {
        Some(model) if errors.is_empty() => expand::expand(&model),
        Some(model) => {
            let mut tokens = errors.into_tokens();
            tokens.extend(fallback::fallback(model));
            tokens
        }
        None => errors.into_tokens(),
    }
}
