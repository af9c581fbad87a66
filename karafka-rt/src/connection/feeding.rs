//! Records from librdkafka's queues into the partitions.
//!
//! A partition that takes nothing is not drained: its queue fills, which is bounded. When that lasts for a second it is
//! paused, its queue is emptied once, and what it holds is copied out of the fetch responses that it pins.

use std::collections::HashMap;
use std::time::Duration;

use super::assigning::repair;
use super::budget::{Budget, Unread};
use super::session::Session;
use super::slot::{Fetch, Flow, Key, Slot};
use crate::failpoint::{self, Point};
use crate::librdkafka::{ConsumerClient, NativeMessage, trim_memory};
use crate::message::Record;
use crate::telemetry::{Event, emit};

/// Records taken from a queue with one call.
const DRAIN: usize = 512;
/// Partitions paused in one turn: each pause waits for librdkafka's main thread.
const PAUSES: usize = 32;
/// Bytes of a record of which nothing is known.
const USUAL_RECORD: u64 = 1024;
/// Between two returns of memory to the system.
const TRIM_EVERY: Duration = Duration::from_secs(10);
/// How long a partition may be left undrained before it is paused.
const PAUSE_AFTER: Duration = Duration::from_secs(1);

impl Session<'_> {
    pub(super) fn feed(&mut self, now: Duration) {
        if self.stopping.is_some() {
            return;
        }
        let client = &self.client;
        let mut paused = 0;
        let mut failed = false;
        let share = self.plan.budget.share(self.slots.len());
        let too_many = too_many(self.budget, &self.slots);
        let is_tight = self.plan.budget.is_tight(self.slots.len());
        for (key, slot) in self.slots.iter_mut().filter(|(_, slot)| slot.wants.is_none()) {
            let pausing = match paused < PAUSES {
                true if too_many.contains(key) => Pausing::Now,
                true => Pausing::AfterAWhile,
                false => Pausing::Never,
            };
            slot.partition.limit(share);
            paused += usize::from(feed_slot(slot, client, &mut self.scratch, pausing, now));
            if is_tight {
                slot.partition.detach();
            }
            failed |= slot.wants.is_some();
        }
        if failed {
            self.topics.look_soon(now);
        }
        // The pages of emptied queues stay with the allocator otherwise. Not more often than needed: it takes its time.
        self.emptied |= paused > 0;
        if self.emptied && self.trimmed.is_none_or(|at| now.saturating_sub(at) >= TRIM_EVERY) {
            (self.emptied, self.trimmed) = (false, Some(now));
            std::thread::spawn(trim_memory);
        }
    }
}

/// What is done with a partition's queue in this turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// It fills, which is bounded.
    Leave,
    /// Records are taken while the partition has room.
    Take,
    /// It was paused just now: everything is taken, once.
    Empty,
}

/// When a queue that is not read is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pausing {
    /// Not in this turn.
    Never,
    AfterAWhile,
    /// All unread ones together hold too much.
    Now,
}

fn too_many(budget: Budget, slots: &HashMap<Key, Slot>) -> Vec<Key> {
    let unread = slots.iter().filter_map(|(key, slot)| match slot.fetch {
        Fetch::Flowing { flow: Flow::Undrained { since }, .. } => {
            let record = slot.partition.average().map_or(USUAL_RECORD, |bytes| bytes as u64);
            Some(Unread { key: *key, since, record })
        }
        _ => None,
    });
    budget.too_many(&mut unread.collect::<Vec<_>>())
}

/// True when the partition was paused.
fn feed_slot(
    slot: &mut Slot,
    client: &ConsumerClient,
    scratch: &mut Vec<NativeMessage>,
    pausing: Pausing,
    now: Duration,
) -> bool {
    let Slot { partition, fetch, wants, at, trouble, .. } = slot;
    let Fetch::Flowing { queue, next, flow } = fetch else { return false };
    let is_due = |since: Duration| match pausing {
        Pausing::Never => false,
        Pausing::AfterAWhile => now.saturating_sub(since) >= PAUSE_AFTER,
        Pausing::Now => true,
    };
    let turn = match (*flow, partition.room(now)) {
        (Flow::Drained, 0) => {
            *flow = Flow::Undrained { since: now };
            Turn::Leave
        }
        (Flow::Undrained { since }, 0) if is_due(since) && client.pause(at).is_ok() => {
            *flow = Flow::Paused;
            Turn::Empty
        }
        (Flow::Undrained { .. }, 0) => Turn::Leave,
        (Flow::Paused, 0) => {
            // What a job gave back since then.
            partition.detach();
            Turn::Leave
        }
        (Flow::Paused, _) if client.resume(at).is_err() => Turn::Leave,
        (Flow::Paused | Flow::Drained | Flow::Undrained { .. }, _) => {
            *flow = Flow::Drained;
            Turn::Take
        }
    };
    loop {
        let asked = match turn {
            Turn::Leave => return false,
            Turn::Take => partition.room(now).min(DRAIN),
            Turn::Empty => DRAIN,
        };
        if asked == 0 {
            return false;
        }
        let taken = queue.drain(scratch, asked);
        let failed = accept(scratch, next, |records| partition.accept(records, now));
        if taken > 0 {
            failpoint::at(Point::AfterPoll);
        }
        if let Some(error) = failed {
            let origin = partition.seat().origin;
            emit(Event::FetchFailed { topic: origin.topic, partition: origin.partition, error: &error });
            *wants = Some(repair(*next));
            *trouble = trouble.saturating_add(1);
            return false;
        }
        if taken > 0 {
            *trouble = 0;
        }
        if taken < asked {
            break;
        }
    }
    if turn == Turn::Empty {
        partition.detach();
    }
    turn == Turn::Empty
}

/// Takes records in order up to the first error, whose text is returned. What is below the next offset was seen before in
/// this assignment and is dropped; a jump above it is normal (transaction markers, compaction).
fn accept(
    scratch: &mut Vec<NativeMessage>,
    next: &mut i64,
    accept: impl FnOnce(&mut dyn Iterator<Item = Record>),
) -> Option<String> {
    let good = scratch.iter().position(NativeMessage::is_error).unwrap_or(scratch.len());
    let error = scratch.get(good).and_then(NativeMessage::error).map(|(code, text)| format!("{code:?}: {text}"));
    scratch.truncate(good);
    let expected = *next;
    if let Some(last) = scratch.last() {
        *next = expected.max(last.offset() + 1);
    }
    let fresh = scratch.drain(..).filter(|message| message.offset() >= expected).map(Record::Native);
    accept(&mut { fresh });
    error
}
