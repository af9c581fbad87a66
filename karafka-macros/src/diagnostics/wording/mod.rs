//! Every sentence that a user of the macros can read, in one place, to be reviewed as prose.
//!
//! The rules: lower case, user words in backticks, no full stop, what was expected and what was found, and the fix when
//! it can be known. A sentence never repeats what the underline already shows.

mod consumer;
mod rules;
mod structure;
mod tokens;
mod values;

pub(crate) use consumer::*;
pub(crate) use rules::*;
pub(crate) use structure::*;
pub(crate) use tokens::{source, token};
pub(crate) use values::*;

/// `a`, `b` or `c`, each in backticks.
pub(crate) fn one_of<'w>(words: impl IntoIterator<Item = &'w (impl AsRef<str> + ?Sized + 'w)>) -> String {
    list(words, "or")
}

fn list<'w>(words: impl IntoIterator<Item = &'w (impl AsRef<str> + ?Sized + 'w)>, conjunction: &str) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{}`", word.as_ref())).collect();
    match words.as_slice() {
        [] => String::new(),
        [word] => word.clone(),
        [first @ .., last] => format!("{} {conjunction} {last}", first.join(", ")),
    }
}
