//! What a failed record means to the one who produced it. Pure.

use crate::consumer::ProduceError;
use crate::librdkafka::{Code, DeliveryFailure};

/// Sorts librdkafka's and the broker's codes by what the caller can do. `client_limit` is `message.max.bytes`.
pub(super) fn produce_error(failure: DeliveryFailure, client_limit: &str) -> ProduceError {
    let DeliveryFailure { code, text, topic, partition, bytes } = failure;
    match code {
        Code::LOCAL_UNKNOWN_TOPIC | Code::UNKNOWN_TOPIC_OR_PARTITION | Code::UNKNOWN_TOPIC_ID => {
            ProduceError::Topic { topic, reason: format!("it does not exist; create it ({text})") }
        }
        Code::LOCAL_UNKNOWN_PARTITION => {
            ProduceError::Topic { topic, reason: format!("it has no partition {partition} ({text})") }
        }
        Code::TOPIC_AUTHORIZATION_FAILED | Code::CLUSTER_AUTHORIZATION_FAILED => {
            ProduceError::Topic { topic, reason: format!("not allowed; grant `Write` on it to this user ({text})") }
        }
        Code::INVALID_TOPIC => ProduceError::Topic { topic, reason: format!("no valid topic name ({text})") },
        Code::MESSAGE_TOO_LARGE | Code::RECORD_LIST_TOO_LARGE | Code::INVALID_MESSAGE_SIZE => {
            ProduceError::TooLarge(format!(
                "{bytes} bytes of key and payload for `{topic}`; the limits are the topic's `max.message.bytes` and the \
                 producer's `message.max.bytes` ({client_limit})"
            ))
        }
        Code::INVALID_MESSAGE
        | Code::INVALID_RECORD
        | Code::INVALID_TIMESTAMP
        | Code::LOCAL_INVALID_ARGUMENT
        | Code::UNSUPPORTED_COMPRESSION
        | Code::UNSUPPORTED_FORMAT
        | Code::POLICY_VIOLATION => ProduceError::Rejected(format!("{text} (topic `{topic}`)")),
        // Time-outs, transport, purged, fenced, fatal, and whatever is new: waiting is safe, giving a record up is not.
        _ => ProduceError::Unavailable(format!("{text} (topic `{topic}`)")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: Code, expect: fn(&ProduceError) -> bool) {
        let failure =
            DeliveryFailure { code, text: "text".into(), topic: "orders".into(), partition: 9, bytes: 2_000_000 };
        let error = produce_error(failure, "1000");
        assert!(expect(&error), "{code:?}: {error}");
        assert!(error.to_string().contains("orders"), "{error}");
    }

    #[test]
    fn codes_are_sorted_by_what_the_caller_can_do() {
        for code in [
            Code::LOCAL_UNKNOWN_TOPIC,
            Code::UNKNOWN_TOPIC_OR_PARTITION,
            Code::LOCAL_UNKNOWN_PARTITION,
            Code::TOPIC_AUTHORIZATION_FAILED,
            Code::INVALID_TOPIC,
        ] {
            check(code, |error| matches!(error, ProduceError::Topic { .. }));
        }
        check(
            Code::MESSAGE_TOO_LARGE,
            |error| matches!(error, ProduceError::TooLarge(text) if text.contains("2000000") && text.contains("1000")),
        );
        check(Code::INVALID_RECORD, |error| matches!(error, ProduceError::Rejected(_)));
        for code in
            [Code::LOCAL_TIMED_OUT, Code::LOCAL_TRANSPORT, Code::LOCAL_FATAL, Code::NETWORK_EXCEPTION, Code::UNKNOWN]
        {
            check(code, |error| matches!(error, ProduceError::Unavailable(_)));
        }
    }
}
