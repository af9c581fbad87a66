//! What an operator may change and what the clients are made with: timeouts, sizes and bounds with their units and defaults.
//!
//! A key of the configuration (`keys.rs`) has its default and its bounds here. A bound that nobody can change stands as a
//! named constant beside the code that keeps to it, because most of that code is below this layer. Durations are `Duration`;
//! sizes are bytes; counts say of what.

use std::ops::RangeInclusive;
use std::time::Duration;

// Stopping and the swarm

/// Jobs that still run this long after a stop was asked for are given up, uncommitted (`swarm.shutdown_timeout`).
pub(crate) const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(20);
/// A node that is not up this long after its fork is killed and started again (`swarm.boot_timeout`).
pub(crate) const BOOT_TIMEOUT: Duration = Duration::from_mins(1);
/// First wait before a crashed node is started again; doubles with every crash (`swarm.restart_backoff`).
pub(crate) const RESTART_BACKOFF: Duration = Duration::from_millis(500);
/// Longest wait before a crashed node is started again (`swarm.restart_backoff_max`).
pub(crate) const RESTART_BACKOFF_MAX: Duration = Duration::from_mins(1);
/// Most nodes of one swarm (`swarm.nodes`).
pub(crate) const MAX_NODES: u32 = 1_024;
/// What `swarm.memory_limit` may be set to: a node with less could not even fetch.
pub(crate) const MEMORY_LIMITS: RangeInclusive<u64> = 32 * 1024 * 1024..=16 * 1024 * 1024 * 1024 * 1024;
/// What the four times above may be set to.
pub(crate) const PROCESS_TIMES: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_hours(24);

// Processing

/// Marked progress is committed at least this often (`processing.commit_interval`).
pub(crate) const COMMIT_INTERVAL: Duration = Duration::from_secs(5);
/// A commit without an answer after this has failed and is sent again (`processing.commit_deadline`).
pub(crate) const COMMIT_DEADLINE: Duration = Duration::from_secs(10);
/// How long a revocation waits for running handlers (`processing.drain_timeout`).
pub(crate) const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// What the three times above may be set to.
pub(crate) const PROCESSING_TIMES: RangeInclusive<Duration> = Duration::from_millis(10)..=Duration::from_hours(24);
/// What a process needs without any record: code, clients, threads. Of `processing.memory`, but no more than half of it.
pub(crate) const PROCESS_MEMORY: u64 = 16 * 1024 * 1024;
/// Bytes that a process takes while records are fetched ahead, waiting, or with a handler (`processing.memory`).
pub(crate) const MEMORY: u64 = 256 * 1024 * 1024;
/// What `processing.memory` may be set to.
pub(crate) const MEMORIES: RangeInclusive<u64> = 32 * 1024 * 1024..=1024 * 1024 * 1024 * 1024;
/// Payload bytes fetched ahead of the workers for each assigned partition (`processing.partition_buffer`).
pub(crate) const PARTITION_BUFFER: u64 = 4 * 1024 * 1024;
/// What `processing.partition_buffer` may be set to; librdkafka counts kibibytes in 31 bits.
pub(crate) const PARTITION_BUFFERS: RangeInclusive<u64> = 64 * 1024..=1024 * 1024 * 1024;
/// Most worker threads that take new work (`processing.concurrency`).
pub(crate) const MAX_CONCURRENCY: u32 = 1_024;
/// How long an attempt waits for the acknowledgement of what it produced.
pub(crate) const ACKNOWLEDGEMENT_TIMEOUT: Duration = Duration::from_mins(5);

// Clients: what the framework sets where librdkafka's default is not good for it. Each may be configured.

/// Largest fetch response (`fetch.max.bytes`): a record that is not copied out pins its whole response.
pub(crate) const FETCH_MAX_BYTES: u64 = 8 * 1024 * 1024;
/// Largest part of one partition in a fetch (`fetch.message.max.bytes`), which is librdkafka's own default.
pub(crate) const PARTITION_FETCH: u64 = 1024 * 1024;
/// How long a broker holds back an empty fetch (`fetch.wait.max.ms`).
pub(crate) const FETCH_WAIT: Duration = Duration::from_millis(100);
/// The embedded broker answers an empty fetch only after the full wait, so the wait is shorter there.
pub(crate) const DEV_BROKER_FETCH_WAIT: Duration = Duration::from_millis(50);
/// How long a full partition queue waits before it is fetched again (`fetch.queue.backoff.ms`).
pub(crate) const FETCH_QUEUE_BACKOFF: Duration = Duration::from_millis(10);
/// Request time-out of every client (`socket.timeout.ms`).
pub(crate) const SOCKET_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest wait between two attempts to reach a broker (`reconnect.backoff.max.ms`).
pub(crate) const RECONNECT_BACKOFF_MAX: Duration = Duration::from_secs(1);
/// librdkafka's own default of `max.poll.interval.ms`, which bounds the answer to a revocation.
pub(crate) const MAX_POLL_INTERVAL: Duration = Duration::from_mins(5);

// Reading the configuration itself

/// Longest value shown in an error, in characters.
pub(crate) const SHOWN_VALUE: usize = 120;
/// Largest configuration file and largest mounted secret, in bytes.
pub(crate) const CONFIG_FILE_BYTES: u64 = 1024 * 1024;
