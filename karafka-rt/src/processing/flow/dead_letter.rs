//! What becomes of a record that keeps failing.

use std::collections::BTreeMap;

use crate::message::ErrorKind;
use crate::topology::{Counting, DeadLetter, DeadLetterTarget};

/// What a failure leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Try again.
    Retry,
    /// Give the record up: send it to the dead letter queue.
    Dispatch,
    /// Give the record up: count it and go on.
    Skip,
}

/// Failures counted in one assignment of one partition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Attempts {
    /// Failures since the last whole batch succeeded or a record was dispatched.
    collective: u32,
    /// Of each record that is not done. Bounded by the records in work: one batch.
    each: BTreeMap<i64, Count>,
}

/// Failures of one record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    attempts: u32,
    /// Those that use up retries.
    counted: u32,
}

impl Attempts {
    /// One more failure of the record at `offset`. What is unavailable uses no retries.
    pub(crate) fn failed(&mut self, offset: i64, kind: ErrorKind) {
        let counts = u32::from(kind != ErrorKind::Unavailable);
        self.collective = self.collective.saturating_add(counts);
        let count = self.each.entry(offset).or_default();
        count.attempts = count.attempts.saturating_add(1);
        count.counted = count.counted.saturating_add(counts);
    }

    /// A call that had the record at `offset` failed, and it is not known whether that was this record's fault.
    pub(crate) fn took_part(&mut self, offset: i64) {
        let count = self.each.entry(offset).or_default();
        count.attempts = count.attempts.saturating_add(1);
    }

    /// The record at `offset` has the failures of the batch that it was in, whose first record is at `first`.
    pub(crate) fn share(&mut self, first: i64, offset: i64) {
        let shared = self.each.get(&first).copied().unwrap_or_default();
        let count = self.each.entry(offset).or_default();
        count.attempts = count.attempts.max(shared.attempts);
        count.counted = count.counted.max(shared.counted);
    }

    /// Every record below `next` is done.
    pub(crate) fn done_below(&mut self, next: i64) {
        if !self.each.is_empty() {
            self.each = self.each.split_off(&next);
        }
    }

    /// A whole batch succeeded.
    pub(crate) fn batch_succeeded(&mut self) {
        self.collective = 0;
    }

    /// The record at `offset` was given up.
    pub(crate) fn given_up(&mut self, offset: i64) {
        self.collective = 0;
        self.each.remove(&offset);
    }

    /// Failures that count against `max_retries` for the record at `offset`.
    pub(crate) fn counted(&self, counting: Counting, offset: i64) -> u32 {
        match counting {
            Counting::Collective => self.collective,
            Counting::Independent => self.each.get(&offset).map_or(0, |count| count.counted),
        }
    }

    /// Failures of this record, for its back-off and for `attempt()`.
    pub(crate) fn of(&self, offset: i64) -> u32 {
        self.each.get(&offset).map_or(0, |count| count.attempts)
    }
}

/// `failures` counts this one. Unavailable is nobody's fault; permanent uses no retries.
pub(super) fn verdict(policy: Option<DeadLetter>, kind: ErrorKind, failures: u32) -> Verdict {
    let Some(policy) = policy else { return Verdict::Retry };
    let give_up = match kind {
        ErrorKind::Unavailable => false,
        ErrorKind::Permanent => true,
        ErrorKind::Failed => failures > policy.max_retries,
    };
    match (give_up, policy.target) {
        (false, _) => Verdict::Retry,
        (true, DeadLetterTarget::Skip) => Verdict::Skip,
        (true, DeadLetterTarget::Topic(_) | DeadLetterTarget::External(_)) => Verdict::Dispatch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds failures, batch successes and dispatches, and reads both counters of one record.
    #[test]
    fn collective_failures_add_up_and_independent_ones_do_not() {
        enum Step {
            Failed(i64),
            Unavailable(i64),
            Succeeded(i64),
            GivenUp(i64),
        }
        use Step::{Failed, GivenUp, Succeeded, Unavailable};
        for (steps, offset, collective, independent) in [
            (vec![Failed(1), Failed(1)], 1, 2, 2),
            (vec![Failed(1), Failed(2), Failed(3)], 3, 3, 1),
            (vec![Failed(1), Succeeded(5), Failed(5)], 5, 1, 1),
            (vec![Failed(1), Failed(2), GivenUp(2), Failed(3)], 3, 1, 1),
            (vec![Failed(1), GivenUp(1)], 1, 0, 0),
            (vec![Unavailable(1), Unavailable(1), Failed(1)], 1, 1, 1),
        ] {
            let mut attempts = Attempts::default();
            for step in steps {
                match step {
                    Failed(offset) => {
                        attempts.done_below(offset);
                        attempts.failed(offset, ErrorKind::Failed);
                    }
                    Unavailable(offset) => attempts.failed(offset, ErrorKind::Unavailable),
                    Succeeded(next) => {
                        attempts.done_below(next);
                        attempts.batch_succeeded();
                    }
                    GivenUp(offset) => attempts.given_up(offset),
                }
            }
            let counted = |counting| attempts.counted(counting, offset);
            assert_eq!((counted(Counting::Collective), counted(Counting::Independent)), (collective, independent));
        }
    }
}
