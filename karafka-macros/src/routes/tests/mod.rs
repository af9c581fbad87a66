//! Blocks and what is said about them: the line, the underlined tokens, and the sentence.

mod expansion;
mod fuzz;
mod half_typed;
mod names;
mod once;
mod recovery;
mod structure;
mod together;
mod values;

use proc_macro2::TokenStream;

use super::model::Model;
use crate::diagnostics::Errors;

/// Runs parse and check over a block.
fn run(input: &str) -> (Option<Model>, Vec<(usize, String, String)>) {
    let stream: TokenStream = input.parse().expect("the test's input has balanced brackets");
    let mut errors = Errors::default();
    let block = super::parse::parse(stream, &mut errors);
    let model = super::check::check(&block, &mut errors);
    let mut list: Vec<_> =
        errors.list().iter().map(|(place, text)| (place.line(), place.text(), text.clone())).collect();
    list.sort();
    (model, list)
}

/// Expects exactly these errors, in the order of lines.
#[track_caller]
fn check(input: &str, expected: &[(usize, &str, &str)]) {
    let (_, found) = run(input);
    let found: Vec<_> = found.iter().map(|(line, token, text)| (*line, token.as_str(), text.as_str())).collect();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected, "in\n{input}");
}

/// A topic with a consumer and `settings`; expects one error that underlines `token`.
#[track_caller]
fn setting(settings: &str, token: &str, text: &str) {
    check(&format!("mod m;\ntopic \"t\" {{ consumer C; {settings} }}\ntopic \"u\";"), &[(2, token, text)]);
}

/// Expects a model and no error.
#[track_caller]
fn accept(input: &str) -> Model {
    let (model, errors) = run(input);
    assert!(errors.is_empty(), "{errors:#?} in\n{input}");
    model.expect("a block without errors has a model")
}
