//! The commit bookkeeping of one assignment of one partition.

/// What became of a commit of one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommitOutcome {
    /// The broker stored it.
    Stored,
    /// Not stored, or unknown: sent again with the next commit.
    Again,
}

/// What a commit says about a partition: the next offset to read, and which revision of the metadata goes with it.
pub(crate) type Mark = (i64, u64);

/// What one assignment has committed: everything below an offset is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Progress {
    /// What the broker has. `None` when nothing was ever committed.
    committed: Option<Mark>,
    /// What a commit on its way says.
    in_flight: Option<Mark>,
    /// A commit was given up: it may still arrive.
    uncertain: bool,
}

impl Progress {
    /// The state at assignment: the offset that the broker has, with its metadata as revision 0.
    pub(crate) fn new(committed: Option<i64>) -> Self {
        Self { committed: committed.map(|next| (next, 0)), in_flight: None, uncertain: false }
    }

    /// Whether something should be sent now, given the last mark. Not while a commit is on its way, or when nothing changed.
    pub(crate) fn is_due(&self, marked: Option<Mark>) -> bool {
        marked.is_some() && self.in_flight.is_none() && self.committed != marked
    }

    /// A commit was sent.
    pub(crate) fn sent(&mut self, mark: Mark) {
        self.in_flight = Some(mark);
    }

    /// Whether a commit is on its way.
    pub(crate) fn is_in_flight(&self) -> bool {
        self.in_flight.is_some()
    }

    /// The answer to the commit on its way.
    pub(crate) fn answered(&mut self, outcome: CommitOutcome) {
        let Some(mark) = self.in_flight.take() else { return };
        self.uncertain = outcome != CommitOutcome::Stored;
        if outcome == CommitOutcome::Stored {
            self.committed = Some(mark);
        }
    }

    /// Whether no commit is on its way, nor may be.
    pub(crate) fn is_certain(&self) -> bool {
        self.in_flight.is_none() && !self.uncertain
    }

    /// A transaction committed this.
    pub(crate) fn stored(&mut self, mark: Mark) {
        self.committed = Some(mark);
    }

    /// What the broker has.
    pub(crate) fn committed(&self) -> Option<Mark> {
        self.committed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_are_sent_and_one_at_a_time() {
        let mut progress = Progress::new(Some(10));
        assert!(!progress.is_due(None), "nothing marked");
        assert!(!progress.is_due(Some((10, 0))), "the broker has it");
        assert!(progress.is_due(Some((10, 1))), "other metadata at the same offset");
        assert!(progress.is_due(Some((12, 0))));
        progress.sent((12, 0));
        assert!(!progress.is_due(Some((20, 0))), "one commit at a time");
        progress.answered(CommitOutcome::Stored);
        assert_eq!((progress.committed(), progress.is_due(Some((20, 0)))), (Some((12, 0)), true));
    }

    #[test]
    fn a_commit_that_was_given_up_may_still_arrive_until_a_later_one_is_answered() {
        let mut progress = Progress::new(Some(1));
        assert!(progress.is_certain());
        progress.sent((5, 0));
        assert!(!progress.is_certain());
        progress.answered(CommitOutcome::Again);
        assert!(!progress.is_certain());
        progress.sent((5, 0));
        progress.answered(CommitOutcome::Stored);
        assert!(progress.is_certain());
        progress.stored((9, 0));
        assert!(!progress.is_due(Some((9, 0))));
    }

    #[test]
    fn a_lower_mark_is_sent_too() {
        assert!(Progress::new(Some(10)).is_due(Some((4, 0))));
    }

    #[test]
    fn an_unknown_outcome_is_sent_again() {
        for (outcome, due) in [(CommitOutcome::Again, true), (CommitOutcome::Stored, false)] {
            let mut progress = Progress::new(None);
            progress.sent((5, 0));
            progress.answered(outcome);
            assert_eq!(progress.is_due(Some((5, 0))), due, "{outcome:?}");
        }
    }
}
