//! One setting to its meaning, guided by its row of the option table.

mod lists;
mod properties;

use super::ast::{Argument, ArgumentName, Form, Setting, Tokens};
use super::cursor::as_ident;
use super::grammar::{ArgumentSpecification, Kind, Specification, ValueKind};
use super::meaning::{self, Meaning};
use super::model::Produced;
use super::values::{self, Subject, Value};
use crate::diagnostics::{Errors, Place, nearest, wording};

/// Named arguments that were read.
pub(crate) struct Arguments {
    values: Vec<(&'static str, Value, Place)>,
}

impl Arguments {
    pub(crate) fn take<T>(&mut self, name: &str, convert: impl Fn(Value) -> Option<T>) -> Option<T> {
        let at = self.values.iter().position(|(known, ..)| *known == name)?;
        convert(self.values.swap_remove(at).1)
    }

    /// Where the argument's value stands, or `otherwise`.
    pub(crate) fn place(&self, name: &str, otherwise: Place) -> Place {
        self.values.iter().find(|(known, ..)| *known == name).map_or(otherwise, |(_, _, place)| *place)
    }
}

/// Reads `setting`; `None` after an error.
pub(crate) fn read(specification: &'static Specification, setting: &Setting, errors: &mut Errors) -> Option<Meaning> {
    let place = Place::from(&setting.word);
    let subject = Subject { name: specification.word, example: specification.example };
    match (specification.kind, &setting.form) {
        (Kind::Type, Form::Value(tokens)) => values::type_of(subject, tokens, errors).map(Meaning::Consumer),
        (Kind::Produce, Form::Value(tokens)) => {
            values::type_of(subject, tokens, errors).map(|payload| Meaning::Produce(Produced { payload, codec: None }))
        }
        (Kind::Produce, Form::Arguments(arguments, _)) => produce(specification, place, arguments, errors),
        (Kind::Switch, Form::Bare) => meaning::of_switch(specification.word, true),
        (Kind::Switch, Form::Value(tokens)) => {
            values::switch(subject, tokens, errors).and_then(|on| meaning::of_switch(specification.word, on))
        }
        (Kind::Value(kind), Form::Value(tokens)) => {
            values::read(kind, subject, tokens, errors).and_then(|value| meaning::of_value(specification.word, value))
        }
        (Kind::Value(kind), Form::Arguments(arguments, at)) => {
            value_in_parentheses(kind, subject, arguments, *at, errors)
        }
        (Kind::Arguments { bare: true, .. }, Form::Bare) => {
            meaning::of_arguments(specification.word, Arguments { values: Vec::new() }, place, errors)
        }
        (Kind::Arguments { bare: false, .. } | Kind::Properties { .. }, Form::Arguments(arguments, _))
            if arguments.is_empty() =>
        {
            errors.report(place, wording::arguments_expected(specification.word, specification.example));
            None
        }
        (Kind::Arguments { .. }, Form::Arguments(arguments, _)) => {
            let arguments = named(specification, place, arguments, errors)?;
            meaning::of_arguments(specification.word, arguments, place, errors)
        }
        (Kind::Arguments { bare, switch: true, .. }, Form::Value(tokens)) => {
            if !values::switch_or(subject, wording::ARGUMENTS_OR_SWITCH, tokens, errors)? {
                return Some(Meaning::Off);
            }
            if bare {
                return meaning::of_arguments(specification.word, Arguments { values: Vec::new() }, place, errors);
            }
            errors.report(tokens.place, wording::arguments_expected(specification.word, specification.example));
            None
        }
        (Kind::Slots, Form::Arguments(arguments, at)) => {
            lists::list(specification, arguments, *at, errors).map(Meaning::Nodes)
        }
        (Kind::Assign, Form::Arguments(arguments, at)) => lists::assign(specification, arguments, *at, errors),
        (Kind::Properties { .. }, Form::Arguments(arguments, _)) => {
            properties::read(specification, place, arguments, errors)
        }
        (Kind::Arguments { .. } | Kind::Slots | Kind::Assign | Kind::Properties { .. }, _) => {
            errors.report(place, wording::arguments_expected(specification.word, specification.example));
            None
        }
        (Kind::Type | Kind::Produce | Kind::Value(_), Form::Bare) => {
            errors.report(place, wording::value_expected(specification.word, specification.example));
            None
        }
        (Kind::Type | Kind::Switch, Form::Arguments(_, at)) => {
            errors.report(*at, wording::no_arguments(specification.word, specification.example));
            None
        }
    }
}

/// `initial_offset(latest)`: the value is right, the parentheses are not.
fn value_in_parentheses(
    kind: ValueKind,
    subject: Subject<'_>,
    arguments: &[Argument],
    at: Place,
    errors: &mut Errors,
) -> Option<Meaning> {
    errors.report(at, wording::no_arguments(subject.name, subject.example));
    let [Argument { name: None, value }] = arguments else { return None };
    values::read(kind, subject, value, errors).and_then(|value| meaning::of_value(subject.name, value))
}

/// Arguments by name: unknown, repeated and missing ones are reported.
fn named(
    specification: &'static Specification,
    place: Place,
    arguments: &[Argument],
    errors: &mut Errors,
) -> Option<Arguments> {
    let before = errors.len();
    let mut read = Arguments { values: Vec::new() };
    let mut seen: Vec<(&'static str, Place)> = Vec::new();
    let mut all_known = true;
    for argument in arguments {
        let Some((row, name_place, value)) = identify(specification, argument, errors) else {
            all_known = false;
            continue;
        };
        if let Some((_, first)) = seen.iter().find(|(name, _)| *name == row.name) {
            errors.report(*first, wording::argument_twice_first(row.name, specification.word));
            errors.report(name_place, wording::argument_twice_again(row.name, specification.word));
            continue;
        }
        seen.push((row.name, name_place));
        let example = format!("{}: {}", row.name, row.example);
        let subject = Subject { name: row.name, example: &example };
        let value_read = match value {
            None => Some(Value::Switch(true)),
            Some(tokens) => values::read(row.kind, subject, tokens, errors),
        };
        let value_place = value.map_or(name_place, |tokens| tokens.place);
        read.values.extend(value_read.map(|value| (row.name, value, value_place)));
    }
    for row in specification.arguments() {
        // One that is not known may be meant for it.
        if row.required && all_known && !seen.iter().any(|(name, _)| *name == row.name) {
            let example = format!("{}: {}", row.name, row.example);
            errors.report(place, wording::argument_required(specification.word, row.name, &example));
        }
    }
    (before == errors.len()).then_some(read)
}

/// Which row of the table an argument is, where its name stands, and its value (`None`: a bare switch).
fn identify<'a>(
    specification: &'static Specification,
    argument: &'a Argument,
    errors: &mut Errors,
) -> Option<(&'static ArgumentSpecification, Place, Option<&'a Tokens>)> {
    let names = || specification.arguments().iter().map(|row| row.name);
    let row = |word: &str| specification.arguments().iter().find(|row| row.name == word);
    let (word, place, value) = match &argument.name {
        Some(ArgumentName::Word(word)) => (word.to_string(), Place::from(word), Some(&argument.value)),
        Some(ArgumentName::Key(text)) => {
            errors.report(text.place, wording::argument_quoted(&text.value, specification.word));
            return None;
        }
        None => {
            let first = argument.value.trees.first()?;
            let Some(word) = as_ident(first) else {
                errors
                    .report(argument.value.place, wording::argument_unnamed(specification.word, specification.example));
                return None;
            };
            if let Some(rest) = argument.value.trees.get(1) {
                errors.report(super::cursor::token_place(rest), wording::leftover("", &wording::token(rest)));
                return None;
            }
            (word.to_string(), Place::from(word), None)
        }
    };
    let Some(row) = row(&word) else {
        errors.report(place, wording::unknown_argument(&word, specification.word, nearest(&word, names()), names()));
        return None;
    };
    if value.is_none() && !matches!(row.kind, ValueKind::Switch) {
        errors.report(place, wording::argument_without_value(row.name, row.example));
        return None;
    }
    Some((row, place, value))
}

/// `produce(Type, codec: Codec)`.
fn produce(
    specification: &'static Specification,
    place: Place,
    arguments: &[Argument],
    errors: &mut Errors,
) -> Option<Meaning> {
    let subject = Subject { name: "produce", example: specification.example };
    let [Argument { name: None, value }, rest @ ..] = arguments else {
        errors.report(place, wording::produce_type_first(specification.example));
        return None;
    };
    let payload = values::type_of(subject, value, errors)?;
    let mut rest = named(specification, place, rest, errors)?;
    let codec = rest.take("codec", |value| match value {
        Value::Written(codec) => Some(codec),
        _ => None,
    });
    Some(Meaning::Produce(Produced { payload, codec }))
}
