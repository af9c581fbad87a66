//! What a running job shares with the listener about its assignment.

use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

/// How far an assignment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EpochPhase {
    /// Assigned.
    Live,
    /// Being taken away: no new work, marks still count.
    Revoking,
    /// Gone: nothing of it has any effect.
    Dead,
}

/// One assignment of one partition to one connection.
#[derive(Debug)]
pub(crate) struct Epoch {
    pub(crate) number: u64,
    phase: AtomicU8,
    /// The next offset to read: everything below is done. -1 before the first mark.
    marked: AtomicI64,
}

impl Epoch {
    pub(crate) fn new(number: u64) -> Self {
        Self { number, phase: AtomicU8::new(0), marked: AtomicI64::new(-1) }
    }

    pub(crate) fn phase(&self) -> EpochPhase {
        match self.phase.load(Ordering::Acquire) {
            0 => EpochPhase::Live,
            1 => EpochPhase::Revoking,
            _ => EpochPhase::Dead,
        }
    }

    /// Phases only advance: a dead epoch stays dead.
    pub(crate) fn advance(&self, phase: EpochPhase) {
        self.phase.fetch_max(phase as u8, Ordering::AcqRel);
    }

    /// Marks everything below `next` as done; a lower value rewinds. False when the assignment is gone.
    pub(crate) fn mark(&self, next: i64) -> bool {
        if self.phase() == EpochPhase::Dead {
            return false;
        }
        self.marked.store(next, Ordering::Release);
        self.phase() != EpochPhase::Dead
    }

    /// The last mark, if any.
    pub(crate) fn marked(&self) -> Option<i64> {
        let next = self.marked.load(Ordering::Acquire);
        (next >= 0).then_some(next)
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
        assert!(!epoch.mark(9));
        assert_eq!((epoch.phase(), epoch.marked()), (EpochPhase::Dead, Some(5)));
    }
}
