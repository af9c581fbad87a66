//! The properties of a transactional producer. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::settings::{DeliveryTime, ProducerSettings};

/// How the transactional producers of one consumer group are set up.
#[derive(Clone)]
pub(crate) struct TransactionSettings {
    /// librdkafka properties: connection, security and what the user set for producers.
    pub(crate) properties: BTreeMap<String, String>,
    /// Put before the names of declared topics.
    pub(crate) topic_prefix: String,
    /// One producer for each; nobody else in the cluster may use them.
    pub(crate) ids: Vec<String>,
    /// Bound of each call that sends offsets, commits or aborts. Below `socket.timeout.ms`: a request that is given up must not
    /// be repeated silently, because a late copy could reach into the next transaction.
    pub(crate) commit_deadline: Duration,
    /// After this the broker aborts an open transaction by itself (`transaction.timeout.ms`).
    pub(crate) transaction_timeout: Duration,
}

impl TransactionSettings {
    /// Everything that librdkafka is told for the producer with this id.
    pub(super) fn complete(&self, id: &str) -> BTreeMap<String, String> {
        let delivery = DeliveryTime::Within(self.transaction_timeout);
        let base = ProducerSettings { properties: self.properties.clone(), topic_prefix: String::new(), delivery };
        let mut all = base.complete();
        let mut prefer = |name: &str, value: &str| {
            if !self.properties.contains_key(name) {
                all.insert(name.to_owned(), value.to_owned());
            }
        };
        // A transaction is flushed at its end: waiting for company would cost every one of them.
        prefer("linger.ms", "0");
        // `send_offsets_to_transaction` waits this long when the coordinator is busy with the last transaction.
        prefer("retry.backoff.ms", "10");
        let timeout = self.transaction_timeout.as_millis().to_string();
        all.insert("transactional.id".to_owned(), id.to_owned());
        all.insert("transaction.timeout.ms".to_owned(), timeout.clone());
        // librdkafka refuses records that could outlive their transaction.
        let longer = all.get("message.timeout.ms").and_then(|value| value.parse::<u128>().ok());
        if longer.is_none_or(|value| value == 0 || value > self.transaction_timeout.as_millis()) {
            all.remove("delivery.timeout.ms"); // its other name
            all.insert("message.timeout.ms".to_owned(), timeout);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_outlives_its_records_and_waits_for_no_company() {
        for (given, expected) in [
            (&[][..], &[("linger.ms", "0"), ("message.timeout.ms", "60000"), ("transaction.timeout.ms", "60000")][..]),
            (&[("linger.ms", "5")], &[("linger.ms", "5")]),
            (&[("message.timeout.ms", "120000")], &[("message.timeout.ms", "60000")]),
            (&[("delivery.timeout.ms", "0")], &[("message.timeout.ms", "60000")]),
            (&[("message.timeout.ms", "700")], &[("message.timeout.ms", "700")]),
            (&[("transactional.id", "mine")], &[("transactional.id", "shop.orders.a.0.1")]),
        ] {
            let settings = TransactionSettings {
                properties: given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
                topic_prefix: String::new(),
                ids: Vec::new(),
                commit_deadline: Duration::from_secs(10),
                transaction_timeout: Duration::from_mins(1),
            };
            let all = settings.complete("shop.orders.a.0.1");
            for (name, value) in expected {
                assert_eq!(all.get(*name).map(String::as_str), Some(*value), "{given:?}: {name}");
            }
        }
    }
}
