//! Writes one dead letter: the record byte for byte, with own headers that say where it came from and why.

use std::sync::Arc;
use std::time::Duration;

use super::job::{Failure, Letter, Route};
use crate::consumer::{Deliveries, Destination, EpochPhase, Outgoing, ProduceError, Seat};
use crate::failpoint::{self, Bug};
use crate::topology::DeadLetterTarget;

/// Longest error text in a header, in bytes.
const ERROR_TEXT_LIMIT: usize = 1024;
/// How often a waiting dispatch looks whether its assignment is still alive.
const LOOK: Duration = Duration::from_millis(100);
/// Longest wait for the target's partition count.
const METADATA_BOUND: Duration = Duration::from_secs(5);

/// Produces the letter and waits until it is acknowledged, without a bound of its own: a second copy would follow a wait that
/// ends too early. It ends with the assignment, which is bounded.
pub(super) fn send(letter: &Letter, route: &Route, seat: &Seat) -> Result<(), ProduceError> {
    let destination = match route.dead_letter_target() {
        Some(DeadLetterTarget::Topic(name)) => Destination::Declared(name),
        Some(DeadLetterTarget::External(name)) => Destination::External(name),
        Some(DeadLetterTarget::Skip) | None => unreachable!("only routes with a dead letter topic dispatch"),
    };
    let port = &seat.dead_letters;
    let count = port.partitions(destination, METADATA_BOUND)?;
    let headers = headers(letter, route, seat);
    let outgoing = Outgoing {
        destination,
        partition: Some(seat.origin.partition % count.max(1)),
        key: letter.record.key(),
        payload: letter.record.payload(),
        headers: &headers,
        timestamp: None,
    };
    if seat.epoch.phase() != EpochPhase::Live {
        return Err(ProduceError::Unavailable("the partition was revoked before its dead letter was written".into()));
    }
    let deliveries = Arc::new(Deliveries::default());
    port.produce(&outgoing, deliveries.expect(0)).map_err(|(error, receipt)| {
        receipt.cancel();
        error
    })?;
    if failpoint::is_planted(Bug::DeadLetterNotAwaited) {
        return Ok(());
    }
    loop {
        match deliveries.settled_within(LOOK) {
            Some(Ok(())) => return Ok(()),
            Some(Err((_, error))) => return Err(error),
            None if seat.epoch.phase().is_over() => {
                return Err(ProduceError::Unavailable(
                    "the partition was lost while its dead letter was on its way".into(),
                ));
            }
            None => {}
        }
    }
}

/// The record's own headers, ours replaced and not appended.
fn headers(letter: &Letter, route: &Route, seat: &Seat) -> Vec<(String, Option<Vec<u8>>)> {
    let own = own_headers(letter, route, seat);
    let mut headers = letter.record.headers();
    headers.retain(|(name, _)| own.iter().all(|(ours, _)| ours != name));
    headers.extend(own.into_iter().map(|(name, value)| (name.to_owned(), Some(value.into_bytes()))));
    headers
}

fn own_headers(letter: &Letter, route: &Route, seat: &Seat) -> Vec<(&'static str, String)> {
    let Failure { offset, attempts, trace, type_name, text, .. } = &letter.failure;
    let mut headers = vec![
        ("karafka-source-topic", seat.origin.topic.to_owned()),
        ("karafka-source-partition", seat.origin.partition.to_string()),
        ("karafka-source-offset", offset.to_string()),
        ("karafka-source-group", route.group.to_owned()),
        ("karafka-attempts", attempts.to_string()),
        ("karafka-error", error_text(type_name, text)),
        ("karafka-trace-id", trace.to_string()),
    ];
    if let Some(timestamp) = letter.record.timestamp() {
        headers.push(("karafka-source-timestamp", timestamp.to_string()));
    }
    headers
}

/// Type and text, control characters escaped, cut at a character border.
fn error_text(type_name: &str, text: &str) -> String {
    let mut escaped = String::new();
    for character in format!("{type_name}: {text}").chars() {
        let before = escaped.len();
        match character {
            character if character.is_control() => escaped.extend(character.escape_default()),
            character => escaped.push(character),
        }
        if escaped.len() > ERROR_TEXT_LIMIT {
            escaped.truncate(before);
            break;
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_texts_are_escaped_and_bounded() {
        assert_eq!(error_text("T", "a\nb\u{0}"), "T: a\\nb\\u{0}");
        let long = error_text("T", &"é".repeat(2_000));
        assert!(long.len() <= ERROR_TEXT_LIMIT && long.ends_with('é'));
    }
}
