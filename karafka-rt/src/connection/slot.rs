//! One assigned partition on the consuming side: its processing, its queue, its progress.

use std::sync::Arc;
use std::time::Duration;

use super::holding::Hold;
use super::start::{Before, Known, Target};
use crate::consumer::SeekTo;
use crate::ledger::Progress;
use crate::librdkafka::{PartitionQueue, TopicId, TopicPartition};
use crate::message::Origin;
use crate::processing::Partition;

/// A partition by name; the topic is interned.
pub(super) type Key = (&'static str, i32);

pub(super) struct Slot {
    pub(super) at: TopicPartition,
    pub(super) partition: Partition,
    pub(super) progress: Progress,
    pub(super) fetch: Fetch,
    /// A move that waits until no rebalance is being answered.
    pub(super) wants: Option<Target>,
    /// Errors of its queue since the last good record: what lasts is tried again less and less often.
    pub(super) trouble: u32,
    /// The topic that it is a partition of.
    pub(super) id: Option<TopicId>,
    pub(super) hold: Hold,
}

/// How records come.
pub(super) enum Fetch {
    /// Not assigned to librdkafka yet: asking where to start.
    Moving(Lookup),
    /// Records come through the queue.
    Flowing { queue: PartitionQueue, next: i64, flow: Flow },
}

/// Whether the queue is being drained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Drained,
    /// The partition takes nothing; librdkafka's queue fills, which is bounded.
    Undrained {
        since: Duration,
    },
    /// It took nothing for long: paused, its queue emptied.
    Paused,
}

/// The questions about a partition and what was answered.
#[derive(Debug)]
pub(super) struct Lookup {
    pub(super) target: Target,
    /// When to ask (again).
    pub(super) at: Duration,
    pub(super) failures: u32,
    /// The ticket of the question on its way.
    pub(super) ticket: Option<u64>,
    pub(super) committed: Answer,
    /// What the group has stored beside its offset.
    pub(super) metadata: Option<Arc<str>>,
    pub(super) earliest: Option<i64>,
    /// The time that is asked for, in milliseconds since the epoch.
    pub(super) instant: Option<i64>,
    /// Where that time begins; below 0 when no record is that young.
    pub(super) timed: Option<i64>,
    pub(super) latest: Option<i64>,
}

/// What a group said about its committed offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Missing,
    /// The question is on its way, for as long as the coordinator is away.
    Asked,
    /// `None`: nothing was ever committed.
    Given(Option<i64>),
}

impl Lookup {
    pub(super) fn new(target: Target, now: Duration) -> Self {
        Self {
            target,
            at: now,
            failures: 0,
            ticket: None,
            committed: Answer::Missing,
            metadata: None,
            instant: None,
            timed: None,
            earliest: None,
            latest: None,
        }
    }

    /// After so many errors in a row: asks at once the first time, then waits 200 ms, doubling up to a minute.
    pub(super) fn after(trouble: u32, target: Target, now: Duration) -> Self {
        let wait = match trouble {
            0 | 1 => Duration::ZERO,
            more => Duration::from_millis(200) * 2_u32.saturating_pow(more.min(11) - 2),
        };
        Self { at: now + wait.min(Duration::from_mins(1)), ..Self::new(target, now) }
    }

    /// The complete answer. Only a start at the committed offset needs that one, and only one at a time needs its place.
    pub(super) fn known(&self) -> Option<Known> {
        let committed = match (self.target, self.committed) {
            (Target::Place(_) | Target::Anew { .. }, _) => None,
            (Target::Committed, Answer::Given(committed)) => committed,
            (Target::Committed, Answer::Missing | Answer::Asked) => return None,
        };
        if self.instant.is_some() && self.timed.is_none() {
            return None;
        }
        Some(Known { committed, earliest: self.earliest?, latest: self.latest?, timed: self.timed, before: None })
    }

    /// The ticket, when the committed offset is what is still to be asked for.
    pub(super) fn wants_committed(&self) -> Option<u64> {
        let is_last = self.earliest.is_some() && self.latest.is_some();
        let wants = self.target == Target::Committed && self.committed == Answer::Missing;
        self.ticket.filter(|_| is_last && wants)
    }

    /// Whether answers are missing for longer than `bound`; the committed offset may take as long as it takes.
    pub(super) fn is_overdue(&self, now: Duration, bound: Duration) -> bool {
        self.ticket.is_some() && self.committed != Answer::Asked && now > self.at + bound
    }

    /// An answer was an error: ask again later, between 200 ms and 5 s.
    pub(super) fn failed(&mut self, now: Duration) {
        let failures = self.failures.saturating_add(1);
        let wait = Duration::from_millis(200) * 2_u32.saturating_pow(failures.min(5) - 1);
        *self = Self { failures, at: now + wait.min(Duration::from_secs(5)), ..Self::new(self.target, now) };
    }
}

impl Slot {
    pub(super) fn origin(&self) -> Origin {
        self.partition.seat().origin
    }

    pub(super) fn key(&self) -> Key {
        (self.origin().topic, self.origin().partition)
    }

    /// The next offset, as far as it is known.
    pub(super) fn place(&self) -> Option<i64> {
        match &self.fetch {
            Fetch::Flowing { next, .. } => Some(*next),
            Fetch::Moving(lookup) => match lookup.target {
                Target::Place(SeekTo::Offset(offset)) | Target::Anew { from: offset } => Some(offset),
                Target::Committed | Target::Place(_) => None,
            },
        }
    }

    /// How the assignment ended, if it had begun.
    pub(super) fn end(&self) -> Option<Before> {
        let committed = self.partition.seat().epoch.marked().or(self.progress.committed().map(|(next, _)| next));
        self.place().map(|next| Before { next, committed })
    }

    /// Whether something should be committed now.
    pub(super) fn is_due(&self) -> bool {
        self.progress.is_due(self.partition.seat().epoch.mark_and_revision())
    }

    /// Whether nothing that is marked is still to be committed. The progress of a held partition is a transaction's.
    pub(super) fn is_saved(&self) -> bool {
        let is_held = matches!(self.hold, Hold::Held);
        is_held || self.partition.seat().epoch.phase().is_over() || (!self.is_due() && !self.progress.is_in_flight())
    }
}
