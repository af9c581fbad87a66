//! When to commit, and what an answer means. Pure.
//!
//! One commit is in flight per connection. An error on a list of several partitions means "unknown for all": librdkafka
//! copies the request's last error onto every partition that has none (`rd_kafka_cgrp_update_committed_offsets`), so they
//! are then sent one by one.

use std::collections::BTreeMap;
use std::time::Duration;

use super::slot::Key;
use crate::ledger::CommitOutcome;

#[derive(Debug)]
pub(super) struct Commits {
    interval: Duration,
    deadline: Duration,
    next: Duration,
    in_flight: Option<InFlight>,
    one_by_one: bool,
    /// Partitions whose own commit failed, and until when they wait: they must not hold up the others.
    held: BTreeMap<Key, Held>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    until: Duration,
    said: Said,
}

#[derive(Debug)]
struct InFlight {
    ticket: u64,
    entries: Vec<(Key, u64)>,
    since: Duration,
}

/// What one entry's answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Stored,
    /// An error that passes.
    Retry,
    /// An error that may last: the member is unknown, the group is denied.
    Error,
}

/// Between two tries after an error that passes.
const SHORT: Duration = Duration::from_millis(100);
/// After any other error.
const LONG: Duration = Duration::from_secs(1);

impl Commits {
    pub(super) fn new(interval: Duration, deadline: Duration, now: Duration) -> Self {
        Self { interval, deadline, next: now + interval, in_flight: None, one_by_one: false, held: BTreeMap::new() }
    }

    pub(super) fn soon(&mut self, now: Duration) {
        self.next = self.next.min(now);
    }

    /// When to look again.
    pub(super) fn wakes_at(&self) -> Duration {
        self.in_flight.as_ref().map_or(self.next, |in_flight| in_flight.since + self.deadline)
    }

    /// How many partitions the next commit may hold; `None` when it is not time.
    pub(super) fn batch(&self, now: Duration) -> Option<usize> {
        (self.in_flight.is_none() && self.next <= now).then_some(if self.one_by_one { 1 } else { usize::MAX })
    }

    /// Whether the partition waits after an error of its own.
    pub(super) fn is_held(&self, key: Key, now: Duration) -> bool {
        self.held.get(&key).is_some_and(|held| now < held.until)
    }

    /// Whether the last answer about the partition was an error that may last.
    pub(super) fn is_refused(&self, key: Key) -> bool {
        self.held.get(&key).is_some_and(|held| held.said == Said::Error)
    }

    /// There was nothing to send, but for partitions that wait after an error.
    pub(super) fn nothing_due(&mut self, now: Duration) {
        self.held.retain(|_, held| now < held.until);
        self.one_by_one = !self.held.is_empty();
        self.next =
            self.held.values().map(|held| held.until).min().unwrap_or(now + self.interval).min(now + self.interval);
    }

    /// The commit with this ticket was sent. With more to send (`more`), the next one follows at once.
    pub(super) fn sent(&mut self, ticket: u64, entries: Vec<(Key, u64)>, now: Duration, more: bool) {
        self.next = if more { now } else { now + self.interval };
        self.in_flight = Some(InFlight { ticket, entries, since: now });
    }

    /// librdkafka refused to send.
    pub(super) fn refused(&mut self, now: Duration) {
        self.next = now + LONG;
    }

    /// An answer: what became of each partition of the commit in flight. `said` has one word for each of its entries. An
    /// answer to a commit that was given up says nothing.
    pub(super) fn answered(&mut self, ticket: u64, said: &[Said], now: Duration) -> Vec<(Key, u64, CommitOutcome)> {
        let Some(InFlight { entries, .. }) = self.in_flight.take_if(|in_flight| in_flight.ticket == ticket) else {
            return Vec::new();
        };
        let clean = said.len() == entries.len() && said.iter().all(|said| *said == Said::Stored);
        if !clean {
            let wait = if said.contains(&Said::Error) { LONG } else { SHORT };
            if let [(key, _)] = entries[..] {
                let said = if said.contains(&Said::Error) { Said::Error } else { Said::Retry };
                self.held.insert(key, Held { until: now + wait, said });
                self.next = now;
            } else {
                self.next = now + wait;
            }
            self.one_by_one = true;
        }
        let outcome = if clean { CommitOutcome::Stored } else { CommitOutcome::Again };
        entries.into_iter().map(|(key, epoch)| (key, epoch, outcome)).collect()
    }

