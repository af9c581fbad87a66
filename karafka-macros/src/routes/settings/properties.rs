//! `kafka(..)` and `config(..)`: keys in quotes, and the named arguments of the table.

use super::super::ast::{Argument, ArgumentName};
use super::super::grammar::Specification;
use super::super::meaning::{self, Meaning};
use super::super::model::{Config, Property};
use super::super::{properties, values};
use super::named;
use crate::diagnostics::{Errors, Place, wording};

/// `("key": value, ..)` with the named arguments of the table.
pub(super) fn read(
    specification: &'static Specification,
    place: Place,
    arguments: &[Argument],
    errors: &mut Errors,
) -> Option<Meaning> {
    let before = errors.len();
    let mut properties: Vec<Property> = Vec::new();
    let mut words: Vec<Argument> = Vec::new();
    for argument in arguments {
        let Some(ArgumentName::Key(key)) = &argument.name else {
            words.push(Argument { name: clone_name(argument), value: argument.value.clone() });
            continue;
        };
        if let Some(first) = properties.iter().find(|property| property.key == key.value) {
            errors.report(first.place, wording::argument_twice_first(&key.value, specification.word));
            errors.report(key.place, wording::argument_twice_again(&key.value, specification.word));
            continue;
        }
        if specification.arguments().iter().any(|row| row.name == key.value) {
            errors.report(key.place, wording::argument_quoted(&key.value, specification.word));
            continue;
        }
        let Some(value) = values::property(&key.value, &argument.value, errors) else { continue };
        let property = Property { key: key.value.clone(), value, place: key.place, value_place: argument.value.place };
        properties::check(specification.word, &property, errors);
        properties.push(property);
    }
    let words = if specification.arguments().is_empty() { keys_only(specification, words, errors) } else { words };
    let mut named = named(specification, place, &words, errors)?;
    if before != errors.len() {
        return None;
    }
    if specification.word == "kafka" {
        return Some(Meaning::Kafka(properties));
    }
    let mut integer = |name: &str| {
        let place = named.place(name, place);
        named.take(name, meaning::integer).map(|value| (value, place))
    };
    let (partitions, replication_factor) = (integer("partitions"), integer("replication_factor"));
    Some(Meaning::Config(Config { partitions, replication_factor, properties }))
}

/// Where only string keys are legal, everything else is reported here.
fn keys_only(specification: &Specification, words: Vec<Argument>, errors: &mut Errors) -> Vec<Argument> {
    for argument in words {
        errors.report(argument.name_place(), wording::key_unquoted(specification.word, specification.example));
    }
    Vec::new()
}

fn clone_name(argument: &Argument) -> Option<ArgumentName> {
    match argument.name.as_ref()? {
        ArgumentName::Word(word) => Some(ArgumentName::Word(word.clone())),
        ArgumentName::Key(text) => Some(ArgumentName::Key(text.clone())),
    }
}
