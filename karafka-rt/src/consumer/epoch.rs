//! What a running job shares with the listener about its assignment.

use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How far an assignment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EpochPhase {
    /// Assigned.
    Live,
    /// Being taken away: no new work, marks still count.
    Revoking,
    /// Gone: nothing of it has any effect. Everything marked is committed.
    Dead,
    /// Gone like that, and not in order: the next owner may begin before what was marked.
    Lost,
}

impl EpochPhase {
    /// Whether the assignment is gone.
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Dead | Self::Lost)
    }
}

/// One assignment of one partition to one connection.
#[derive(Debug)]
pub(crate) struct Epoch {
    pub(crate) number: u64,
    phase: AtomicU8,
    /// The next offset to read: everything below is done. -1 before the first mark.
    marked: AtomicI64,
    /// What is committed beside the offset. Held while mark and metadata change together.
    metadata: Mutex<Option<Arc<str>>>,
    /// Counts the changes of the metadata.
    revision: AtomicU64,
}

/// What should be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marked {
    /// The next offset to read.
    pub(crate) next: i64,
    pub(crate) metadata: Option<Arc<str>>,
    /// Of the metadata: another revision has to be committed even at the same offset.
    pub(crate) revision: u64,
}

impl Epoch {
    pub(crate) fn new(number: u64) -> Self {
        Self {
            number,
            phase: AtomicU8::new(0),
            marked: AtomicI64::new(-1),
            metadata: Mutex::new(None),
            revision: AtomicU64::new(0),
        }
    }

    pub(crate) fn phase(&self) -> EpochPhase {
        match self.phase.load(Ordering::Acquire) {
            0 => EpochPhase::Live,
            1 => EpochPhase::Revoking,
            2 => EpochPhase::Dead,
            _ => EpochPhase::Lost,
        }
    }

    /// Phases only advance: a dead epoch stays dead.
    pub(crate) fn advance(&self, phase: EpochPhase) {
        self.phase.fetch_max(phase as u8, Ordering::AcqRel);
    }

    /// Marks everything below `next` as done; a lower value rewinds. False when the assignment is gone.
    pub(crate) fn mark(&self, next: i64) -> bool {
        if self.phase().is_over() {
            return false;
        }
        self.marked.store(next, Ordering::Release);
        !self.phase().is_over()
    }

    /// The same, with metadata that is committed together with it and stays until it is replaced.
    pub(crate) fn mark_with(&self, next: i64, metadata: Arc<str>) -> bool {
        let mut current = self.lock();
        if !self.mark(next) {
            return false;
        }
        *current = Some(metadata);
        self.revision.fetch_add(1, Ordering::Release);
        true
    }

    /// A mark with metadata, or without.
    pub(crate) fn mark_maybe_with(&self, next: i64, metadata: Option<Arc<str>>) -> bool {
        match metadata {
            Some(metadata) => self.mark_with(next, metadata),
            None => self.mark(next),
        }
    }

    /// The metadata that the group has for this partition, read together with its offset.
    pub(crate) fn load(&self, metadata: Option<Arc<str>>) {
        *self.lock() = metadata;
    }

    /// What the group has, or will have with the next commit.
    pub(crate) fn metadata(&self) -> Option<Arc<str>> {
        self.lock().clone()
    }

    /// The last mark, if any.
    pub(crate) fn marked(&self) -> Option<i64> {
        let next = self.marked.load(Ordering::Acquire);
        (next >= 0).then_some(next)
    }

    /// The last mark and the revision of its metadata, if any.
    pub(crate) fn mark_and_revision(&self) -> Option<(i64, u64)> {
        // In this order: a change between the two is seen as one too old, and looked at again.
        let revision = self.revision.load(Ordering::Acquire);
        self.marked().map(|next| (next, revision))
    }

    /// All that a commit says, of one moment.
    pub(crate) fn to_commit(&self) -> Option<Marked> {
        let metadata = self.lock();
        let (next, revision) = self.mark_and_revision()?;
        Some(Marked { next, metadata: metadata.clone(), revision })
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<str>>> {
        self.metadata.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_epoch_takes_no_marks_and_stays_dead() {
        let epoch = Epoch::new(1);
        assert_eq!(epoch.marked(), None);
        assert!(epoch.mark(7));
        epoch.advance(EpochPhase::Revoking);
        assert!(epoch.mark(5), "marks count while the partition is being taken away, lower ones too");
        epoch.advance(EpochPhase::Dead);
        epoch.advance(EpochPhase::Live);
        assert!(!epoch.mark(9) && !epoch.mark_with(9, "late".into()));
        assert_eq!((epoch.phase(), epoch.marked(), epoch.metadata()), (EpochPhase::Dead, Some(5), None));
        epoch.advance(EpochPhase::Lost);
        epoch.advance(EpochPhase::Dead);
        assert_eq!(epoch.phase(), EpochPhase::Lost, "what was lost is not found again");
    }

    #[test]
    fn metadata_stays_until_it_is_replaced_and_a_change_alone_is_one() {
        let epoch = Epoch::new(1);
        epoch.load(Some("old".into()));
        assert!(epoch.mark(7));
        let marked = |next, text: &str, revision| Some(Marked { next, metadata: Some(text.into()), revision });
        assert_eq!(epoch.to_commit(), marked(7, "old", 0));
        assert!(epoch.mark_with(7, "new".into()));
        assert_eq!(epoch.to_commit(), marked(7, "new", 1));
        assert!(epoch.mark(8));
        assert_eq!(epoch.to_commit(), marked(8, "new", 1));
    }
}
