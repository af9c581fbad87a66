//! Every timeout, queue size and bound of the framework, with its unit and default.
//!
//! What an operator may change is a key of the configuration (`keys.rs`), whose default stands here; the rest is fixed.
//! Durations are `Duration`; sizes are bytes; counts say of what.

use std::ops::RangeInclusive;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_hours(24);

// Stopping and the swarm

/// Jobs that still run this long after a stop was asked for are given up, uncommitted (`swarm.shutdown_timeout`).
pub(crate) const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(20);
/// A node that is not up this long after its fork is killed and started again (`swarm.boot_timeout`).
pub(crate) const BOOT_TIMEOUT: Duration = Duration::from_mins(1);
/// First wait before a crashed node is started again; doubles with every crash (`swarm.restart_backoff`).
pub(crate) const RESTART_BACKOFF: Duration = Duration::from_millis(500);
/// Longest wait before a crashed node is started again (`swarm.restart_backoff_max`).
pub(crate) const RESTART_BACKOFF_MAX: Duration = Duration::from_mins(1);
/// Most nodes of one swarm.
pub(crate) const MAX_NODES: u32 = 1_024;
/// What `shutdown_timeout`, `boot_timeout` and the back-offs may be set to.
pub(crate) const PROCESS_TIMES: RangeInclusive<Duration> = Duration::from_millis(1)..=DAY;

// Processing

/// Marked progress is committed at least this often (`processing.commit_interval`).
pub(crate) const COMMIT_INTERVAL: Duration = Duration::from_secs(5);
/// A commit without an answer after this has failed and is sent again (`processing.commit_deadline`).
pub(crate) const COMMIT_DEADLINE: Duration = Duration::from_secs(10);
/// How long a revocation waits for running handlers (`processing.drain_timeout`).
pub(crate) const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// What the three times above may be set to.
pub(crate) const PROCESSING_TIMES: RangeInclusive<Duration> = Duration::from_millis(10)..=DAY;
/// Payload bytes that are fetched ahead of the workers for each assigned partition (`processing.partition_buffer`).
pub(crate) const PARTITION_BUFFER: u64 = 4 * 1024 * 1024;
/// What `processing.partition_buffer` may be set to: librdkafka counts kilobytes in 31 bits.
pub(crate) const PARTITION_BUFFERS: RangeInclusive<u64> = 64 * 1024..=1024 * 1024 * 1024;
/// Most worker threads that take new work (`processing.concurrency`).
pub(crate) const MAX_CONCURRENCY: u32 = 1_024;
/// Most spare worker threads of a process, started while others are blocked in handlers.
pub(crate) const SPARE_WORKERS: usize = 512;
/// A worker that has been in one handler call for this long counts as blocked, and a spare one takes its place.
pub(crate) const WORKER_BLOCKED: Duration = Duration::from_millis(50);
/// A partition whose queue was not drained for this long is paused and drained once, so that it pins no fetch response.
pub(crate) const UNDRAINED_PAUSE: Duration = SECOND;
/// Longest wait between two attempts to send one dead letter.
pub(crate) const DISPATCH_BACKOFF_MAX: Duration = Duration::from_mins(1);

// Connections

/// Records taken from a partition queue in one call.
pub(crate) const CONSUME_BATCH: usize = 512;
/// The listener looks at every queue at least this often, because librdkafka's wake-ups are edge-triggered.
pub(crate) const LISTENER_TIMER: Duration = Duration::from_millis(50);
/// A listener that has not turned for this long is unhealthy.
pub(crate) const LISTENER_SILENT: Duration = Duration::from_secs(30);
/// A topic that cannot be read is tried again after at most this.
pub(crate) const ROUTE_RETRY_MAX: Duration = Duration::from_mins(1);
/// Closing a client is served for at most this.
pub(crate) const CLIENT_CLOSE: Duration = Duration::from_secs(3);
/// Longest request for metadata, offsets or a topic's settings.
pub(crate) const ADMIN_REQUEST: Duration = Duration::from_secs(30);
/// Largest fetch response (`fetch.max.bytes`): a record that is not copied out pins its whole response.
pub(crate) const FETCH_MAX_BYTES: u64 = 8 * 1024 * 1024;
/// How long a broker holds back an empty fetch (`fetch.wait.max.ms`).
pub(crate) const FETCH_WAIT: Duration = Duration::from_millis(100);
/// How long a full partition queue waits before it is fetched again (`fetch.queue.backoff.ms`).
pub(crate) const FETCH_QUEUE_BACKOFF: Duration = Duration::from_millis(10);
/// Request time-out of every client (`socket.timeout.ms`).
pub(crate) const SOCKET_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest wait between two attempts to reach a broker (`reconnect.backoff.max.ms`).
pub(crate) const RECONNECT_BACKOFF_MAX: Duration = SECOND;
/// librdkafka's default of `max.poll.interval.ms`, which bounds the answer to a revocation.
pub(crate) const MAX_POLL_INTERVAL: Duration = Duration::from_mins(5);

// Producing

/// How long producing waits for room in the producer's queue before it fails.
pub(crate) const PRODUCE_QUEUE_WAIT: Duration = Duration::from_secs(10);
/// How long an attempt waits for the acknowledgement of what it produced.
pub(crate) const ACKNOWLEDGEMENT_TIMEOUT: Duration = Duration::from_mins(5);
/// Bytes that wait in one producer's queue (`queue.buffering.max.kbytes`).
pub(crate) const PRODUCER_QUEUE_BYTES: u64 = 64 * 1024 * 1024;
/// Flushing a producer at the end takes at most this.
pub(crate) const PRODUCER_FLUSH: Duration = Duration::from_secs(3);

// The embedded broker

/// Partitions of a topic that does not declare how many: librdkafka's mock cluster keeps 5 MiB of each.
pub(crate) const DEV_BROKER_PARTITIONS: u32 = 5;
/// The embedded broker answers an empty fetch only after the full wait, so the wait is shorter there (`fetch.wait.max.ms`).
pub(crate) const DEV_BROKER_FETCH_WAIT: Duration = Duration::from_millis(50);

// Configuration and output

/// Longest value shown in an error, in characters.
pub(crate) const SHOWN_VALUE: usize = 120;
/// Largest configuration file and largest mounted secret, in bytes.
pub(crate) const CONFIG_FILE_BYTES: u64 = 1024 * 1024;
/// Longest log line, in bytes; longer ones are cut.
pub(crate) const LOG_LINE_BYTES: usize = 64 * 1024;
/// How long one log line may wait for a slow reader before it is dropped and counted.
pub(crate) const LOG_WRITE_WAIT: Duration = Duration::from_millis(5);
