//! Names: which are legal in Kafka, and which identifiers they give.

use proc_macro2::Ident;

use super::ast::{Name, Section, Text};
use crate::diagnostics::{Errors, Place, wording};
use crate::hygiene;

/// Kafka's bound (`org.apache.kafka.common.internals.Topic`).
const LONGEST: usize = 249;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameFault {
    Empty,
    TooLong,
    Dots,
    Character(char),
}

/// What is wrong with a name of a topic, a group or an application.
pub(crate) fn fault(name: &str) -> Option<NameFault> {
    if name.is_empty() {
        return Some(NameFault::Empty);
    }
    if let Some(character) = name.chars().find(|character| !is_legal(*character)) {
        return Some(NameFault::Character(character));
    }
    if name.len() > LONGEST {
        return Some(NameFault::TooLong);
    }
    (name == "." || name == "..").then_some(NameFault::Dots)
}

fn is_legal(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-')
}

/// Reports an illegal name.
pub(crate) fn check(text: &Text, errors: &mut Errors) {
    if let Some(fault) = fault(&text.value) {
        errors.report(text.place, wording::illegal_name(&text.value, fault));
    }
}

/// The checked name of a group; `None` for an unnamed one.
pub(crate) fn of_group(section: &Section, errors: &mut Errors) -> Option<(String, Place)> {
    if let Some(alias) = &section.alias {
        errors.report(alias, wording::alias_of_group());
    }
    match &section.name {
        Name::Text(text) => {
            check(text, errors);
            Some((text.value.clone(), text.place))
        }
        Name::Path(_) | Name::Absent => None,
    }
}

/// `orders.placed` to `OrdersPlaced`; `None` when that is no identifier.
pub(crate) fn identifier(name: &str) -> Option<String> {
    let mut text = String::new();
    for part in name.split(['.', '_', '-']) {
        let mut characters = part.chars();
        text.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        text.push_str(characters.as_str());
    }
    let begins = text.starts_with(|first: char| first.is_ascii_alphabetic());
    let legal = begins && text.chars().all(|character| character.is_ascii_alphanumeric()) && text != "Self";
    legal.then_some(text)
}

/// Identifiers that the generated module uses itself.
const RESERVED: [&str; 3] = ["ROUTES", "TOPOLOGY", "__Block"];

/// The generated type of a topic: its alias, or what its name gives.
pub(crate) fn type_name(name: &str, place: Place, alias: Option<&Ident>, errors: &mut Errors) -> Option<Ident> {
    let ident = match alias {
        Some(alias) => hygiene::named(alias),
        None => match identifier(name) {
            Some(text) => hygiene::item(&text, place.span()),
            None => {
                if fault(name).is_none() {
                    errors.report(place, wording::no_identifier(name));
                }
                return None;
            }
        },
    };
    let text = ident.to_string();
    if RESERVED.contains(&text.as_str()) {
        errors.report(alias.map_or(place, Place::from), wording::reserved(&text));
        return None;
    }
    Some(ident)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_kafkas_rule() {
        for (name, expected) in [
            ("orders", None),
            ("a.B_c-9", None),
            ("...", None),
            ("", Some(NameFault::Empty)),
            (".", Some(NameFault::Dots)),
            ("..", Some(NameFault::Dots)),
            ("a b", Some(NameFault::Character(' '))),
            ("größe", Some(NameFault::Character('ö'))),
        ] {
            assert_eq!(fault(name), expected, "{name:?}");
        }
        assert_eq!(fault(&"x".repeat(249)), None);
        assert_eq!(fault(&"x".repeat(250)), Some(NameFault::TooLong));
    }

    #[test]
    fn names_give_identifiers() {
        for (name, expected) in [
            ("orders", Some("Orders")),
            ("orders.placed", Some("OrdersPlaced")),
            ("orders_v2-eu", Some("OrdersV2Eu")),
            ("Orders", Some("Orders")),
            ("order.7", Some("Order7")),
            ("7.orders", None),
            ("self", None),
            ("...", None),
        ] {
            assert_eq!(identifier(name).as_deref(), expected, "{name}");
        }
    }
}
