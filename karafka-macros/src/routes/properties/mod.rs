//! `kafka(..)` and `config(..)`: keys that exist, that are the user's to set, and values that fit.
//!
//! Values of refused keys are never repeated: they may be secret.

mod librdkafka;
mod refused;
mod topics;

use super::model::{Property as Given, PropertyValue};
use super::numbers::Measure;
use crate::diagnostics::{Errors, nearest, wording};

/// A librdkafka property.
struct Property {
    name: &'static str,
    side: Side,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Both,
    Consumer,
    Producer,
}

/// What a property's value may be.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Boolean,
    Integer {
        min: i64,
        max: i64,
    },
    Choice(&'static [&'static str]),
    Flags(&'static [&'static str]),
    /// Only code can set it.
    Api,
}

const fn property(name: &'static str, side: Side, kind: Kind) -> Property {
    Property { name, side, kind }
}

const fn alias(name: &'static str, side: Side, kind: Kind, _of: &'static str) -> Property {
    Property { name, side, kind }
}

const fn integer(min: i64, max: i64) -> Kind {
    Kind::Integer { min, max }
}

/// Checks one key and its value in the arguments of `word`.
pub(crate) fn check(word: &str, given: &Given, errors: &mut Errors) {
    if word == "kafka" { connection(given, errors) } else { topic(given, errors) }
}

fn connection(given: &Given, errors: &mut Errors) {
    let key = given.key.as_str();
    if let Some(reason) = refused::reason(key) {
        errors.report(given.place, wording::property_refused(key, reason));
        return;
    }
    let Some(property) = librdkafka::PROPERTIES.iter().find(|property| property.name == key) else {
        let legal = librdkafka::PROPERTIES.iter().filter(|property| is_open(property)).map(|property| property.name);
        errors.report(given.place, wording::property_unknown(key, nearest(key, legal)));
        return;
    };
    if property.side == Side::Producer {
        errors.report(given.place, wording::property_of_producers(key));
        return;
    }
    if wrong_measure(given, errors) {
        return;
    }
    if let Some(expected) = mismatch(property.kind, &given.value) {
        errors.report(given.value_place, wording::property_value_wrong(key, &expected));
    }
}

/// Whether a block may set it.
fn is_open(property: &Property) -> bool {
    property.side != Side::Producer && refused::reason(property.name).is_none() && !matches!(property.kind, Kind::Api)
}

/// What was expected instead of `value`.
fn mismatch(kind: Kind, value: &PropertyValue) -> Option<String> {
    match (kind, value) {
        (Kind::Boolean, PropertyValue::Switch(_)) | (Kind::Text, PropertyValue::Text(_)) => None,
        (Kind::Integer { min, max }, PropertyValue::Integer { amount, .. }) if (min..=max).contains(amount) => None,
        (Kind::Choice(words), PropertyValue::Text(text)) if words.contains(&text.as_str()) => None,
        (Kind::Flags(words), PropertyValue::Text(text)) if text.split(',').all(|flag| words.contains(&flag)) => None,
        (Kind::Boolean, _) => Some("`true` or `false`".to_owned()),
        (Kind::Text, _) => Some("text in quotes".to_owned()),
        (Kind::Integer { min, max }, _) => Some(format!("a number from {min} to {max}")),
        (Kind::Choice(words), _) => Some(wording::one_quoted(words)),
        (Kind::Flags(words), _) => Some(format!("{}, several with commas", wording::one_quoted(words))),
        (Kind::Api, _) => Some("nothing: only code can set it".to_owned()),
    }
}

/// Topic settings differ between brokers, so only near misses are refused.
fn topic(given: &Given, errors: &mut Errors) {
    let key = given.key.as_str();
    match topics::near_miss(key).filter(|_| !topics::SETTINGS.contains(&key)) {
        Some(near) => errors.report(given.place, wording::property_unknown(key, Some(near))),
        None => drop(wrong_measure(given, errors)),
    }
}

/// Sizes fit keys about bytes, durations keys about milliseconds; other keys take numbers as they are.
fn wrong_measure(given: &Given, errors: &mut Errors) -> bool {
    let PropertyValue::Integer { measure, .. } = given.value else { return false };
    let key = given.key.as_str();
    let (bytes, millis) = (key.contains("bytes"), matches!(key.rsplit('.').next(), Some("ms" | "ttl")));
    let found = match measure {
        Measure::Size if !bytes => "a size",
        Measure::Duration if !millis => "a duration",
        _ => return false,
    };
    let expected = match (bytes, millis) {
        (true, _) => "a size in bytes",
        (_, true) => "a duration in milliseconds",
        _ => "a number without a unit",
    };
    errors.report(given.value_place, wording::measure(key, expected, found));
    true
}

#[cfg(test)]
mod tests {
    /// Rows of a table's source text.
    fn rows(text: &str) -> Vec<&str> {
        let row = |line: &&str| line.starts_with("property(") || line.starts_with("alias(");
        text.lines().map(str::trim).filter(row).collect()
    }

    #[test]
    fn the_table_agrees_with_the_runtime() {
        let runtime = concat!(env!("CARGO_MANIFEST_DIR"), "/../karafka-rt/src/config/properties.rs");
        let runtime = std::fs::read_to_string(runtime).expect("the runtime's table stands beside this crate");
        let own = rows(include_str!("librdkafka.rs"));
        assert!(own.len() > 150, "{} rows", own.len());
        assert_eq!(own, rows(&runtime));
    }

    #[test]
    fn refused_keys_exist() {
        for (key, _) in super::refused::REFUSED {
            assert!(super::librdkafka::PROPERTIES.iter().any(|property| property.name == *key), "{key}");
        }
    }
}
