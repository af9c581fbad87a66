//! The meanings a setting can have, made from values that were read, and the rules inside one setting.

use std::time::Duration;

use super::model::{
    Assign, Config, DeadLetterQueue, InitialOffset, LaneKey, Multiplexing, Parallel, Pause, Periodic, Produced,
    Property, Written,
};
use super::settings::Arguments;
use super::values::Value;
use crate::diagnostics::{Errors, Place, wording};

/// What a setting says.
#[derive(Clone)]
pub(crate) enum Meaning {
    Consumer(Written),
    Produce(Produced),
    Multiplexing(Multiplexing),
    DeadLetterQueue(DeadLetterQueue),
    Periodic(Periodic),
    ManualOffsets(bool),
    ExactlyOnce(bool),
    Sensitive(bool),
    Parallel(Parallel),
    MaxMessages(u64),
    MaxWaitTime(Duration),
    InitialOffset(InitialOffset),
    Pause(Pause),
    HandlerTimeout(Duration),
    Nodes(Vec<u64>),
    Assign(Assign),
    Priority(&'static str),
    Membership(&'static str),
    Isolation(&'static str),
    Protocol(&'static str),
    Kafka(Vec<Property>),
    Config(Config),
    /// `word false;` of a word with arguments.
    Off,
}

pub(crate) fn of_switch(word: &str, on: bool) -> Option<Meaning> {
    Some(match word {
        "manual_offsets" => Meaning::ManualOffsets(on),
        "exactly_once" => Meaning::ExactlyOnce(on),
        "sensitive" => Meaning::Sensitive(on),
        _ => return None,
    })
}

pub(crate) fn of_value(word: &str, value: Value) -> Option<Meaning> {
    Some(match (word, value) {
        ("max_messages", Value::Integer(count)) => Meaning::MaxMessages(count),
        ("max_wait_time", Value::Duration(time)) => Meaning::MaxWaitTime(time),
        ("initial_offset", Value::InitialOffset(offset)) => Meaning::InitialOffset(offset),
        ("handler_timeout", Value::Duration(time)) => Meaning::HandlerTimeout(time),
        ("priority", Value::Word(word)) => Meaning::Priority(word),
        ("membership", Value::Word(word)) => Meaning::Membership(word),
        ("isolation", Value::Word(word)) => Meaning::Isolation(word),
        ("protocol", Value::Word(word)) => Meaning::Protocol(word),
        _ => return None,
    })
}

pub(crate) fn of_arguments(word: &str, arguments: Arguments, place: Place, errors: &mut Errors) -> Option<Meaning> {
    match word {
        "multiplexing" => multiplexing(arguments, place, errors).map(Meaning::Multiplexing),
        "dead_letter_queue" => dead_letter_queue(arguments, place).map(Meaning::DeadLetterQueue),
        "periodic" => periodic(arguments, place, errors).map(Meaning::Periodic),
        "parallel" => Some(Meaning::Parallel(parallel(arguments, place))),
        "pause" => pause(arguments, place, errors).map(Meaning::Pause),
        _ => None,
    }
}

/// 1 ≤ min ≤ boot ≤ max. `min` alone means static.
fn multiplexing(mut arguments: Arguments, place: Place, errors: &mut Errors) -> Option<Multiplexing> {
    let at = |name: &str| arguments.place(name, place);
    let (min_place, max_place, boot_place) = (at("min"), at("max"), at("boot"));
    let given_min = arguments.take("min", integer);
    let max = arguments.take("max", integer).or(given_min).unwrap_or(1);
    let min = given_min.unwrap_or(max);
    let boot = arguments.take("boot", integer);
    let scale_delay = arguments.take("scale_delay", duration).unwrap_or(Duration::from_mins(1));
    if min > max {
        errors.report(min_place, wording::min_above_max(min, max));
        errors.report(max_place, wording::max_below_min(max, min));
        return None;
    }
    let start = boot.unwrap_or((max / 2).max(min));
    if start < min || start > max {
        errors.report(boot_place, wording::boot_outside(start, min, max));
        return None;
    }
    Some(Multiplexing { min, max, boot: start, scale_delay, max_place })
}

fn dead_letter_queue(mut arguments: Arguments, place: Place) -> Option<DeadLetterQueue> {
    let target_place = arguments.place("topic", place);
    let target = arguments.take("topic", |value| match value {
        Value::Target(target) => Some(target),
        _ => None,
    })?;
    Some(DeadLetterQueue {
        target,
        target_place,
        max_retries: arguments.take("max_retries", integer).unwrap_or(3),
        independent: arguments.take("independent", switch).unwrap_or(false),
        isolate: arguments.take("isolate", switch).unwrap_or(true),
        oversized: arguments.take("oversized", word).unwrap_or("wait"),
        policy: arguments.take("policy", written),
    })
}

fn periodic(mut arguments: Arguments, place: Place, errors: &mut Errors) -> Option<Periodic> {
    let retry_place = arguments.place("during_retry", place);
    let interval = arguments.take("interval", duration).unwrap_or(Duration::from_secs(5));
    let during_pause = arguments.take("during_pause", switch).unwrap_or(true);
    let during_retry = arguments.take("during_retry", switch).unwrap_or(false);
    if during_retry && !during_pause {
        errors.report(retry_place, wording::retry_without_pause());
        return None;
    }
    Some(Periodic { interval, during_pause, during_retry })
}

fn parallel(mut arguments: Arguments, place: Place) -> Parallel {
    let by = arguments.take("by", |value| match value {
        Value::LaneKey(key) => Some(key),
        _ => None,
    });
    Parallel { by: by.unwrap_or(LaneKey::Key), lanes: arguments.take("lanes", integer), place }
}

fn pause(mut arguments: Arguments, place: Place, errors: &mut Errors) -> Option<Pause> {
    let (timeout_place, max_place) = (arguments.place("timeout", place), arguments.place("max_timeout", place));
    let given = (arguments.take("timeout", duration), arguments.take("max_timeout", duration));
    let timeout = given.0.unwrap_or(Duration::from_secs(1));
    let max_timeout = given.1.unwrap_or(Duration::from_secs(30));
    if timeout > max_timeout {
        match given {
            (_, None) => errors.report(timeout_place, wording::timeout_above_default(timeout, max_timeout)),
            (None, _) => errors.report(max_place, wording::max_timeout_below_default(max_timeout, timeout)),
            (Some(_), Some(_)) => {
                errors.report(timeout_place, wording::timeout_above_max(timeout, max_timeout));
                errors.report(max_place, wording::max_timeout_below(max_timeout, timeout));
            }
        }
        return None;
    }
    Some(Pause { timeout, max_timeout, exponential: arguments.take("exponential", switch).unwrap_or(true) })
}

pub(crate) fn integer(value: Value) -> Option<u64> {
    match value {
        Value::Integer(number) => Some(number),
        _ => None,
    }
}

fn duration(value: Value) -> Option<Duration> {
    match value {
        Value::Duration(duration) => Some(duration),
        _ => None,
    }
}

fn switch(value: Value) -> Option<bool> {
    match value {
        Value::Switch(on) => Some(on),
        _ => None,
    }
}

fn word(value: Value) -> Option<&'static str> {
    match value {
        Value::Word(word) => Some(word),
        _ => None,
    }
}

fn written(value: Value) -> Option<Written> {
    match value {
        Value::Written(written) => Some(written),
        _ => None,
    }
}
