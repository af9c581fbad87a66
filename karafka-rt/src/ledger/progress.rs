//! The commit bookkeeping of one assignment of one partition.

/// What became of a commit of one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommitOutcome {
    /// The broker stored it.
    Stored,
    /// Not stored, or unknown: sent again with the next commit.
    Again,
}

/// Next-to-read offsets of one assignment: everything below is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Progress {
    /// What the broker has. `None` when nothing was ever committed.
    committed: Option<i64>,
    /// What a commit on its way says.
    in_flight: Option<i64>,
}

impl Progress {
    /// The state at assignment.
    pub(crate) fn new(committed: Option<i64>) -> Self {
        Self { committed, in_flight: None }
    }

    /// What should be sent now, given the last mark. `None` while a commit is on its way or nothing changed.
    pub(crate) fn due(&self, marked: Option<i64>) -> Option<i64> {
        let marked = marked?;
        (self.in_flight.is_none() && self.committed != Some(marked)).then_some(marked)
    }

    /// A commit of `next` was sent.
    pub(crate) fn sent(&mut self, next: i64) {
        self.in_flight = Some(next);
    }

    /// Whether a commit is on its way.
    pub(crate) fn is_in_flight(&self) -> bool {
        self.in_flight.is_some()
    }

    /// The answer to the commit on its way.
    pub(crate) fn answered(&mut self, outcome: CommitOutcome) {
        let Some(next) = self.in_flight.take() else { return };
        if outcome == CommitOutcome::Stored {
            self.committed = Some(next);
        }
    }

    /// What the broker has.
    #[cfg(test)]
    pub(crate) fn committed(&self) -> Option<i64> {
        self.committed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_are_sent_and_one_at_a_time() {
        let mut progress = Progress::new(Some(10));
        assert_eq!(progress.due(None), None, "nothing marked");
        assert_eq!(progress.due(Some(10)), None, "the broker has it");
        assert_eq!(progress.due(Some(12)), Some(12));
        progress.sent(12);
        assert_eq!(progress.due(Some(20)), None, "one commit at a time");
        progress.answered(CommitOutcome::Stored);
        assert_eq!((progress.committed(), progress.due(Some(20))), (Some(12), Some(20)));
    }

    #[test]
    fn a_lower_mark_is_sent_too() {
        assert_eq!(Progress::new(Some(10)).due(Some(4)), Some(4));
    }

    #[test]
    fn an_unknown_outcome_is_sent_again() {
        for (outcome, due) in [(CommitOutcome::Again, Some(5)), (CommitOutcome::Stored, None)] {
            let mut progress = Progress::new(None);
            progress.sent(5);
            progress.answered(outcome);
            assert_eq!(progress.due(Some(5)), due, "{outcome:?}");
        }
    }
}
