//! Which parts of a setting the runtime cannot do yet, read off the option table.

use proc_macro2::TokenTree;

use super::ast::{ArgumentName, Form, Setting, Tokens};
use super::cursor::as_ident;
use super::grammar::{Readiness, Specification};

/// What to name in the error at boot: `parallel`, `initial_offset ago`, `dead_letter_queue(oversized: stub)`.
pub(crate) fn unready(specification: &Specification, setting: &Setting) -> Vec<String> {
    let word = specification.word;
    let mut found = Vec::new();
    match (specification.readiness, &setting.form) {
        (Readiness::NotReady, Form::Value(tokens)) if begins_with(tokens, "false") => {}
        (Readiness::NotReady, _) => found.push(word.to_owned()),
        (Readiness::NotReadyWith(value), Form::Value(tokens)) if begins_with(tokens, value) => {
            found.push(format!("{word} {value}"));
        }
        _ => {}
    }
    let Form::Arguments(arguments, _) = &setting.form else { return found };
    for argument in arguments {
        let name = match (&argument.name, argument.value.trees.first()) {
            (Some(ArgumentName::Word(name)), _) | (None, Some(TokenTree::Ident(name))) => name.to_string(),
            _ => continue,
        };
        let Some(row) = specification.arguments().iter().find(|row| row.name == name) else { continue };
        match row.readiness {
            Readiness::NotReady => found.push(format!("{word}({name})")),
            Readiness::NotReadyWith(value) if begins_with(&argument.value, value) => {
                found.push(format!("{word}({name}: {value})"));
            }
            Readiness::NotReadyWith(_) | Readiness::Ready => {}
        }
    }
    found
}

fn begins_with(tokens: &Tokens, word: &str) -> bool {
    tokens.trees.first().and_then(as_ident).is_some_and(|ident| ident == word)
}
