//! What became of the flights, each counted once however often it was handled. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Outcome, Report};

/// Counts by outcome, and figures by airline.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) processed: u64,
    pub(super) dead_lettered: u64,
    pub(super) skipped: u64,
    /// Outcomes of records that had one before: delivery is at least once.
    pub(super) repeated: u64,
    /// By the code of the carrier.
    pub(super) airlines: BTreeMap<String, Airline>,
    settled: BTreeMap<i32, Settled>,
}

/// Arrivals of one airline.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Airline {
    pub(super) flights: u64,
    /// Of all flights together; those that came early count negative.
    pub(super) delay_minutes: i64,
    pub(super) with_known_plane: u64,
}

/// Offsets of one partition whose outcome is known: all below a border and some above. Its size is that of the disorder, not
/// that of the topic.
#[derive(Debug, Default)]
struct Settled {
    below: i64,
    above: BTreeSet<i64>,
}

impl Tally {
    /// A handler reported about a flight.
    pub(super) fn reported(&mut self, report: Report) {
        if !self.is_first(report.partition, report.offset) {
            return;
        }
        match report.outcome {
            Outcome::Withdrawn => self.skipped += 1,
            Outcome::Arrived { carrier, delay, plane_is_known } => {
                self.processed += 1;
                let airline = self.airlines.entry(carrier).or_default();
                airline.flights += 1;
                airline.delay_minutes += i64::from(delay);
                airline.with_known_plane += u64::from(plane_is_known);
            }
        }
    }

    /// The flight at this place is in the dead letter topic.
    pub(super) fn dead_lettered(&mut self, partition: i32, offset: i64) {
        self.dead_lettered += u64::from(self.is_first(partition, offset));
    }

    /// The first offset of a partition without an outcome.
    pub(super) fn first_missing(&self, partition: i32) -> i64 {
        self.settled.get(&partition).map_or(0, |settled| settled.below)
    }

    fn is_first(&mut self, partition: i32, offset: i64) -> bool {
        let is_first = self.settled.entry(partition).or_default().insert(offset);
        self.repeated += u64::from(!is_first);
        is_first
    }
}

impl Settled {
    /// Whether the offset is new.
    fn insert(&mut self, offset: i64) -> bool {
        if offset < self.below || !self.above.insert(offset) {
            return false;
        }
        while self.above.remove(&self.below) {
            self.below += 1;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrived(offset: i64, delay: i32, plane_is_known: bool) -> Report {
        Report { partition: 0, offset, outcome: Outcome::Arrived { carrier: "UA".into(), delay, plane_is_known } }
    }

    #[test]
    fn every_flight_counts_once_whatever_came_first() {
        let mut tally = Tally::default();
        tally.reported(arrived(0, 10, true));
        tally.reported(arrived(2, -4, false));
        tally.dead_lettered(0, 1);
        tally.reported(Report { partition: 1, offset: 0, outcome: Outcome::Withdrawn });
        assert_eq!((tally.processed, tally.dead_lettered, tally.skipped, tally.repeated), (2, 1, 1, 0));

        tally.dead_lettered(0, 1);
        tally.reported(arrived(0, 10, true));
        tally.reported(arrived(2, -4, false));
        assert_eq!((tally.processed, tally.dead_lettered, tally.skipped, tally.repeated), (2, 1, 1, 3));
        assert_eq!(tally.airlines["UA"], Airline { flights: 2, delay_minutes: 6, with_known_plane: 1 });
    }

    #[test]
    fn only_disorder_takes_memory_and_gaps_are_known() {
        let mut settled = Settled::default();
        let check = |settled: &Settled, below: i64, above: usize| {
            assert_eq!((settled.below, settled.above.len()), (below, above));
        };
        for offset in [1, 2, 4] {
            assert!(settled.insert(offset));
        }
        check(&settled, 0, 3);
        assert!(settled.insert(0));
        check(&settled, 3, 1);
        assert!(!settled.insert(2) && !settled.insert(4));
        assert!(settled.insert(3));
        check(&settled, 5, 0);
    }
}
