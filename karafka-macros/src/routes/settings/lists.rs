//! `nodes(..)` and `assign(..)`: numbers and ranges, ascending and not repeated.

use proc_macro2::TokenTree;

use super::super::ast::Argument;
use super::super::cursor::is_punct;
use super::super::grammar::Specification;
use super::super::meaning::Meaning;
use super::super::model::Assign;
use super::super::numbers;
use crate::diagnostics::{Errors, Place, wording};

/// `(0, 1)`, `(0..4)` or `(0..=3)`: ascending and not repeated.
pub(super) fn list(
    specification: &Specification,
    arguments: &[Argument],
    at: Place,
    errors: &mut Errors,
) -> Option<Vec<u64>> {
    let before = errors.len();
    let mut numbers: Vec<u64> = Vec::new();
    for argument in arguments {
        if argument.name.is_some() {
            let place = argument.name_place();
            errors.report(place, wording::list_value(specification.word, specification.example));
            continue;
        }
        let Some(found) = number_or_range(&argument.value.trees) else {
            errors.report(argument.value.place, wording::list_value(specification.word, specification.example));
            continue;
        };
        if found.is_empty() {
            let range = wording::source(&argument.value.trees);
            errors.report(argument.value.place, wording::range_empty(&range));
            continue;
        }
        if found.last().is_some_and(|last| *last > HIGHEST) {
            errors.report(argument.value.place, wording::list_too_high(specification.word, HIGHEST));
            continue;
        }
        if numbers.last().zip(found.first()).is_some_and(|(last, first)| first <= last) {
            errors.report(argument.value.place, wording::list_order(specification.word));
        }
        numbers.extend(found);
    }
    if numbers.is_empty() && before == errors.len() {
        errors.report(at, wording::list_empty(specification.word, specification.example));
    }
    (before == errors.len()).then_some(numbers)
}

/// Highest slot or partition.
const HIGHEST: u64 = 65_535;

fn number_or_range(trees: &[TokenTree]) -> Option<Vec<u64>> {
    let number = |token: &TokenTree| match token {
        TokenTree::Literal(literal) => numbers::parse(&literal.to_string())
            .ok()
            .filter(|number| number.unit.is_empty())
            .map(|number| number.amount),
        _ => None,
    };
    let dot = |token: &TokenTree| is_punct(token, '.');
    let (low, high) = match trees {
        [one] => (number(one)?, number(one)?.checked_add(1)?),
        [low, a, b, high] if dot(a) && dot(b) => (number(low)?, number(high)?),
        [low, a, b, equals, high] if dot(a) && dot(b) && is_punct(equals, '=') => {
            (number(low)?, number(high)?.checked_add(1)?)
        }
        _ => return None,
    };
    // One above the bound is enough to see that it was passed.
    Some((low.min(HIGHEST + 1)..high.min(HIGHEST + 2)).collect())
}

pub(super) fn assign(
    specification: &Specification,
    arguments: &[Argument],
    at: Place,
    errors: &mut Errors,
) -> Option<Meaning> {
    if let [Argument { name: None, value }] = arguments
        && let [TokenTree::Ident(word)] = value.trees.as_slice()
        && word == "all"
    {
        return Some(Meaning::Assign(Assign::All));
    }
    list(specification, arguments, at, errors).map(|partitions| Meaning::Assign(Assign::Partitions(partitions)))
}
