//! Sentences about one value.

use std::time::Duration;

use super::one_of;
use crate::routes::{DURATION_UNITS, Fault, Number, SIZE_UNITS, UnitFault};

/// What a dead letter target can be.
pub(crate) const TARGET: &str = "a topic's name in quotes, a topic type, `external(\"x\")` or `none`";

/// What a word with arguments can have instead.
pub(crate) const ARGUMENTS_OR_SWITCH: &str = "arguments, `true` or `false`";

/// What keeps its order.
pub(crate) const LANE_KEY: &str = "`key`, `none` or a path to a function";

/// What decides.
pub(crate) const FUNCTION: &str = "a path to a function";

pub(crate) fn value_expected(word: &str, example: &str) -> String {
    format!("`{word}` needs a value, for example `{example}`")
}

pub(crate) fn value_missing(name: &str, expected: &str, example: &str) -> String {
    format!("`{name}` needs {expected}, for example `{example}`")
}

pub(crate) fn arguments_expected(word: &str, example: &str) -> String {
    format!("`{word}` takes arguments, for example `{example}`")
}

pub(crate) fn no_arguments(word: &str, example: &str) -> String {
    format!("`{word}` takes no parentheses, for example `{example}`")
}

pub(crate) fn argument_required(word: &str, argument: &str, example: &str) -> String {
    format!("`{word}` needs the argument `{argument}`, for example `{example}`")
}

pub(crate) fn argument_unnamed(word: &str, example: &str) -> String {
    format!("arguments of `{word}` are named, for example `{example}`")
}

pub(crate) fn argument_without_value(argument: &str, example: &str) -> String {
    format!("`{argument}` needs a value, for example `{argument}: {example}`")
}

pub(crate) fn argument_quoted(argument: &str, word: &str) -> String {
    format!("`{argument}` is an argument of `{word}` without quotes: `{argument}: ..`")
}

pub(crate) fn key_unquoted(word: &str, example: &str) -> String {
    format!("`{word}` takes keys in quotes, for example `{example}`")
}

pub(crate) fn argument_twice_first(argument: &str, word: &str) -> String {
    format!("`{argument}` of `{word}` is set here first")
}

pub(crate) fn argument_twice_again(argument: &str, word: &str) -> String {
    format!("`{argument}` of `{word}` is set a second time, remove one of them")
}

pub(crate) fn setting_twice_first(word: &str) -> String {
    format!("`{word}` is set here first")
}

pub(crate) fn setting_twice_again(word: &str) -> String {
    format!("`{word}` is set a second time, remove one of them")
}

pub(crate) fn wrong_kind(name: &str, expected: &str, found: &str, example: &str) -> String {
    format!("`{name}` needs {expected}, found {found}, for example `{example}`")
}

pub(crate) fn word_near(name: &str, found: &str, near: &str) -> String {
    format!("unknown value {found} of `{name}`, did you mean `{near}`?")
}

/// What stands behind a complete value. Examples of settings show their semicolon.
pub(crate) fn leftover(example: &str, found: &str) -> String {
    if example.ends_with(';') {
        format!("expected `;`, found {found}")
    } else {
        format!("expected `,` or `)`, found {found}")
    }
}

pub(crate) fn unit_apart(number: &str, unit: &str) -> String {
    format!("a unit stands right behind its number: `{number}{unit}`")
}

pub(crate) fn measure(key: &str, expected: &str, found: &str) -> String {
    format!("`{key}` is {expected}, found {found}")
}

pub(crate) fn negative(name: &str) -> String {
    format!("`{name}` cannot be negative")
}

pub(crate) fn number(name: &str, expected: &str, found: &str, fault: Fault, example: &str) -> String {
    match fault {
        Fault::NoNumber => wrong_kind(name, expected, &format!("`{found}`"), example),
        Fault::Quoted => format!("`{name}` needs {expected} without quotes: `{}`", found.trim_matches('"')),
        Fault::Fraction if expected == "a duration" => {
            format!("`{name}` needs a whole number: for a part of a unit take the smaller one, like `1500ms`")
        }
        Fault::Fraction => format!("`{name}` needs a whole number, for example `{example}`"),
        Fault::Radix => format!("`{name}` needs a decimal number, for example `{example}`"),
        Fault::TooLarge => format!("`{found}` is too large"),
    }
}

pub(crate) fn out_of_range(name: &str, min: u64, max: u64, found: u64) -> String {
    if found < min {
        format!("`{name}` is at least {min}, found {found}")
    } else {
        format!("`{name}` is at most {max}, found {found}")
    }
}

