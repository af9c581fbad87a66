//! Partitions that go. Draining is a state, never a wait.
//!
//! No new work; jobs get `drain_timeout`; then what is done is committed, `Revoked` runs, and the event is answered. Until
//! the answer librdkafka delivers nothing on the whole connection, so it comes the moment the last job ends. A job that is
//! not done by then is an orphan: its assignment is dead, and its hook and drop follow its end.

use std::time::Duration;

use super::session::Session;
use super::slot::{Fetch, Key, Slot};
use crate::consumer::EpochPhase;
use crate::failpoint::{self, Bug, Point};
use crate::librdkafka::{CommitEntry, TopicPartition};
use crate::processing::{Hook, Partition};
use crate::telemetry::{Event, emit};

/// A revocation that is not answered yet.
pub(super) struct Revocation {
    keys: Vec<Key>,
    since: Duration,
    /// When the broker may have asked for it, at the earliest.
    asked: Duration,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Jobs are finishing.
    Draining,
    /// What is done is being committed.
    Committing,
    /// `Revoked` hooks run, and instances are dropped.
    Hooks,
}

impl Session<'_> {
    pub(super) fn revoked(&mut self, partitions: &[TopicPartition], lost: bool, now: Duration) {
        failpoint::at(Point::InRevoke);
        let keys: Vec<Key> =
            partitions.iter().filter_map(|at| self.key(at)).filter(|key| self.slots.contains_key(key)).collect();
        for key in &keys {
            let Some(slot) = self.slots.get_mut(key) else { continue };
            let phase = if lost { EpochPhase::Lost } else { EpochPhase::Revoking };
            slot.partition.seat().epoch.advance(phase);
            slot.partition.retire();
            slot.wants = None;
            let (topic, partition) = *key;
            emit(Event::Revoked { topic, partition, lost, group: self.plan.group });
        }
        if !keys.is_empty() {
            // A topic may be gone.
            self.topics.look_now(now);
        }
        let asked = self.last_turn;
        self.revocation = Some(Revocation { keys, since: now, asked, stage: Stage::Draining });
        if lost || self.is_leaving() {
            self.answer_revocation();
        } else {
            self.revocation_step(now);
        }
    }

    pub(super) fn revocation_step(&mut self, now: Duration) {
        // With KIP-848 a member that answers too late loses every partition, those that stay included, and is not told.
        let bound = self.plan.revocation_bound;
        if self.revocation.as_ref().is_some_and(|revocation| now >= revocation.asked + bound) {
            let error =
                format!("a revocation was not answered within {bound:?}: everything may belong to others by now");
            self.fatal.get_or_insert(error);
            return;
        }
        while let Some(stage) = self.next_stage(now) {
            if let Some(revocation) = &mut self.revocation {
                revocation.stage = stage;
            }
            match stage {
                Stage::Draining => {}
                Stage::Committing => self.commits.soon(now),
                Stage::Hooks => self.run_hooks(),
            }
        }
    }

    /// The stage that follows now; answers the event when there is none.
    fn next_stage(&mut self, now: Duration) -> Option<Stage> {
        let revocation = self.revocation.as_ref()?;
        let slots = || revocation.keys.iter().filter_map(|key| self.slots.get(key));
        let busy = slots().any(|slot| slot.partition.is_busy());
        // All of it within one and a half times the bound, which is at most half of `max.poll.interval.ms`: later, the broker
        // would evict this member from everything without an event.
        let late = |quarters: u32| now >= revocation.since + self.plan.drain_timeout * quarters / 4;
        match revocation.stage {
            Stage::Draining if !busy || late(4) => Some(Stage::Committing),
            Stage::Committing => {
                // What the broker refuses for good, such as the commit of a topic that is denied or gone, is not waited for.
                let unsaved = slots().any(|slot| !slot.is_saved() && !self.commits.is_refused(slot.key()));
                (!unsaved || late(5)).then_some(Stage::Hooks)
            }
            Stage::Hooks if !busy || late(6) => {
                self.answer_revocation();
                None
            }
            Stage::Draining | Stage::Hooks => None,
        }
    }

    /// The assignment is over: marks have no effect any more.
    fn run_hooks(&mut self) {
        let keys = self.revocation.as_ref().map(|revocation| revocation.keys.clone()).unwrap_or_default();
        for key in keys {
            let Some(slot) = self.slots.get_mut(&key) else { continue };
            slot.partition.seat().epoch.advance(if slot.is_saved() { EpochPhase::Dead } else { EpochPhase::Lost });
            if let Some(job) = slot.partition.last_hook(Hook::Revoked) {
                self.submit(job);
            }
        }
    }

    pub(super) fn answer_revocation(&mut self) {
        let Some(revocation) = self.revocation.take() else { return };
        failpoint::at(Point::BeforeRevokeAnswer);
        let (mut queues, mut late) = (Vec::new(), Vec::new());
        for key in revocation.keys {
            let Some(slot) = self.slots.remove(&key) else { continue };
            late.extend(planted_commit(&slot));
            if let Some(end) = slot.end() {
                self.topics.ended(key, slot.id, end);
            }
            if let Fetch::Flowing { queue, .. } = slot.fetch {
                queues.push(queue);
            }
            let busy = slot.partition.is_busy();
            slot.partition.seat().epoch.advance(if busy { EpochPhase::Lost } else { EpochPhase::Dead });
            if busy {
                let (topic, partition) = key;
                emit(Event::Orphaned { topic, partition });
                self.orphans.insert(slot.partition);
            } else {
                self.bury(slot.partition);
            }
        }
        if let Err(error) = self.client.answer_revoke(queues) {
            self.fatal = Some(format!("a revocation could not be answered: {error}"));
        }
        if !late.is_empty() {
            std::thread::sleep(Duration::from_millis(20));
            let _ = self.client.commit(&late);
        }
    }

    /// The last job of a partition that is gone: its hook and the drop of its instance. Without an instance, or after that
    /// job, nothing is left of it.
    pub(super) fn bury(&mut self, mut partition: Partition) {
        partition.retire();
        if let Some(job) = partition.last_hook(Hook::Revoked) {
            self.orphans.insert(partition);
            self.submit(job);
        }
    }
}

/// What a sabotaged listener commits after it gave the partition away.
fn planted_commit(slot: &Slot) -> Option<CommitEntry> {
    let planted = failpoint::is_planted(Bug::CommitAfterRevoke);
    let offset = slot.partition.seat().epoch.marked().filter(|_| planted)?;
    Some(CommitEntry { at: slot.at.clone(), offset, metadata: None })
}
