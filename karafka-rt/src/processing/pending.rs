//! Records of one partition that wait for their hand-over. Pure.

use std::collections::VecDeque;
use std::time::Duration;

use crate::failpoint::{self, Bug};
use crate::message::Record;

/// Most records that wait: as many as one job takes. More would only pin fetch responses.
const RECORDS: usize = 1024;
/// Records stop being taken once this many bytes of keys and payloads wait, if not fewer are allowed; the last one may
/// exceed it.
const BYTES: usize = 4 * 1024 * 1024;

#[derive(Default)]
pub(crate) struct Pending {
    records: VecDeque<Record>,
    bytes: usize,
    /// The first so many are the rest of a batch that had begun.
    begun: usize,
    max_messages: usize,
    /// Records stop being taken once this many bytes wait.
    share: usize,
    max_wait_time: Duration,
    /// Until when a batch that is not full waits.
    due: Option<Duration>,
    /// Everything here is a copy of ours.
    is_detached: bool,
}

impl Pending {
    pub(crate) fn new(max_messages: usize, max_wait_time: Duration) -> Self {
        Self { max_messages, share: BYTES, max_wait_time, ..Self::default() }
    }

    /// Changes how many bytes may wait.
    pub(crate) fn limit(&mut self, share: usize) {
        self.share = share.min(BYTES);
    }

    /// Bytes of a record, on average; `None` when none waits.
    pub(crate) fn average(&self) -> Option<usize> {
        self.bytes.checked_div(self.records.len())
    }

    pub(crate) fn room(&self) -> usize {
        if self.bytes >= self.share { 0 } else { RECORDS.max(self.max_messages).saturating_sub(self.records.len()) }
    }

    pub(crate) fn first_offset(&self) -> Option<i64> {
        self.records.front().map(Record::offset)
    }

    pub(crate) fn extend(&mut self, records: impl Iterator<Item = Record>, now: Duration) {
        let before = self.records.len();
        self.is_detached = false;
        for record in records {
            self.bytes += size(&record);
            self.records.push_back(record);
        }
        if failpoint::is_planted(Bug::SwappedRecords) && self.records.len() > before + 1 {
            self.records.swap(before, before + 1);
        }
        if before == 0 && !self.records.is_empty() {
            self.due = Some(now + self.max_wait_time);
        }
    }

    /// What a job did not finish comes back to the front; `begun` of it belong to a batch that had begun. Records that
    /// come back alone have waited before: they wait no second time.
    pub(crate) fn give_back(&mut self, records: Vec<Record>, begun: usize) {
        self.begun = begun.min(records.len());
        if !records.is_empty() {
            self.is_detached = false;
        }
        if self.records.is_empty() {
            self.due = Some(Duration::ZERO);
        }
        for record in records.into_iter().rev() {
            self.bytes += size(&record);
            self.records.push_front(record);
        }
    }

    /// The records of one job, and the length of its first batch. `None` while a batch waits to fill. A job is bounded like
    /// what waits is, so that one partition never holds more than twice the bound.
    pub(crate) fn take(&mut self, now: Duration) -> Option<(Vec<Record>, usize)> {
        let waiting = self.records.len();
        let filled = self.begun > 0 || waiting >= self.max_messages || self.due.is_none_or(|due| due <= now);
        if waiting == 0 || !filled {
            return None;
        }
        let first = if self.begun > 0 { self.begun } else { self.max_messages };
        let fitting = self.fitting(RECORDS.max(self.max_messages));
        let may_wait = self.due.is_some_and(|due| now < due);
        let count = if may_wait { whole_batches(fitting, first, self.max_messages) } else { fitting };
        self.begun = self.begun.saturating_sub(count);
        let records: Vec<Record> = self.records.drain(..count).collect();
        self.bytes -= records.iter().map(size).sum::<usize>();
        if may_wait || self.records.is_empty() {
            self.due = (!self.records.is_empty()).then(|| now + self.max_wait_time);
        }
        Some((records, first))
    }

    /// How many records from the front stay within `most` and the bound of bytes; at least one.
    fn fitting(&self, most: usize) -> usize {
        let most = most.min(self.records.len());
        if self.bytes <= self.share {
            return most;
        }
        let mut bytes = 0;
        let within = self.records.iter().take(most).take_while(|record| {
            bytes += size(record);
            bytes <= self.share
        });
        within.count().max(1)
    }

    /// When a batch that waits to fill is handed over as it is.
    pub(crate) fn due(&self) -> Option<Duration> {
        self.due.filter(|_| !self.records.is_empty())
    }

    pub(crate) fn clear(&mut self) {
        self.records.clear();
        (self.bytes, self.begun, self.due) = (0, 0, None);
    }

    /// Copies what waits out of the fetch responses that it pins, once for all that is there.
    pub(crate) fn detach(&mut self) {
        if std::mem::replace(&mut self.is_detached, true) {
            return;
        }
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
        Pending::new(max_messages as usize, Duration::from_secs(max_wait_time))
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
        large.limit(100);
        let payload = Some(vec![0; 60]);
        for offset in 0..2 {
            let message = OwnedMessage { payload: payload.clone(), offset, ..OwnedMessage::default() };
            assert!(large.room() > 0);
            large.extend(std::iter::once(Record::Owned(Box::new(message))), Duration::ZERO);
        }
        assert_eq!((large.room(), large.average()), (0, Some(60)));
        large.clear();
        assert_eq!(large.room(), RECORDS);
    }

    /// A handler that needs 1 ms per record: a job gives back all but a batch when its turn is over, while the listener
    /// fills the room that there is.
    #[test]
    fn what_one_partition_holds_is_bounded_while_jobs_give_back() {
        let mut pending = pending(100, 0);
        let mut next = 0;
        let mut most = 0;
        for _ in 0..100 {
            let room = pending.room() as i64;
            pending.extend(records(next..next + room).into_iter(), Duration::ZERO);
            next += room;
            let (mut taken, _) = pending.take(Duration::ZERO).expect("there is work");
            // While the job runs.
            let room = pending.room() as i64;
            pending.extend(records(next..next + room).into_iter(), Duration::ZERO);
            next += room;
            most = most.max(taken.len() + pending.records.len());
            let left = taken.split_off(100.min(taken.len()));
            pending.give_back(left, 0);
        }
        assert!(most <= 3 * RECORDS, "{most} records of one partition in memory");
    }
}
