//! Reads one value as the option table says. Each reader reports what it expected and shows an example.

mod paths;

use std::time::Duration;

use proc_macro2::{Delimiter, Group, Literal, TokenTree};

use super::ast::Tokens;
use super::cursor::{Cursor, as_ident, is_punct, text};
use super::grammar::ValueKind;
use super::model::{InitialOffset, LaneKey, PropertyValue, Target, Written};
use super::numbers::{self, Number};
use crate::diagnostics::{Errors, nearest, wording};

pub(crate) use paths::{type_of, written};

/// A value that was read.
#[derive(Clone)]
pub(crate) enum Value {
    Integer(u64),
    Duration(Duration),
    Switch(bool),
    Word(&'static str),
    InitialOffset(InitialOffset),
    Target(Target),
    LaneKey(LaneKey),
    Written(Written),
}

/// What is read, for sentences: a name, and an example of correct use.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'s> {
    pub(crate) name: &'s str,
    pub(crate) example: &'s str,
}

/// Reads `tokens` as a value of `kind`; `None` after an error.
pub(crate) fn read(kind: ValueKind, subject: Subject<'_>, tokens: &Tokens, errors: &mut Errors) -> Option<Value> {
    match kind {
        ValueKind::Integer { min, max } => integer(min, max, subject, tokens, errors).map(Value::Integer),
        ValueKind::Duration { min_millis } => duration(min_millis, subject, tokens, errors).map(Value::Duration),
        ValueKind::Switch => switch(subject, tokens, errors).map(Value::Switch),
        ValueKind::Words(words) => word(words, subject, tokens, errors).map(Value::Word),
        ValueKind::InitialOffset => initial_offset(subject, tokens, errors).map(Value::InitialOffset),
        ValueKind::DeadLetterTarget => paths::target(subject, tokens, errors).map(Value::Target),
        ValueKind::LaneKey => paths::lane_key(subject, tokens, errors).map(Value::LaneKey),
        ValueKind::Path => paths::function(subject, wording::FUNCTION, tokens, errors).map(Value::Written),
        ValueKind::Type => type_of(subject, tokens, errors).map(Value::Written),
    }
}

/// The only token of a value; reports what stands behind it.
fn single<'t>(subject: Subject<'_>, expected: &str, tokens: &'t Tokens, errors: &mut Errors) -> Option<&'t TokenTree> {
    match tokens.trees.as_slice() {
        [] => {
            errors.report(tokens.place, wording::value_missing(subject.name, expected, subject.example));
            None
        }
        [token] => Some(token),
        [minus, TokenTree::Literal(_)] if is_punct(minus, '-') && matches!(expected, "a number" | "a duration") => {
            errors.report(tokens.place, wording::negative(subject.name));
            None
        }
        [first, rest, ..] => {
            if as_ident(first).is_some() && is_punct(rest, ':') {
                errors.report(tokens.place, wording::wrong_kind(subject.name, expected, "a path", subject.example));
            } else if matches!(first, TokenTree::Punct(_) | TokenTree::Group(_)) {
                let found = wording::token(first);
                errors.report(tokens.place, wording::wrong_kind(subject.name, expected, &found, subject.example));
            } else {
                let (number, unit) = (first.to_string(), rest.to_string());
                let apart = numbers::is_unit(&unit) && numbers::parse(&number).is_ok();
                let sentence = if apart {
                    wording::unit_apart(&number, &unit)
                } else {
                    wording::leftover(subject.example, &wording::token(rest))
                };
                errors.report(super::cursor::token_place(rest), sentence);
            }
            None
        }
    }
}

fn number(subject: Subject<'_>, expected: &str, tokens: &Tokens, errors: &mut Errors) -> Option<Number> {
    let token = single(subject, expected, tokens, errors)?;
    let TokenTree::Literal(literal) = token else {
        errors
            .report(tokens.place, wording::wrong_kind(subject.name, expected, &wording::token(token), subject.example));
        return None;
    };
    parse_number(subject, expected, literal, errors)
}

fn parse_number(subject: Subject<'_>, expected: &str, literal: &Literal, errors: &mut Errors) -> Option<Number> {
    match numbers::parse(&literal.to_string()) {
        Ok(number) => Some(number),
        Err(fault) => {
            let place = literal.span();
            errors.report(place, wording::number(subject.name, expected, &literal.to_string(), fault, subject.example));
            None
        }
    }
}

fn integer(min: u64, max: u64, subject: Subject<'_>, tokens: &Tokens, errors: &mut Errors) -> Option<u64> {
    let number = number(subject, "a number", tokens, errors)?;
    if !number.unit.is_empty() {
        let found = tokens.trees[0].to_string();
        errors.report(
            tokens.place,
            wording::wrong_kind(subject.name, "a number", &format!("`{found}`"), subject.example),
        );
        return None;
    }
    if number.amount < min || number.amount > max {
        errors.report(tokens.place, wording::out_of_range(subject.name, min, max, number.amount));
        return None;
    }
    Some(number.amount)
}

