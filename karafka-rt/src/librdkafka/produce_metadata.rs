//! Asks how many partitions a topic has. Waits: for worker threads, never for a listener.

use std::ffi::{CStr, c_int};
use std::time::Duration;

use rdkafka_sys as sys;

use super::error::{CallError, Code};
use super::produce_client::ProducerClient;

impl<T: Send> ProducerClient<T> {
    /// The topic's partition count as a broker answers it, within `bound` (`rd_kafka_metadata` for one topic).
    pub(crate) fn partition_count(&self, topic: &CStr, bound: Duration) -> Result<i32, CallError> {
        let refused = |code| CallError { code, text: format!("no metadata of topic `{}`", topic.to_string_lossy()) };
        // SAFETY: a live client, a NUL-terminated name, and default properties.
        let handle = unsafe { sys::rd_kafka_topic_new(self.as_ptr(), topic.as_ptr(), std::ptr::null_mut()) };
        if handle.is_null() {
            return Err(refused(Code::LOCAL_INVALID_ARGUMENT));
        }
        let milliseconds = c_int::try_from(bound.as_millis()).unwrap_or(c_int::MAX);
        let mut metadata = std::ptr::null();
        // SAFETY: a live client and topic handle, and a valid out pointer.
        let code = unsafe { sys::rd_kafka_metadata(self.as_ptr(), 0, handle, &raw mut metadata, milliseconds) };
        let answer = Code::check(code, String::new).map_err(|error| refused(error.code)).and_then(|()| {
            // SAFETY: the call succeeded, so the metadata is valid until it is destroyed.
            let metadata = unsafe { &*metadata };
            // SAFETY: asked for one topic; `topics` has `topic_cnt` entries.
            let topics = unsafe { std::slice::from_raw_parts(metadata.topics, metadata.topic_cnt.max(0) as usize) };
            let first = topics.first().ok_or_else(|| refused(Code::UNKNOWN_TOPIC_OR_PARTITION))?;
            // SAFETY: `err` is an integer of a live C struct, read as one: a broker may know codes that the enum does not.
            match Code::new(unsafe { (&raw const first.err).cast::<c_int>().read() }) {
                Some(code) => Err(refused(code)),
                None => Ok(first.partition_cnt),
            }
        });
        if !metadata.is_null() {
            // SAFETY: from the call above and not used afterwards.
            unsafe { sys::rd_kafka_metadata_destroy(metadata) };
        }
        // SAFETY: made above and not used afterwards.
        unsafe { sys::rd_kafka_topic_destroy(handle) };
        answer
    }
}
