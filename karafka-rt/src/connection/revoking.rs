//! Partitions that go. Draining is a state, never a wait.
//!
//! No new work; jobs get `drain_timeout`; then what is done is committed, `Revoked` runs, and the event is answered. Until
//! the answer librdkafka delivers nothing on the whole connection, so it comes the moment the last job ends. A job that is
//! not done by then is an orphan: its assignment is dead, and its hook and drop follow its end.

use std::time::Duration;

use super::session::Session;
use super::slot::{Fetch, Key};
use crate::consumer::EpochPhase;
use crate::librdkafka::TopicPartition;
use crate::processing::{Hook, Partition};
use crate::telemetry::{Event, emit};

/// A revocation that is not answered yet.
pub(super) struct Revocation {
    keys: Vec<Key>,
    since: Duration,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Jobs are finishing.
    Draining,
    /// What is done is being committed.
    Committing { since: Duration },
    /// `Revoked` hooks run.
    Hooks { since: Duration },
}

impl Session<'_> {
    pub(super) fn revoked(&mut self, partitions: &[TopicPartition], lost: bool, now: Duration) {
        let known = |at: &TopicPartition| self.plan.route(&at.topic).map(|route| (route.topic, at.partition));
        let keys: Vec<Key> = partitions.iter().filter_map(known).filter(|key| self.slots.contains_key(key)).collect();
        for key in &keys {
            let Some(slot) = self.slots.get_mut(key) else { continue };
            let phase = if lost { EpochPhase::Dead } else { EpochPhase::Revoking };
            slot.partition.seat().epoch.advance(phase);
            slot.partition.retire();
            slot.wants = None;
            let (topic, partition) = *key;
            emit(Event::Revoked { topic, partition, lost, group: self.plan.group });
        }
        self.revocation = Some(Revocation { keys, since: now, stage: Stage::Draining });
        if lost || self.is_leaving() {
            self.answer_revocation();
        } else {
            self.revocation_step(now);
        }
    }

    pub(super) fn revocation_step(&mut self, now: Duration) {
        while let Some(stage) = self.next_stage(now) {
            if let Some(revocation) = &mut self.revocation {
                revocation.stage = stage;
            }
            match stage {
                Stage::Draining => {}
                Stage::Committing { .. } => self.commits.soon(now),
                Stage::Hooks { .. } => self.run_hooks(),
            }
        }
    }

    /// The stage that follows now; answers the event when there is none.
    fn next_stage(&mut self, now: Duration) -> Option<Stage> {
        let revocation = self.revocation.as_ref()?;
        let slots = || revocation.keys.iter().filter_map(|key| self.slots.get(key));
        let busy = slots().any(|slot| slot.partition.is_busy());
        let bound = self.plan.drain_timeout;
        match revocation.stage {
            Stage::Draining if !busy || now >= revocation.since + bound => Some(Stage::Committing { since: now }),
            Stage::Committing { since } => {
                let unsaved = slots().any(|slot| slot.due().is_some() || slot.progress.is_in_flight());
                (!unsaved || now >= since + bound).then_some(Stage::Hooks { since: now })
            }
            Stage::Hooks { since } if !busy || now >= since + bound => {
                self.answer_revocation();
                None
            }
            Stage::Draining | Stage::Hooks { .. } => None,
        }
    }

    /// The assignment is over: marks have no effect any more.
    fn run_hooks(&mut self) {
        let keys = self.revocation.as_ref().map(|revocation| revocation.keys.clone()).unwrap_or_default();
        for key in keys {
            let Some(slot) = self.slots.get_mut(&key) else { continue };
            slot.partition.seat().epoch.advance(EpochPhase::Dead);
            if let Some(job) = slot.partition.last_hook(Hook::Revoked) {
                self.submit(job);
            }
        }
    }

    pub(super) fn answer_revocation(&mut self) {
        let Some(revocation) = self.revocation.take() else { return };
        let mut queues = Vec::new();
        for key in revocation.keys {
            let Some(slot) = self.slots.remove(&key) else { continue };
            slot.partition.seat().epoch.advance(EpochPhase::Dead);
            if let Fetch::Flowing { queue, .. } = slot.fetch {
                queues.push(queue);
            }
            let had_hook = !matches!(revocation.stage, Stage::Draining);
            match (slot.partition.is_busy(), had_hook) {
                (true, _) => {
                    let (topic, partition) = key;
                    emit(Event::Orphaned { topic, partition });
                    self.orphans.insert(slot.partition.seat().origin.epoch, slot.partition);
                }
                (false, true) => {}
                (false, false) => self.bury(slot.partition),
            }
        }
        if let Err(error) = self.client.answer_revoke(queues) {
            self.fatal = Some(format!("a revocation could not be answered: {error}"));
        }
    }

    /// The last job of a partition that is gone: its hook, once. Without one, or after it, the partition is dropped.
    pub(super) fn bury(&mut self, mut partition: Partition) {
        partition.retire();
        if let Some(job) = partition.last_hook(Hook::Revoked) {
            self.orphans.insert(partition.seat().origin.epoch, partition);
            self.submit(job);
        }
    }
}