fn duration(min_millis: u64, subject: Subject<'_>, tokens: &Tokens, errors: &mut Errors) -> Option<Duration> {
    let number = number(subject, "a duration", tokens, errors)?;
    match numbers::duration(&number) {
        Ok(duration) if duration < Duration::from_millis(min_millis) => {
            errors.report(tokens.place, wording::too_short(subject.name, min_millis, &tokens.trees[0].to_string()));
            None
        }
        Ok(duration) => Some(duration),
        Err(fault) => {
            errors.report(tokens.place, wording::unit(subject.name, &number, fault, subject.example));
            None
        }
    }
}

pub(crate) fn switch(subject: Subject<'_>, tokens: &Tokens, errors: &mut Errors) -> Option<bool> {
    switch_or(subject, "`true` or `false`", tokens, errors)
}

/// A switch where `expected` says what else is legal.
pub(crate) fn switch_or(subject: Subject<'_>, expected: &str, tokens: &Tokens, errors: &mut Errors) -> Option<bool> {
    let token = single(subject, expected, tokens, errors)?;
    match as_ident(token).map(ToString::to_string).as_deref() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => {
            let found = wording::token(token);
            errors.report(tokens.place, wording::wrong_kind(subject.name, expected, &found, subject.example));
            None
        }
    }
}

fn word(words: &[&'static str], subject: Subject<'_>, tokens: &Tokens, errors: &mut Errors) -> Option<&'static str> {
    let expected = wording::one_of(words);
    let token = single(subject, &expected, tokens, errors)?;
    let found = as_ident(token).map(ToString::to_string);
    if let Some(word) = found.as_ref().and_then(|found| words.iter().find(|word| *word == found)) {
        return Some(word);
    }
    let near = found.as_ref().and_then(|found| nearest(found, words.iter().copied()));
    let found = wording::token(token);
    errors.report(
        tokens.place,
        match near {
            Some(near) => wording::word_near(subject.name, &found, near),
            None => wording::wrong_kind(subject.name, &expected, &found, subject.example),
        },
    );
    None
}

/// `name(..)`.
fn call<'t>(tokens: &'t Tokens, name: &str) -> Option<&'t Group> {
    match tokens.trees.as_slice() {
        [TokenTree::Ident(word), TokenTree::Group(group)]
            if word == name && group.delimiter() == Delimiter::Parenthesis =>
        {
            Some(group)
        }
        _ => None,
    }
}

fn content(group: &Group) -> Tokens {
    let mut cursor = Cursor::of_group(group);
    let trees: Vec<TokenTree> = std::iter::from_fn(|| cursor.next()).collect();
    let place = crate::diagnostics::Place::of(&trees, group.span());
    Tokens { trees, place }
}

fn initial_offset(subject: Subject<'_>, tokens: &Tokens, errors: &mut Errors) -> Option<InitialOffset> {
    if let Some(group) = call(tokens, "ago") {
        let subject = Subject { name: "ago", example: "ago(1h)" };
        return duration(1, subject, &content(group), errors).map(InitialOffset::Ago);
    }
    if let [TokenTree::Ident(word), TokenTree::Group(_), rest, ..] = tokens.trees.as_slice()
        && word == "ago"
    {
        errors.report(super::cursor::token_place(rest), wording::leftover(subject.example, &wording::token(rest)));
        return None;
    }
    match word(&["earliest", "latest", "ago"], subject, tokens, errors)? {
        "earliest" => Some(InitialOffset::Earliest),
        "latest" => Some(InitialOffset::Latest),
        _ => {
            errors.report(tokens.place, wording::ago_without_duration());
            None
        }
    }
}

/// The value of a `kafka(..)` or `config(..)` key.
pub(crate) fn property(key: &str, tokens: &Tokens, errors: &mut Errors) -> Option<PropertyValue> {
    let subject = Subject { name: key, example: "64KiB" };
    let token = match tokens.trees.as_slice() {
        [minus, token @ TokenTree::Literal(_)] if is_punct(minus, '-') => token,
        _ => single(subject, "a value", tokens, errors)?,
    };
    if let Some(text) = text(token) {
        if numbers::parse(&text.value).is_ok() || matches!(text.value.as_str(), "true" | "false") {
            errors.report(tokens.place, wording::quoted_value(key, &text.value));
            return None;
        }
        return Some(PropertyValue::Text(text.value));
    }
    match token {
        TokenTree::Ident(word) if word == "true" => Some(PropertyValue::Switch(true)),
        TokenTree::Ident(word) if word == "false" => Some(PropertyValue::Switch(false)),
        TokenTree::Literal(literal) => {
            let number = parse_number(subject, "a value", literal, errors)?;
            let amount = match numbers::property(&number) {
                Ok(amount) => amount,
                Err(fault) => {
                    errors.report(tokens.place, wording::unit(key, &number, fault, "64KiB"));
                    return None;
                }
            };
            let amount = if tokens.trees.len() == 2 { -amount } else { amount };
            Some(PropertyValue::Integer { amount, measure: numbers::measure(&number) })
        }
        _ => {
            errors.report(tokens.place, wording::property_value(key, &wording::token(token)));
            None
        }
    }
}
