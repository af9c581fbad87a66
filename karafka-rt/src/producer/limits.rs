//! Bounds of the producing side that are not configurable.

use std::time::Duration;

/// How long producing waits for room in a full queue, or for a client that is being replaced.
pub(crate) const PRODUCE_QUEUE_WAIT: Duration = Duration::from_secs(10);
/// Bytes that wait in one producer's queue (`queue.buffering.max.kbytes`).
pub(crate) const PRODUCER_QUEUE_BYTES: u64 = 64 * 1024 * 1024;
/// The thread that serves delivery reports looks around this often even when nothing wakes it.
pub(crate) const PRODUCER_IDLE: Duration = Duration::from_secs(1);
/// How long purged records may take to be reported before a producer's client is left behind.
pub(crate) const PRODUCER_PURGE: Duration = Duration::from_secs(5);
/// A purge is repeated this often, for records that were between two queues of librdkafka.
pub(crate) const PRODUCER_PURGE_INTERVAL: Duration = Duration::from_millis(100);
/// How long closing a producer may take after the flush: purging, five seconds for the client, and a margin. After that its
/// thread is left behind.
pub(crate) const PRODUCER_END: Duration = PRODUCER_PURGE.saturating_add(Duration::from_secs(6));
/// First wait before a producer's client that had a fatal error is replaced; doubles each time.
pub(crate) const PRODUCER_REPLACE_BACKOFF: Duration = Duration::from_millis(100);
/// Longest such wait.
pub(crate) const PRODUCER_REPLACE_BACKOFF_MAX: Duration = Duration::from_secs(10);
/// A producer's client that lived this long starts the back-off afresh.
pub(crate) const PRODUCER_HEALTHY: Duration = Duration::from_mins(1);
/// A record of a `Publisher` that is not acknowledged within this time has failed.
pub(crate) const PUBLISHER_DELIVERY: Duration = Duration::from_mins(2);
/// Kafka's own limit for topic names, in bytes.
pub(crate) const TOPIC_NAME_BYTES: usize = 249;
