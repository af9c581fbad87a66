//! `(a, b: c, "d": e)` to a list of arguments, split at top-level commas outside `<>`.

use proc_macro2::{Group, Ident, TokenTree};

use super::ast::{Argument, ArgumentName, Tokens};
use super::cursor::{Cursor, is_punct, is_single_colon, text, token_place};
use crate::diagnostics::{Errors, Place, wording};

/// What stands between a name and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// In `routes!`.
    Colon,
    /// In attributes.
    Equals,
}

/// Splits the content of `group`, the arguments of `word`.
pub(crate) fn split(group: &Group, word: &Ident, sign: Sign, errors: &mut Errors) -> Vec<Argument> {
    let mut cursor = Cursor::of_group(group);
    let mut arguments = Vec::new();
    while !cursor.is_end() {
        let trees = one(&mut cursor);
        let comma = cursor.place();
        let closed = cursor.take_punct(',').or_else(|| cursor.take_punct(';')).is_some();
        if trees.is_empty() {
            if closed {
                errors.report(comma, wording::argument_missing(&word.to_string()));
            }
            continue;
        }
        arguments.extend(argument(trees, word, sign, errors));
    }
    arguments
}

/// The tokens up to a comma outside `<>`.
fn one(cursor: &mut Cursor) -> Vec<TokenTree> {
    let mut trees: Vec<TokenTree> = Vec::new();
    let mut depth = 0_u32;
    while let Some(token) = cursor.peek() {
        if (depth == 0 && is_punct(token, ',')) || is_punct(token, ';') {
            break;
        }
        depth = angles(depth, trees.last(), token);
        trees.extend(cursor.next());
    }
    trees
}

/// How many `<` are open behind `token`.
pub(crate) fn angles(open: u32, last: Option<&TokenTree>, token: &TokenTree) -> u32 {
    let arrow = last.is_some_and(|last| is_punct(last, '-') || is_punct(last, '='));
    if is_punct(token, '<') {
        open + 1
    } else if is_punct(token, '>') && !arrow {
        open.saturating_sub(1)
    } else {
        open
    }
}

fn argument(mut trees: Vec<TokenTree>, word: &Ident, sign: Sign, errors: &mut Errors) -> Option<Argument> {
    let equals = trees.get(1).is_some_and(|token| is_punct(token, '='));
    let colon = is_single_colon(&trees, 1);
    if !colon && !equals {
        let place = Place::of(&trees, word);
        return Some(Argument { name: None, value: Tokens { trees, place } });
    }
    let value = trees.split_off(2);
    let name = match &trees[0] {
        TokenTree::Ident(ident) => ArgumentName::Word(ident.clone()),
        token => match text(token) {
            Some(text) => ArgumentName::Key(text),
            None => {
                errors.report(token_place(token), wording::argument_name(&word.to_string()));
                return None;
            }
        },
    };
    let mut value = value;
    if equals != (sign == Sign::Equals) {
        errors.report(token_place(&trees[1]), wording::argument_sign(sign));
        if value.first().is_some_and(|token| is_punct(token, '>')) {
            value.remove(0);
        }
    }
    if value.is_empty() {
        errors.report(token_place(&trees[0]), wording::argument_value_missing(&wording::token(&trees[0])));
        return None;
    }
    let place = Place::of(&value, word);
    Some(Argument { name: Some(name), value: Tokens { trees: value, place } })
}
