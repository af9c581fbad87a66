//! One event from a queue, owned: what every kind of event has in common.

use std::ptr::NonNull;

use rdkafka_sys as sys;

use super::error::{Code, code_of_event, text};
use super::list::{Entry, TopicPartition, entries, entry};
use super::log::LogLine;

/// An event; destroyed on drop, with everything that belongs to it (its partition list, its results).
pub(super) struct Event(NonNull<sys::rd_kafka_event_t>);

impl Event {
    /// # Safety
    /// `raw` is an event of `rd_kafka_queue_poll` that nobody else destroys, and its client outlives this.
    pub(super) unsafe fn from_raw(raw: NonNull<sys::rd_kafka_event_t>) -> Self {
        Self(raw)
    }

    /// One of `RD_KAFKA_EVENT_..` (`rd_kafka_event_type`).
    pub(super) fn kind(&self) -> i32 {
        // SAFETY: a live event.
        unsafe { sys::rd_kafka_event_type(self.as_ptr()) }
    }

    /// `rd_kafka_event_name`.
    pub(super) fn name(&self) -> String {
        // SAFETY: a live event.
        let name = unsafe { sys::rd_kafka_event_name(self.as_ptr()) };
        // SAFETY: a static string.
        unsafe { text(name) }
    }

    pub(super) fn error(&self) -> Option<Code> {
        // SAFETY: a live event.
        unsafe { code_of_event(self.as_ptr()) }
    }

    /// `rd_kafka_event_error_string`.
    pub(super) fn error_text(&self) -> String {
        // SAFETY: a live event.
        let found = unsafe { sys::rd_kafka_event_error_string(self.as_ptr()) };
        // SAFETY: a string that lives as long as the event.
        unsafe { text(found) }
    }

    /// Whether the client cannot go on. Reads a field that only error events have.
    pub(super) fn is_fatal(&self) -> bool {
        self.kind() == sys::RD_KAFKA_EVENT_ERROR && {
            // SAFETY: a live event of the kind that has the field.
            (unsafe { sys::rd_kafka_event_error_is_fatal(self.as_ptr()) }) != 0
        }
    }

    /// What was handed in with the request (`rd_kafka_event_opaque`): an integer for all requests of ours.
    pub(super) fn ticket(&self) -> u64 {
        // SAFETY: a live event; the pointer is an integer and never followed.
        (unsafe { sys::rd_kafka_event_opaque(self.as_ptr()) }) as u64
    }

    /// A copy of the list of a rebalance or of a commit answer (`rd_kafka_event_topic_partition_list`).
    pub(super) fn partitions(&self) -> Vec<Entry> {
        // SAFETY: a live event.
        let list = unsafe { sys::rd_kafka_event_topic_partition_list(self.as_ptr()) };
        // SAFETY: null, or a list that belongs to the event and that nobody changes.
        unsafe { entries(list) }
    }

    /// The partition that an error is about (`rd_kafka_event_topic_partition`).
    pub(super) fn partition(&self) -> Option<TopicPartition> {
        // SAFETY: a live event.
        let raw = unsafe { sys::rd_kafka_event_topic_partition(self.as_ptr()) };
        let raw = NonNull::new(raw)?;
        // SAFETY: a live element that is ours.
        let at = unsafe { entry(raw.as_ptr()) }.at;
        // SAFETY: made for the caller by the call above, and not used afterwards.
        unsafe { sys::rd_kafka_topic_partition_destroy(raw.as_ptr()) };
        Some(at)
    }

    /// Hands a log line to `sink` (`rd_kafka_event_log`).
    pub(super) fn log_to(&self, sink: &mut dyn FnMut(&LogLine<'_>)) {
        let (mut facility, mut line, mut level) = (std::ptr::null(), std::ptr::null(), 0);
        // SAFETY: a live event and valid out pointers.
        let status =
            unsafe { sys::rd_kafka_event_log(self.as_ptr(), &raw mut facility, &raw mut line, &raw mut level) };
        if status == 0 {
            // SAFETY: strings that live as long as the event.
            let (facility, text) = unsafe { (text(facility), text(line)) };
            sink(&LogLine { level, facility: facility.trim(), text: text.trim() });
        }
    }

    /// The statistics document (`rd_kafka_event_stats`); empty for other events.
    pub(super) fn statistics(&self) -> String {
        if self.kind() != sys::RD_KAFKA_EVENT_STATS {
            return String::new();
        }
        // SAFETY: a live event of the kind that has the field.
        let json = unsafe { sys::rd_kafka_event_stats(self.as_ptr()) };
        // SAFETY: a string that lives as long as the event.
        unsafe { text(json) }
    }

    pub(super) fn as_ptr(&self) -> *mut sys::rd_kafka_event_t {
        self.0.as_ptr()
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        // SAFETY: owned and not used afterwards.
        unsafe { sys::rd_kafka_event_destroy(self.0.as_ptr()) }
    }
}
