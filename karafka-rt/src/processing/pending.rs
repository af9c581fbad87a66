//! Records of one partition that wait for their hand-over. Pure.

use std::collections::VecDeque;
use std::time::Duration;

use crate::message::Record;
use crate::topology::Batching;

/// Most records that wait: as many as one job takes. More would only pin fetch responses.
const RECORDS: usize = 1024;
/// Records stop being taken once this many bytes of keys and payloads wait; the last one may exceed it.
const BYTES: usize = 4 * 1024 * 1024;

#[derive(Default)]
pub(crate) struct Pending {
    records: VecDeque<Record>,
    bytes: usize,
    /// The first so many are the rest of a batch that had begun.
    begun: usize,
    max_messages: usize,
    max_wait_time: Duration,
    /// Until when a batch that is not full waits.
    due: Option<Duration>,
}

impl Pending {
    pub(crate) fn new(batching: Batching) -> Self {
        let max_messages = batching.max_messages.max(1) as usize;
        Self { max_messages, max_wait_time: batching.max_wait_time, ..Self::default() }
    }

    pub(crate) fn room(&self) -> usize {
        if self.bytes >= BYTES { 0 } else { RECORDS.max(self.max_messages).saturating_sub(self.records.len()) }
    }

    pub(crate) fn first_offset(&self) -> Option<i64> {
        self.records.front().map(Record::offset)
    }

    pub(crate) fn extend(&mut self, records: impl Iterator<Item = Record>, now: Duration) {
        let before = self.records.len();
        for record in records {
            self.bytes += size(&record);
            self.records.push_back(record);
        }
        if before == 0 && !self.records.is_empty() {
            self.due = Some(now + self.max_wait_time);
        }
    }

    /// What a job did not finish comes back to the front; `begun` of it belong to a batch that had begun.
    pub(crate) fn give_back(&mut self, records: Vec<Record>, begun: usize) {
        self.begun = begun.min(records.len());
        for record in records.into_iter().rev() {
            self.bytes += size(&record);
            self.records.push_front(record);
        }
    }

    /// Everything for one job, and the length of its first batch. `None` while a batch waits to fill.
    pub(crate) fn take(&mut self, now: Duration) -> Option<(Vec<Record>, usize)> {
        let waiting = self.records.len();
        let filled = self.begun > 0 || waiting >= self.max_messages || self.due.is_none_or(|due| due <= now);
        if waiting == 0 || !filled {
            return None;
        }
        let first = if self.begun > 0 { self.begun } else { self.max_messages };
        let count = if self.due.is_some_and(|due| now < due) {
            whole_batches(waiting, first, self.max_messages)
        } else {
            waiting
        };
        self.begun = 0;
        let records: Vec<Record> = self.records.drain(..count).collect();
        self.bytes = self.records.iter().map(size).sum();
        self.due = (!self.records.is_empty()).then(|| now + self.max_wait_time);
        Some((records, first))
    }

    /// When a batch that waits to fill is handed over as it is.
    pub(crate) fn due(&self) -> Option<Duration> {
        self.due.filter(|_| !self.records.is_empty())
    }

    pub(crate) fn clear(&mut self) {
        self.records.clear();
        (self.bytes, self.begun, self.due) = (0, 0, None);
    }

    pub(crate) fn detach(&mut self) {
        for record in &mut self.records {
            let owned = std::mem::replace(record, Record::Owned(Box::default())).into_owned();
            *record = owned;
        }
    }
}

/// The longest part of `waiting` records that ends with a batch: `first`, then batches of `batch`.
fn whole_batches(waiting: usize, first: usize, batch: usize) -> usize {
    if waiting <= first { waiting } else { first + (waiting - first) / batch * batch }
}

fn size(record: &Record) -> usize {
    record.key().map_or(0, <[u8]>::len) + record.payload().map_or(0, <[u8]>::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::OwnedMessage;

    fn records(offsets: std::ops::Range<i64>) -> Vec<Record> {
        offsets.map(|offset| Record::Owned(Box::new(OwnedMessage { offset, ..OwnedMessage::default() }))).collect()
    }

    fn pending(max_messages: u32, max_wait_time: u64) -> Pending {
        Pending::new(Batching { max_messages, max_wait_time: Duration::from_secs(max_wait_time) })
    }

    fn taken(pending: &mut Pending, now: u64) -> Option<(i64, usize, usize)> {
        let (records, first) = pending.take(Duration::from_secs(now))?;
        Some((records[0].offset(), records.len(), first))
    }

    #[test]
    fn without_a_wait_everything_there_is_handed_over() {
        let mut pending = pending(10, 0);
        assert_eq!(taken(&mut pending, 0), None);
        pending.extend(records(0..25).into_iter(), Duration::ZERO);
        assert_eq!(taken(&mut pending, 0), Some((0, 25, 10)));
        assert_eq!(taken(&mut pending, 0), None);
    }

    #[test]
    fn a_batch_waits_to_fill_no_longer_than_asked() {
        let mut pending = pending(10, 5);
        pending.extend(records(0..3).into_iter(), Duration::ZERO);
        assert_eq!(taken(&mut pending, 4), None);
        assert_eq!(taken(&mut pending, 5), Some((0, 3, 10)));
        pending.extend(records(3..26).into_iter(), Duration::from_secs(6));
        assert_eq!(taken(&mut pending, 6), Some((3, 20, 10)), "whole batches go, the rest waits to fill");
        assert_eq!(pending.due(), Some(Duration::from_secs(11)));
    }

    #[test]
    fn the_rest_of_a_batch_goes_first_and_alone() {
        let mut pending = pending(10, 5);
        pending.extend(records(10..14).into_iter(), Duration::ZERO);
        pending.give_back(records(7..10), 3);
        assert_eq!(taken(&mut pending, 1), Some((7, 3, 3)));
        assert_eq!(pending.first_offset(), Some(10));
    }

    #[test]
    fn room_is_bounded_by_number_and_by_bytes() {
        let mut small = pending(10, 0);
        small.extend(records(0..1_000).into_iter(), Duration::ZERO);
        assert_eq!(small.room(), 24);
        let mut large = pending(10, 0);
        let payload = Some(vec![0; BYTES]);
        large.extend(
            std::iter::once(Record::Owned(Box::new(OwnedMessage { payload, ..OwnedMessage::default() }))),
            Duration::ZERO,
        );
        assert_eq!(large.room(), 0);
        large.clear();
        assert_eq!(large.room(), RECORDS);
    }
}
