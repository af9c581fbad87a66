//! `derive(Consumer)`: tokens -> [`ast`] -> [`model`] -> an implementation, and errors on the way.

mod ast;
mod check;
mod expand;
mod model;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

use crate::diagnostics::Errors;

/// The whole pipeline. After errors the implementation still comes, so that nothing else fails for the lack of it.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let parsed = parse::parse(input, &mut errors);
    let model = parsed.and_then(|structure| check::check(&structure, &mut errors));
    let broken = !errors.is_empty();
    let mut tokens = errors.into_tokens();
    tokens.extend(model.map(|model| if broken { expand::fallback(&model) } else { expand::expand(&model) }));
    tokens
}
