//! What decides about the records of one route.

use core::time::Duration;

/// Every policy of one route.
#[derive(Debug, Clone, Copy)]
pub struct Policies {
    /// Who marks.
    pub offsets: Offsets,
    /// How batches form.
    pub batching: Batching,
    /// Where to start when the group has no committed offset.
    pub initial_offset: InitialOffset,
    /// Waiting between attempts.
    pub backoff: Backoff,
    /// What happens when the retries are used up. `None`: retried for ever.
    pub dead_letter: Option<DeadLetter>,
    /// Periodic ticks.
    pub periodic: Option<Periodic>,
    /// Longest a handler call may run before its node counts as unhealthy.
    pub handler_timeout: Duration,
    /// Transactions around handler calls.
    pub transaction: Transaction,
    /// Parallelism inside a partition.
    pub lanes: Option<Lanes>,
    /// Who is handed over first when workers are busy.
    pub priority: Priority,
}

impl Policies {
    /// What a route has without any setting.
    pub const DEFAULT: Self = Self {
        offsets: Offsets::Automatic,
        batching: Batching { max_messages: 100, max_wait_time: Duration::ZERO },
        initial_offset: InitialOffset::Earliest,
        backoff: Backoff::DEFAULT,
        dead_letter: None,
        periodic: None,
        handler_timeout: Duration::from_mins(5),
        transaction: Transaction::None,
        lanes: None,
        priority: Priority::Normal,
    };
}

/// Who marks records as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offsets {
    /// Success marks.
    Automatic,
    /// Only the user marks.
    Manual,
}

/// How batches form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batching {
    /// Largest batch, at least 1.
    pub max_messages: u32,
    /// How long a batch may wait to fill after its first record; zero hands over what is there.
    pub max_wait_time: Duration,
}

/// Where consumption starts without a committed offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InitialOffset {
    /// The oldest record that is kept.
    Earliest,
    /// The end of the log.
    Latest,
    /// The first record younger than this.
    Ago(Duration),
}

/// Waiting between attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// After the first failed attempt.
    pub timeout: Duration,
    /// Upper bound.
    pub max_timeout: Duration,
    /// Doubles with every attempt.
    pub exponential: bool,
}

impl Backoff {
    /// 1 s, doubling up to 30 s.
    pub const DEFAULT: Self =
        Self { timeout: Duration::from_secs(1), max_timeout: Duration::from_secs(30), exponential: true };
}

/// A dead letter queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadLetter {
    /// Where dead letters go.
    pub target: DeadLetterTarget,
    /// Attempts after the first.
    pub max_retries: u32,
    /// Whose failures add up.
    pub counting: Counting,
    /// Failing batches are narrowed down to the records that fail alone.
    pub isolate: bool,
    /// What to do with a record that the broker will not take.
    pub oversized: Oversized,
}

/// Where dead letters go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLetterTarget {
    /// A topic of this application: the prefix applies.
    Topic(&'static str),
    /// A topic of somebody else, named as it is (`external("x")`).
    External(&'static str),
    /// Nowhere: the record is skipped and counted (`none`).
    Skip,
}

/// Whose failures add up to `max_retries`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// Failures of different records of a partition add up until a whole batch succeeds or a record is dispatched.
    Collective,
    /// Each record has its own count.
    Independent,
}

/// What happens to a dead letter that the broker will not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oversized {
    /// The partition waits and alarms.
    Wait,
    /// Coordinates, size and hash are sent instead.
    Stub,
}

/// Periodic ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Periodic {
    /// Start to start, at least 10 ms.
    pub interval: Duration,
    /// Also while the partition is paused by the user.
    pub during_pause: bool,
    /// Also while the partition waits for its next attempt.
    pub during_retry: bool,
}

/// Transactions around handler calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transaction {
    /// None but those the handler opens.
    None,
    /// Each handler call is one transaction with its offsets.
    ExactlyOnce,
}

/// Parallelism inside a partition.
#[derive(Debug, Clone, Copy)]
pub struct Lanes {
    /// How records are spread.
    pub by: LaneKey,
    /// How many run at the same time, at least 2.
    pub lanes: u16,
}

/// How records are spread over lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneKey {
    /// By the record's key.
    Key,
    /// No order is kept.
    Any,
    /// By a function of the user's.
    Custom,
}

/// Who is handed over first when workers are busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// After the others, with ageing.
    Low,
    /// In order of waiting time.
    Normal,
    /// Before the others.
    High,
}
