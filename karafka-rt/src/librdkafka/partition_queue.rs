//! The records of one assigned partition, taken many at a time.

use std::fmt;

use rdkafka_sys as sys;

use super::list::TopicPartition;
use super::message::NativeMessage;
use super::queue::Queue;

/// Most messages that one call of [`PartitionQueue::drain`] takes.
pub(crate) const MOST_PER_DRAIN: usize = 1024;

/// The queue of one assigned partition. Made by `ConsumerClient::add_partition`; every assignment needs a new one.
///
/// It may be drained on any thread, by one at a time. Dropping it stops the wake-ups and gives the handle back, but not
/// the partition: that is `remove_partition` or `answer_revoke`. While one exists its client cannot be destroyed.
pub(crate) struct PartitionQueue {
    at: TopicPartition,
    queue: Queue,
}

impl PartitionQueue {
    pub(super) fn new(at: TopicPartition, queue: Queue) -> Self {
        Self { at, queue }
    }

    /// Which partition.
    pub(crate) fn at(&self) -> &TopicPartition {
        &self.at
    }

    /// Appends what has been fetched, at most `max` messages ([`MOST_PER_DRAIN`] at once), and returns how many
    /// (`rd_kafka_consume_batch_queue` with time-out 0). Never waits; fewer than asked means that the queue is empty.
    ///
    /// A message may be an error instead of a record, and an error moves librdkafka's position like a record: repair
    /// the partition by removing and adding it at the caller's own next offset. Nothing is allocated as long as `into`
    /// has room for `max` more.
    pub(crate) fn drain(&self, into: &mut Vec<NativeMessage>, max: usize) -> usize {
        let max = max.min(MOST_PER_DRAIN);
        into.reserve(max);
        let room = into.spare_capacity_mut().as_mut_ptr().cast::<*mut sys::rd_kafka_message_t>();
        // SAFETY: a live queue that only this thread uses now; `room` takes `max` pointers, because a `NativeMessage` is
        // exactly one pointer (`repr(transparent)`).
        let taken = unsafe { sys::rd_kafka_consume_batch_queue(self.queue.as_ptr(), 0, room, max) };
        let taken = usize::try_from(taken).unwrap_or(0);
        // SAFETY: librdkafka wrote that many message pointers, none of them null, and gave their ownership to us; a
        // client waits in `rd_kafka_destroy_flags` until all of them are destroyed.
        unsafe { into.set_len(into.len() + taken) };
        taken
    }

    /// How many operations wait in the queue, records and internal ones (`rd_kafka_queue_length`).
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        // SAFETY: a live queue.
        unsafe { sys::rd_kafka_queue_length(self.queue.as_ptr()) }
    }
}

impl fmt::Debug for PartitionQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartitionQueue({})", self.at)
    }
}
