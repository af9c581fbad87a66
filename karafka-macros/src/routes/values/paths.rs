//! Values that name something: types, paths, and where dead letters go.

use proc_macro2::{Delimiter, TokenTree};

use super::super::ast::Tokens;
use super::super::cursor::{as_ident, text, token_place};
use super::super::model::{LaneKey, Target, Written};
use super::{Subject, content};
use crate::diagnostics::{Errors, Place, wording};

pub(super) fn target(subject: Subject<'_>, tokens: &Tokens, errors: &mut Errors) -> Option<Target> {
    match tokens.trees.as_slice() {
        [] => {
            errors.report(tokens.place, wording::value_missing(subject.name, wording::TARGET, subject.example));
            None
        }
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => target_type(subject, tokens, errors),
        [token] => single_target(subject, token, tokens, errors),
        [TokenTree::Ident(word), rest @ ..] if word == "external" => external(tokens, rest, errors),
        [first, rest, ..] if text(first).is_some() => {
            errors.report(token_place(rest), wording::leftover("", &wording::token(rest)));
            None
        }
        _ => target_type(subject, tokens, errors),
    }
}

fn single_target(subject: Subject<'_>, token: &TokenTree, tokens: &Tokens, errors: &mut Errors) -> Option<Target> {
    let word = as_ident(token).map(ToString::to_string);
    let sentence = match (text(token), word.as_deref()) {
        (Some(text), _) => return Some(Target::Name(text.value)),
        (_, Some("none")) => return Some(Target::Skip),
        (_, Some("external")) => wording::external(),
        (_, Some(word @ ("nil" | "null" | "None"))) => wording::target_nil(word),
        (_, Some(word)) if word.chars().next().is_some_and(char::is_lowercase) => wording::target_unquoted(word),
        (_, Some(_)) => return target_type(subject, tokens, errors),
        _ => wording::wrong_kind(subject.name, wording::TARGET, &wording::token(token), subject.example),
    };
    errors.report(tokens.place, sentence);
    None
}

/// `("name")` behind `external`.
fn external(tokens: &Tokens, rest: &[TokenTree], errors: &mut Errors) -> Option<Target> {
    let [TokenTree::Group(group), behind @ ..] = rest else {
        errors.report(tokens.place, wording::external());
        return None;
    };
    let content = content(group);
    let name = match content.trees.as_slice() {
        [token] if group.delimiter() == Delimiter::Parenthesis => text(token),
        _ => None,
    };
    if name.is_none() {
        errors.report(content.place, wording::external());
    } else if let [extra, ..] = behind {
        errors.report(token_place(extra), wording::leftover("", &wording::token(extra)));
        return None;
    }
    name.map(|name| Target::External(name.value))
}

fn target_type(subject: Subject<'_>, tokens: &Tokens, errors: &mut Errors) -> Option<Target> {
    match syn::parse2::<syn::Path>(tokens.stream()) {
        Ok(_) => Some(Target::Type(written(tokens))),
        Err(error) => {
            let place = Place::of_error(&error, &tokens.trees, tokens.place);
            errors.report(place, wording::value_missing(subject.name, wording::TARGET, subject.example));
            None
        }
    }
}

pub(super) fn lane_key(subject: Subject<'_>, tokens: &Tokens, errors: &mut Errors) -> Option<LaneKey> {
    match tokens.trees.as_slice() {
        [TokenTree::Ident(word)] if word == "key" => Some(LaneKey::Key),
        [TokenTree::Ident(word)] if word == "none" => Some(LaneKey::Any),
        _ => function(subject, wording::LANE_KEY, tokens, errors).map(LaneKey::Function),
    }
}

/// A path that can stand where a value is expected: `f::<T>` and not `f<T>`.
pub(super) fn function(subject: Subject<'_>, expected: &str, tokens: &Tokens, errors: &mut Errors) -> Option<Written> {
    match syn::parse2::<syn::ExprPath>(tokens.stream()) {
        Ok(_) => Some(written(tokens)),
        Err(error) => {
            let place = Place::of_error(&error, &tokens.trees, tokens.place);
            errors.report(place, wording::value_missing(subject.name, expected, subject.example));
            None
        }
    }
}

pub(crate) fn type_of(subject: Subject<'_>, tokens: &Tokens, errors: &mut Errors) -> Option<Written> {
    if tokens.trees.is_empty() {
        errors.report(tokens.place, wording::value_missing(subject.name, "a type", subject.example));
        return None;
    }
    match syn::parse2::<syn::Type>(tokens.stream()) {
        Ok(_) => Some(written(tokens)),
        Err(error) => {
            let place = Place::of_error(&error, &tokens.trees, tokens.place);
            errors.report(place, wording::not_a_type(subject.name, subject.example));
            None
        }
    }
}

pub(crate) fn written(tokens: &Tokens) -> Written {
    Written { tokens: tokens.stream(), text: wording::source(&tokens.trees), place: tokens.place }
}
