//! How much may be fetched and wait. Pure.
//!
//! One setting, `processing.memory`, bounds what a process holds of records that no handler has finished: a share of it for
//! each connection, a quarter of that for librdkafka's queues that are not read, the rest for records on their way to handlers, with the fetch
//! responses that they pin. librdkafka bounds each queue, once for all: so the bound follows from the partitions that the
//! topics have when a client is made. When there are more later, the budget says how many queues may fill unread: the others
//! are paused, which empties them.

use std::time::Duration;

/// What librdkafka spends on a record besides its key and payload (`rd_kafka_op_t` and its place in the queue), in bytes.
const RECORD_OVERHEAD: u64 = 350;
/// What the records of one partition may always hold: with less a handler would be called for every record alone.
const LEAST_SHARE: u64 = 64 * 1024;
/// Bytes of a queue and of a fetch that are always allowed: with less, every record would be fetched alone.
const LEAST_QUEUE: u64 = 32 * 1024;
/// librdkafka takes no less than its largest message (`message.max.bytes`).
const LEAST_RESPONSE: u64 = 1_000_000;
const LARGEST_RESPONSE: u64 = 8 * 1024 * 1024;
/// More would only pin fetch responses.
const LARGEST_SHARE: u64 = 4 * 1024 * 1024;

/// The bounds of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Budget {
    /// Bytes for everything.
    pub(crate) total: u64,
    /// Payload bytes that librdkafka lets one queue hold (`queued.max.messages.kbytes`).
    pub(crate) queue: u64,
    /// Bytes of one partition in a fetch (`fetch.message.max.bytes`): a queue exceeds its bound by the fetch under way.
    pub(crate) fetch: u64,
}

/// A queue that is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unread<K> {
    pub(super) key: K,
    pub(super) since: Duration,
    /// Bytes of its partition's records, on average.
    pub(super) record: u64,
}

impl Budget {
    /// The same for a client that may get so many partitions: smaller queues and fetches when there are many.
    pub(super) fn of(self, partitions: usize) -> Self {
        let half = self.total / 4 / (partitions.max(1) as u64) / 2;
        Self { queue: self.queue.min(half).max(LEAST_QUEUE), fetch: self.fetch.min(half).max(LEAST_QUEUE), ..self }
    }

    /// Largest fetch response (`fetch.max.bytes`) for so many partitions: a record that waits pins the whole of it.
    pub(super) fn response(self, partitions: usize) -> u64 {
        (self.total / 4 / (partitions.max(1) as u64)).clamp(LEAST_RESPONSE, LARGEST_RESPONSE)
    }

    /// Whether records are copied out of their responses at once: partitions at different places could pin too many of them.
    pub(super) fn is_tight(self, partitions: usize) -> bool {
        self.response(partitions) * (partitions as u64) > self.total / 4
    }

    /// Bytes of keys and payloads that the records of one partition may hold on their way to its handler. Three times that
    /// is in memory at worst: with a job, given back by it, and waiting.
    pub(super) fn share(self, partitions: usize) -> usize {
        let share = (self.total / 8 / (partitions.max(1) as u64)).clamp(LEAST_SHARE, LARGEST_SHARE);
        usize::try_from(share).unwrap_or(usize::MAX)
    }

    /// Which queues have to be emptied so that the rest fits: those that were left alone for the longest.
    pub(super) fn too_many<K: Copy>(self, unread: &mut [Unread<K>]) -> Vec<K> {
        let allowed = self.total / 4;
        let mut held: u64 = unread.iter().map(|queue| self.worst(queue.record)).sum();
        if held <= allowed {
            return Vec::new();
        }
        unread.sort_by_key(|queue| queue.since);
        let emptied = unread.iter().take_while(|queue| {
            let too_much = held > allowed;
            held = held.saturating_sub(self.worst(queue.record));
            too_much
        });
        emptied.map(|queue| queue.key).collect()
    }

    /// What a queue holds at worst, given the size of its records.
    fn worst(self, record: u64) -> u64 {
        let records = (self.queue + self.fetch) / record.max(1);
        self.queue + self.fetch + records.min(MOST_RECORDS) * RECORD_OVERHEAD
    }
}

/// librdkafka fetches no more for a queue that holds so many (`queued.min.messages`, its default).
const MOST_RECORDS: u64 = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    fn unread(count: u64, record: u64) -> Vec<Unread<u64>> {
        // The last one waits longest.
        (0..count).map(|key| Unread { key, since: Duration::from_secs(count - key), record }).collect()
    }

    #[test]
    fn what_partitions_hold_together_is_bounded_however_many_there_are() {
        let budget = Budget { total: 256 * MIB, queue: 4 * MIB, fetch: MIB };
        for (partitions, share) in [(0, 4 * MIB), (1, 4 * MIB), (8, 4 * MIB), (40, 838_860), (10_000, LEAST_SHARE)] {
            assert_eq!(budget.share(partitions) as u64, share, "{partitions}");
        }
    }

    #[test]
    fn a_client_that_may_get_many_partitions_has_small_queues() {
        let budget = Budget { total: 256 * MIB, queue: 4 * MIB, fetch: MIB };
        for (partitions, queue, fetch) in [
            (0, 4 * MIB, MIB),
            (8, 4 * MIB, MIB),
            (16, 2 * MIB, MIB),
            (40, 838_860, 838_860),
            (10_000, 32 * 1024, 32 * 1024),
        ] {
            assert_eq!(budget.of(partitions), Budget { queue, fetch, ..budget }, "{partitions}");
        }
    }

    #[test]
    fn what_waits_pins_no_more_than_the_budget_allows() {
        for (total, partitions, response, is_tight) in [
            (256, 1, LARGEST_RESPONSE, false),
            (256, 8, LARGEST_RESPONSE, false),
            (256, 40, 1_677_721, false),
            (256, 100, LEAST_RESPONSE, true),
            (64, 10, 1_677_721, false),
            (64, 40, LEAST_RESPONSE, true),
        ] {
            let budget = Budget { total: total * MIB, queue: 4 * MIB, fetch: MIB };
            assert_eq!(
                (budget.response(partitions), budget.is_tight(partitions)),
                (response, is_tight),
                "{total} {partitions}"
            );
        }
    }

    #[test]
    fn queues_that_do_not_fit_are_emptied_the_longest_unread_first() {
        let budget = Budget { total: 64 * MIB, queue: 4 * MIB, fetch: MIB };
        for (count, record, emptied) in
            [(0, 1024, 0), (2, 1024, 0), (3, 1024, 1), (40, 1024, 38), (2, 100, 2), (1, 1, 1)]
        {
            let too_many = budget.too_many(&mut unread(count, record));
            let expected: Vec<u64> = (0..count).rev().take(emptied).collect();
            assert_eq!(too_many, expected, "{count} queues with records of {record} bytes");
        }
    }

    #[test]
    fn what_is_left_fits() {
        for total in [32 * MIB, 64 * MIB, 256 * MIB, 1024 * MIB] {
            let budget = Budget { total, queue: (4 * MIB).min(total / 64), fetch: MIB.min(total / 256) };
            for record in [10, 100, 1024, 100 * 1024] {
                let left = 200 - budget.too_many(&mut unread(200, record)).len() as u64;
                assert!(left * budget.worst(record) <= total / 4, "{total} {record}: {left} queues");
            }
        }
    }
}