pub(crate) fn too_short(name: &str, min_millis: u64, found: &str) -> String {
    format!("`{name}` is at least {min_millis}ms, found {found}")
}

pub(crate) fn unit(name: &str, number: &Number, fault: UnitFault, example: &str) -> String {
    let Number { amount, unit } = number;
    match fault {
        UnitFault::Missing => format!("`{name}` needs a unit: `{amount}ms`, `{amount}s` or `{amount}min`"),
        UnitFault::Ambiguous => format!("`{amount}m` is not clear, `{amount}min` or `{amount}ms`?"),
        UnitFault::TooLarge if SIZE_UNITS.iter().any(|(size, _)| size == unit) || unit.is_empty() => {
            format!("`{amount}{unit}` is too large")
        }
        UnitFault::TooLarge => format!("`{amount}{unit}` is too long: the longest duration is 3650d"),
        UnitFault::Unknown if SIZE_UNITS.iter().any(|(size, _)| size == unit) => {
            format!("`{name}` needs a duration, found the size `{amount}{unit}`, for example `{example}`")
        }
        UnitFault::Unknown => {
            format!("unknown unit `{unit}` of `{name}`, expected {}", one_of(&DURATION_UNITS.map(|(unit, _)| unit)))
        }
    }
}

pub(crate) fn ago_without_duration() -> String {
    "`ago` needs a duration: `ago(1h)`".to_owned()
}

pub(crate) fn external() -> String {
    "`external` needs the full name of a topic in quotes: `external(\"orders.dead\")`".to_owned()
}

pub(crate) fn target_nil(word: &str) -> String {
    format!("to skip and count records without a dead letter topic write `none`, not `{word}`")
}

pub(crate) fn target_unquoted(word: &str) -> String {
    format!("quote the topic's name: `\"{word}\"`")
}

pub(crate) fn not_a_type(name: &str, example: &str) -> String {
    format!("`{name}` needs a type, for example `{example}`")
}

pub(crate) fn produce_type_first(example: &str) -> String {
    format!("`produce` needs the payload's type first, for example `{example}`")
}

pub(crate) fn quoted_value(key: &str, value: &str) -> String {
    format!("numbers and switches stand without quotes: `\"{key}\": {value}`")
}

pub(crate) fn property_value(key: &str, found: &str) -> String {
    format!("`{key}` needs text in quotes, a number, a duration, a size, `true` or `false`, found {found}")
}

pub(crate) fn list_value(word: &str, example: &str) -> String {
    format!("`{word}` takes numbers and ranges, for example `{example}`")
}

pub(crate) fn list_order(word: &str) -> String {
    format!("write the numbers of `{word}` in ascending order, each once")
}

pub(crate) fn range_empty(range: &str) -> String {
    format!("the range `{range}` is empty: ranges go up, and `0..4` ends before 4")
}

pub(crate) fn list_too_high(word: &str, highest: u64) -> String {
    format!("numbers of `{word}` are at most {highest}")
}

pub(crate) fn list_empty(word: &str, example: &str) -> String {
    format!("`{word}` needs at least one number, for example `{example}`")
}

pub(crate) fn min_above_max(min: u64, max: u64) -> String {
    format!("`min` ({min}) is above `max` ({max})")
}

pub(crate) fn max_below_min(max: u64, min: u64) -> String {
    format!("`max` ({max}) is below `min` ({min})")
}

pub(crate) fn boot_outside(boot: u64, min: u64, max: u64) -> String {
    format!("`boot` ({boot}) is not between `min` ({min}) and `max` ({max})")
}

pub(crate) fn retry_without_pause() -> String {
    "`during_retry` needs `during_pause`: a partition that waits for its next attempt is paused".to_owned()
}

pub(crate) fn timeout_above_default(timeout: Duration, max: Duration) -> String {
    format!("`timeout` ({timeout:?}) is above `max_timeout`, which is {max:?} by default: set it too")
}

pub(crate) fn max_timeout_below_default(max: Duration, timeout: Duration) -> String {
    format!("`max_timeout` ({max:?}) is below `timeout`, which is {timeout:?} by default: set it too")
}

pub(crate) fn timeout_above_max(timeout: Duration, max: Duration) -> String {
    format!("`timeout` ({timeout:?}) is above `max_timeout` ({max:?})")
}

pub(crate) fn max_timeout_below(max: Duration, timeout: Duration) -> String {
    format!("`max_timeout` ({max:?}) is below `timeout` ({timeout:?})")
}