    /// Gives up an answer that is overdue; its partitions are sent again.
    pub(super) fn overdue(&mut self, now: Duration) -> Vec<(Key, u64, CommitOutcome)> {
        if self.in_flight.as_ref().is_none_or(|in_flight| now < in_flight.since + self.deadline) {
            return Vec::new();
        }
        let entries = self.in_flight.take().map(|in_flight| in_flight.entries).unwrap_or_default();
        self.next = now;
        entries.into_iter().map(|(key, epoch)| (key, epoch, CommitOutcome::Again)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Key = ("a", 0);
    const B: Key = ("b", 1);

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn sent(entries: &[(Key, u64)]) -> Commits {
        let mut commits = Commits::new(at(5), at(10), at(0));
        assert_eq!(commits.batch(at(4)), None);
        assert_eq!(commits.batch(at(5)), Some(usize::MAX));
        commits.sent(1, entries.to_vec(), at(5), false);
        assert_eq!(commits.batch(at(60)), None, "one in flight");
        commits
    }

    #[test]
    fn a_clean_answer_stores_all() {
        let mut commits = sent(&[(A, 1), (B, 2)]);
        let stored = commits.answered(1, &[Said::Stored, Said::Stored], at(6));
        assert_eq!(stored, [(A, 1, CommitOutcome::Stored), (B, 2, CommitOutcome::Stored)]);
        assert_eq!((commits.batch(at(9)), commits.batch(at(10))), (None, Some(usize::MAX)));
    }

    #[test]
    fn an_error_on_several_is_unknown_for_all_and_repeated_one_by_one() {
        let mut commits = sent(&[(A, 1), (B, 2)]);
        let unknown = commits.answered(1, &[Said::Stored, Said::Retry], at(6));
        assert_eq!(unknown, [(A, 1, CommitOutcome::Again), (B, 2, CommitOutcome::Again)]);
        assert_eq!(commits.batch(at(6) + SHORT), Some(1));
        commits.sent(2, vec![(A, 1)], at(7), true);
        assert_eq!(commits.answered(2, &[Said::Stored], at(7)).len(), 1);
        assert_eq!(commits.batch(at(7)), Some(1), "the next one at once");
        commits.nothing_due(at(7));
        assert_eq!(commits.batch(at(12)), Some(usize::MAX), "lists again when all are through");
    }

    #[test]
    fn a_partition_that_cannot_be_committed_holds_up_no_other() {
        let mut commits = sent(&[(A, 1)]);
        commits.answered(1, &[Said::Error], at(6));
        assert_eq!(commits.batch(at(6)), Some(1), "the others at once");
        assert!(commits.is_held(A, at(6)) && !commits.is_held(B, at(6)));
        assert!(commits.is_refused(A) && !commits.is_refused(B));
        commits.nothing_due(at(6));
        assert_eq!(commits.batch(at(6)), None);
        assert_eq!(commits.batch(at(7)), Some(1), "again after a second");
        assert!(!commits.is_held(A, at(7)));
    }

    #[test]
    fn an_overdue_answer_is_given_up_and_ignored_when_it_comes() {
        let mut commits = sent(&[(A, 1)]);
        assert!(commits.overdue(at(14)).is_empty());
        assert_eq!(commits.overdue(at(15)), [(A, 1, CommitOutcome::Again)]);
        commits.sent(2, vec![(A, 1)], at(15), false);
        assert!(commits.answered(1, &[Said::Stored], at(16)).is_empty(), "the late answer of the first");
        assert_eq!(commits.answered(2, &[Said::Stored], at(17)), [(A, 1, CommitOutcome::Stored)]);
    }
}
