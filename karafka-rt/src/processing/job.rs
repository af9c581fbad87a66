//! What travels between a listener and the workers.

use std::sync::Arc;
use std::time::Duration;

use super::flow::{Attempts, Plan, Rules};
use super::narrowed::Narrowed;
use super::trace::Trace;
use crate::consumer::{Handler, Instance, PauseWish, ProduceError, Seat, SeekTo, States, Vtable};
use crate::message::{ErrorKind, Origin, Record};
use crate::topology::{DeadLetterTarget, Policies};
use crate::vitals::SuspectTable;

/// A route as the runtime uses it.
pub(crate) struct Route {
    /// Its index in the program: what tick cells show.
    pub(crate) index: u32,
    /// The topic's full name.
    pub(crate) topic: &'static str,
    /// The consumer group's id.
    pub(crate) group: &'static str,
    pub(crate) policies: &'static Policies,
    pub(crate) consumer: &'static Vtable,
    pub(crate) states: Arc<States>,
    /// Records that may have ended a process.
    pub(crate) suspects: SuspectTable,
}

impl Route {
    pub(crate) fn rules(&self) -> Rules {
        let dead_letter = self.policies.dead_letter;
        let isolate = self.consumer.handler == Handler::Batch && dead_letter.is_some_and(|policy| policy.isolate);
        Rules { offsets: self.policies.offsets, dead_letter, isolate }
    }

    /// Most records of one batch.
    pub(crate) fn batch(&self) -> usize {
        self.policies.batching.max_messages.max(1) as usize
    }

    pub(crate) fn dead_letter_target(&self) -> Option<DeadLetterTarget> {
        self.policies.dead_letter.map(|policy| policy.target)
    }
}

/// What belongs to a partition's processing and moves with its job: at most one job of a partition exists, so nothing of it
/// needs a lock.
#[derive(Default)]
pub(crate) struct Tenant {
    /// Made when the first work arrives, gone after a panic.
    pub(crate) instance: Option<Box<dyn Instance>>,
    pub(crate) attempts: Attempts,
    /// Of its latest job with records.
    pub(crate) trace: Trace,
    /// How often in a row every record of a batch seemed to fail.
    pub(crate) systemic: u32,
    /// While a batch is narrowed down to its bad records.
    pub(crate) narrowed: Option<Box<Narrowed>>,
}

/// One piece of work of one partition.
pub(crate) struct Job {
    pub(crate) seat: Arc<Seat>,
    pub(crate) route: Arc<Route>,
    pub(crate) tenant: Tenant,
    pub(crate) work: Work,
    /// Runs while no other job of the process does.
    pub(crate) alone: bool,
}

/// What to do.
pub(crate) enum Work {
    /// Call the handler: the first `first` records as one batch, the rest in batches of `max_messages`.
    Consume {
        records: Vec<Record>,
        first: usize,
    },
    /// Write a dead letter.
    Dispatch(Box<Letter>),
    Hook(Hook),
    /// Call the hook, if the consumer has it, and drop the instance: both are code of the user's.
    Last(Hook),
}

/// Which hook to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hook {
    Tick,
    Revoked,
    Shutdown,
}

impl Hook {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tick => "tick",
            Self::Revoked => "revoked",
            Self::Shutdown => "shutdown",
        }
    }
}

/// A record on its way to a dead letter queue: it holds a copy, no memory of the client.
pub(crate) struct Letter {
    pub(crate) record: Record,
    pub(crate) failure: Failure,
    /// How often writing it failed.
    pub(crate) refused: u32,
}

/// Why a record failed.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) offset: i64,
    /// Attempts of this record so far, this one included.
    pub(crate) attempts: u32,
    /// Failures that count against the retries.
    pub(crate) counted: u32,
    pub(crate) kind: ErrorKind,
    /// The job of the failing attempt.
    pub(crate) trace: Trace,
    pub(crate) type_name: &'static str,
    pub(crate) text: String,
}

/// A finished job.
pub(crate) struct Done {
    pub(crate) origin: Origin,
    pub(crate) tenant: Tenant,
    pub(crate) report: Report,
}

/// How a job ended.
pub(crate) enum Report {
    Consumed(Consumed),
    /// The letter comes back: when it was not written it is tried again.
    Dispatched(Box<Letter>, Result<(), ProduceError>),
    /// `started` is when the hook was called, by the process clock.
    Hook {
        hook: Hook,
        started: Duration,
        error: Option<String>,
        pause: Option<PauseWish>,
        seek: Option<SeekTo>,
    },
}

/// What a handler call left.
pub(crate) struct Consumed {
    pub(crate) plan: Plan,
    pub(crate) pause: Option<PauseWish>,
    pub(crate) seek: Option<SeekTo>,
    pub(crate) failure: Option<Failure>,
    /// Records that are not done, from the first one on.
    pub(crate) left: Vec<Record>,
    /// How many of them are the rest of a batch that had begun.
    pub(crate) begun: usize,
}
