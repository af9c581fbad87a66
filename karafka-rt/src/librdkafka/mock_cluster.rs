//! librdkafka's mock cluster: brokers inside this process, for development and tests.
//!
//! It keeps 5 MiB or 100,000 batches per partition and drops older ones without a word; transactions are hollow; there is
//! no admin beyond topics and offsets, and no ACLs.

use std::collections::BTreeMap;
use std::ptr::NonNull;
use std::time::Duration;

use rdkafka_sys as sys;
use sys::rd_kafka_type_t::RD_KAFKA_PRODUCER;

use super::client::{NativeClient, Reports};
use super::error::{CallError, Code, text};
use super::list::c_string;

/// How long dropping waits for the end of its client.
const END_WITHIN: Duration = Duration::from_secs(5);

/// Classic groups are balanced this long after their first member came; librdkafka's default is 3 s.
const FIRST_REBALANCE_DELAY: Duration = Duration::from_millis(50);

/// Of one topic; each has memory of its own.
const MOST_PARTITIONS: i32 = 10_000;

/// The broker that mock clusters name as their controller, though they begin counting at 1.
const CONTROLLER: i32 = 0;

/// A running cluster. Its threads live in this process.
pub(crate) struct MockCluster {
    /// Taken out only by `drop`.
    client: Option<NativeClient>,
    raw: NonNull<sys::rd_kafka_mock_cluster_t>,
}

// SAFETY: mock clusters take requests through a queue of their own, from any thread.
unsafe impl Send for MockCluster {}

impl MockCluster {
    /// Starts `brokers` brokers on free ports of 127.0.0.1, and one more that answers what goes to a controller.
    pub(crate) fn start(brokers: u8) -> Result<Self, CallError> {
        let client = NativeClient::create(RD_KAFKA_PRODUCER, &BTreeMap::new(), Reports::Dropped)?;
        // SAFETY: a live client.
        let raw = unsafe { sys::rd_kafka_mock_cluster_new(client.as_ptr(), i32::from(brokers.max(1))) };
        let Some(raw) = NonNull::new(raw) else {
            client.destroy(END_WITHIN);
            return Err(CallError::invalid("the mock cluster could not be started".into()));
        };
        let cluster = Self { client: Some(client), raw };
        // SAFETY: a live cluster.
        let code = unsafe { sys::rd_kafka_mock_broker_add(cluster.raw.as_ptr(), CONTROLLER) };
        Code::check(code, || "the mock cluster could not start its controller".into())?;
        let delay = FIRST_REBALANCE_DELAY.as_millis() as i32;
        // SAFETY: a live cluster.
        unsafe { sys::rd_kafka_mock_group_initial_rebalance_delay_ms(cluster.raw.as_ptr(), delay) };
        Ok(cluster)
    }

    /// Where clients begin.
    pub(crate) fn bootstrap_servers(&self) -> String {
        // SAFETY: a live cluster.
        let servers = unsafe { sys::rd_kafka_mock_cluster_bootstraps(self.raw.as_ptr()) };
        // SAFETY: a string that lives as long as the cluster.
        unsafe { text(servers) }
    }

    /// Creates a topic, each partition on one broker.
    pub(crate) fn create_topic(&self, name: &str, partitions: i32) -> Result<(), CallError> {
        if !(1..=MOST_PARTITIONS).contains(&partitions) {
            let text = format!("a topic has 1 to {MOST_PARTITIONS} partitions here, `{name}` {partitions}");
            return Err(CallError { code: Code::INVALID_PARTITIONS, text });
        }
        let c_name = c_string("topic", name)?;
        // SAFETY: a live cluster and a NUL-terminated name, which is copied.
        let code = unsafe { sys::rd_kafka_mock_topic_create(self.raw.as_ptr(), c_name.as_ptr(), partitions, 1) };
        Code::check(code, || format!("the topic `{name}` cannot be created"))
    }
}

#[cfg(test)]
impl MockCluster {
    /// The next requests of this kind are answered with these errors, one each (`rd_kafka_mock_push_request_errors_array`).
    pub(crate) fn fail_next(&self, api_key: i16, errors: &[sys::rd_kafka_resp_err_t]) {
        let (cluster, count, first) = (self.raw.as_ptr(), errors.len(), errors.as_ptr());
        // SAFETY: a live cluster and that many codes, which are copied.
        unsafe { sys::rd_kafka_mock_push_request_errors_array(cluster, api_key, count, first) };
    }
}

impl Drop for MockCluster {
    fn drop(&mut self) {
        // SAFETY: owned and not used afterwards; its client is destroyed after it.
        unsafe { sys::rd_kafka_mock_cluster_destroy(self.raw.as_ptr()) };
        if let Some(client) = self.client.take() {
            client.destroy(END_WITHIN);
        }
    }
}
