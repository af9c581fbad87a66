//! Bounds of the producing side.

use std::time::Duration;

/// Longest wait for room in a full producer queue, or for a client that is being replaced.
pub(crate) const QUEUE_WAIT: Duration = Duration::from_secs(30);

/// The report thread looks around this often even when nothing wakes it.
pub(crate) const IDLE_WAIT: Duration = Duration::from_secs(1);

/// How long purged records may take to be reported before the client is left behind.
pub(crate) const PURGE_WAIT: Duration = Duration::from_secs(5);

/// How long closing may take after the flush (purging, and five seconds for the client to end); then the thread is left
/// behind.
pub(crate) const CLOSE_WAIT: Duration = PURGE_WAIT.saturating_add(Duration::from_secs(6));

/// A purge is repeated this often, for records that were between two queues.
pub(crate) const PURGE_INTERVAL: Duration = Duration::from_millis(100);

/// First and longest wait before a client that had a fatal error is replaced.
pub(crate) const REPLACE_BACKOFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));

/// A client that lived this long starts the back-off afresh.
pub(crate) const HEALTHY_AFTER: Duration = Duration::from_mins(1);

/// Kafka's own limit for topic names, in bytes.
pub(crate) const MAX_TOPIC_NAME: usize = 249;
