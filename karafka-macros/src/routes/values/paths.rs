//! Values that name something: types, paths, and where dead letters go.

use proc_macro2::{Delimiter, TokenTree};

use super::super::ast::Tokens;
use super::super::cursor::{as_ident, text};
use super::super::model::{LaneKey, Target, Written};
use super::{Subject, call, content};
use crate::diagnostics::{Errors, wording};

pub(super) fn target(subject: Subject<'_>, tokens: &Tokens, errors: &mut Errors) -> Option<Target> {
    if let Some(group) = call(tokens, "external") {
        let content = content(group);
        return match content.trees.as_slice() {
            [token] if text(token).is_some() => text(token).map(|text| Target::External(text.value)),
            _ => {
                errors.report(content.place, wording::external());
                None
            }
        };
    }
    match tokens.trees.as_slice() {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => {
            path(subject, tokens, errors).map(Target::Type)
        }
        [token] => match (text(token), as_ident(token).map(ToString::to_string).as_deref()) {
            (Some(text), _) => Some(Target::Name(text.value)),
            (_, Some("none")) => Some(Target::Skip),
            (_, Some(word @ ("nil" | "null" | "None"))) => {
                errors.report(tokens.place, wording::target_nil(word));
                None
            }
            (_, Some(word)) if word.chars().next().is_some_and(char::is_lowercase) => {
                errors.report(tokens.place, wording::target_unquoted(word));
                None
            }
            (_, Some(_)) => path(subject, tokens, errors).map(Target::Type),
            _ => {
                let found = wording::token(token);
                errors
                    .report(tokens.place, wording::wrong_kind(subject.name, wording::TARGET, &found, subject.example));
                None
            }
        },
        [] => {
            errors.report(tokens.place, wording::value_missing(subject.name, wording::TARGET, subject.example));
            None
        }
        _ => path(subject, tokens, errors).map(Target::Type),
    }
}

pub(super) fn lane_key(subject: Subject<'_>, tokens: &Tokens, errors: &mut Errors) -> Option<LaneKey> {
    match tokens.trees.as_slice() {
        [TokenTree::Ident(word)] if word == "key" => Some(LaneKey::Key),
        [TokenTree::Ident(word)] if word == "none" => Some(LaneKey::Any),
        _ => path(subject, tokens, errors).map(LaneKey::Function),
    }
}

pub(super) fn path(subject: Subject<'_>, tokens: &Tokens, errors: &mut Errors) -> Option<Written> {
    match syn::parse2::<syn::Path>(tokens.stream()) {
        Ok(_) => Some(written(tokens)),
        Err(error) => {
            errors.report(error.span(), wording::not_a_path(subject.name, subject.example));
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
            errors.report(error.span(), wording::not_a_type(subject.name, subject.example));
            None
        }
    }
}

pub(crate) fn written(tokens: &Tokens) -> Written {
    Written { tokens: tokens.stream(), text: wording::source(&tokens.trees), place: tokens.place }
}
