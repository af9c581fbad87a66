//! The properties of a producer: ours, then the user's, then those that the promises depend on. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use super::limits::PRODUCER_QUEUE_BYTES;

/// How a producer is set up.
#[derive(Clone)]
pub(crate) struct ProducerSettings {
    /// librdkafka properties: connection, security and what the user set for producers.
    pub(crate) properties: BTreeMap<String, String>,
    /// Put before the names of declared topics.
    pub(crate) topic_prefix: String,
    /// How long a record may take.
    pub(crate) delivery: DeliveryTime,
}

/// How long librdkafka tries to deliver a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeliveryTime {
    /// After that the record fails as unavailable. It may have reached the broker all the same.
    Within(Duration),
    /// Until the producer is closed. A missing or denied topic still fails, promptly.
    Unlimited,
}

/// What applies unless the user says otherwise.
const DEFAULTS: [(&str, &str); 4] = [
    // Java's partitioner: equal keys of Java and Rust producers meet in one partition. librdkafka's default is CRC32.
    ("partitioner", "murmur2_random"),
    // A handler call waits for its acknowledgements at the end, so waiting for company costs every call. While five
    // requests are in flight records collect anyway.
    ("linger.ms", "1"),
    // A missing topic is reported after this; librdkafka's 30 s would hold up a partition for nothing. While records for it
    // are wanted librdkafka asks again every second.
    ("topic.metadata.propagation.max.ms", "3000"),
    // The topic decides what is too large. librdkafka's 1,000,000 would refuse dead letters of records that Kafka's own
    // default (1,048,588) lets in; batches of several records stay below it, by `batch.size`.
    ("message.max.bytes", "8388608"),
];

/// What the framework's promises rest on.
const FIXED: [(&str, &str); 5] = [
    ("enable.idempotence", "true"),
    ("acks", "all"),
    ("allow.auto.create.topics", "false"),
    ("delivery.report.only.error", "false"),
    ("enable.metrics.push", "false"),
];

impl ProducerSettings {
    /// Everything that librdkafka is told.
    pub(crate) fn complete(&self) -> BTreeMap<String, String> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut all: BTreeMap<_, _> = DEFAULTS.iter().map(owned).collect();
        // librdkafka's 1 GiB is more than a node should take. A larger queue does not make it faster.
        all.insert("queue.buffering.max.kbytes".into(), (PRODUCER_QUEUE_BYTES / 1024).to_string());
        if let DeliveryTime::Within(time) = self.delivery {
            all.insert("message.timeout.ms".into(), time.as_millis().max(2).to_string());
        }
        all.extend(self.properties.iter().map(|(name, value)| (name.clone(), value.clone())));
        if self.delivery == DeliveryTime::Unlimited {
            all.remove("delivery.timeout.ms"); // librdkafka's other name for it
            all.insert("message.timeout.ms".into(), "0".into());
        }
        all.remove("request.required.acks"); // librdkafka's other name for `acks`
        all.remove("transactional.id"); // would make every produce fail outside of a transaction
        all.extend(FIXED.iter().map(owned));
        all
    }

    /// The largest record in bytes that the client itself lets through.
    pub(crate) fn client_limit(&self) -> String {
        self.complete().remove("message.max.bytes").unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(properties: &[(&str, &str)], delivery: DeliveryTime, expect: &[(&str, Option<&str>)]) {
        let properties = properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let all = ProducerSettings { properties, topic_prefix: String::new(), delivery }.complete();
        for (name, value) in expect {
            assert_eq!(all.get(*name).map(String::as_str), *value, "{name}");
        }
    }

    #[test]
    fn users_change_defaults_but_not_what_promises_rest_on() {
        let minute = DeliveryTime::Within(Duration::from_mins(1));
        check(&[], minute, &[("partitioner", Some("murmur2_random")), ("message.timeout.ms", Some("60000"))]);
        check(&[("linger.ms", "7")], minute, &[("linger.ms", Some("7")), ("acks", Some("all"))]);
        check(
            &[("acks", "1"), ("request.required.acks", "0")],
            minute,
            &[("acks", Some("all")), ("request.required.acks", None)],
        );
        check(&[("enable.idempotence", "false")], minute, &[("enable.idempotence", Some("true"))]);
        check(&[("message.timeout.ms", "500")], minute, &[("message.timeout.ms", Some("500"))]);
    }

    #[test]
    fn dead_letters_wait_without_limit_whatever_is_configured() {
        check(
            &[("delivery.timeout.ms", "500"), ("message.timeout.ms", "1")],
            DeliveryTime::Unlimited,
            &[("message.timeout.ms", Some("0")), ("delivery.timeout.ms", None)],
        );
    }
}
