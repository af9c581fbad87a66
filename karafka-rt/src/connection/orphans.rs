//! Partitions that are gone while a job of theirs still runs.
//!
//! Nothing of a dead assignment has any effect, but its handler is still at work: the partition is not handed over again in
//! this process, by whatever connection, before that job ended, its hook ran and its instance was dropped. They outlive the
//! session that lost them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::slot::Key;
use crate::processing::Partition;

/// Orphans of all connections of this process, by group and partition. A partition may have several.
static HELD: Mutex<BTreeSet<(&'static str, Key, u64)>> = Mutex::new(BTreeSet::new());

/// Whether a job of an earlier assignment still runs.
pub(super) fn are_held(group: &'static str, key: Key) -> bool {
    held().range((group, key, 0)..=(group, key, u64::MAX)).next().is_some()
}

/// The orphans of one connection, by epoch.
#[derive(Default)]
pub(super) struct Orphans(HashMap<u64, Partition>);

impl Orphans {
    pub(super) fn insert(&mut self, partition: Partition) {
        let origin = partition.seat().origin;
        held().insert((partition.route().group, (origin.topic, origin.partition), origin.epoch));
        self.0.insert(origin.epoch, partition);
    }

    pub(super) fn remove(&mut self, epoch: u64) -> Option<Partition> {
        let partition = self.0.remove(&epoch)?;
        let origin = partition.seat().origin;
        held().remove(&(partition.route().group, (origin.topic, origin.partition), origin.epoch));
        Some(partition)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn partitions(&self) -> impl Iterator<Item = &Partition> {
        self.0.values()
    }
}

fn held() -> MutexGuard<'static, BTreeSet<(&'static str, Key, u64)>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}
