//! The proof of membership that a transaction shows when it commits offsets of a group.
//!
//! It is taken from the consumer and handed to a producer on another thread, so it travels as bytes.

use std::ffi::c_void;
use std::ptr::NonNull;

use rdkafka_sys as sys;

use super::consumer::ConsumerClient;
use super::error::{CallError, Code};

impl ConsumerClient {
    /// The group, member and generation (or member epoch) of this consumer as they are now
    /// (`rd_kafka_consumer_group_metadata`), in librdkafka's own encoding. A question to a thread of this process: it does not
    /// wait for brokers.
    pub(crate) fn group_metadata(&self) -> Result<Vec<u8>, CallError> {
        // SAFETY: a live client; null when it is in no group.
        let raw = unsafe { sys::rd_kafka_consumer_group_metadata(self.rk()) };
        let metadata = NonNull::new(raw).map(GroupMetadata).ok_or_else(|| CallError {
            code: Code::LOCAL_UNKNOWN_GROUP,
            text: "the client is in no group".to_owned(),
        })?;
        let (mut buffer, mut size) = (std::ptr::null_mut(), 0);
        // SAFETY: a live object and valid out pointers.
        let error =
            unsafe { sys::rd_kafka_consumer_group_metadata_write(metadata.as_ptr(), &raw mut buffer, &raw mut size) };
        // SAFETY: null or an error object that is ours.
        unsafe { CallError::take(error)? };
        // SAFETY: the call succeeded, so the buffer has that many bytes.
        let bytes = unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), size) }.to_vec();
        // SAFETY: memory of librdkafka that is ours and not used afterwards.
        unsafe { sys::rd_kafka_mem_free(self.rk(), buffer) };
        Ok(bytes)
    }
}

/// An owned `rd_kafka_consumer_group_metadata_t`.
pub(super) struct GroupMetadata(NonNull<sys::rd_kafka_consumer_group_metadata_t>);

impl GroupMetadata {
    /// Reads what [`ConsumerClient::group_metadata`] wrote (`rd_kafka_consumer_group_metadata_read`).
    pub(super) fn read(bytes: &[u8]) -> Result<Self, CallError> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: a valid out pointer, and a buffer of the given size, which is copied.
        let error = unsafe {
            sys::rd_kafka_consumer_group_metadata_read(&raw mut raw, bytes.as_ptr().cast::<c_void>(), bytes.len())
        };
        // SAFETY: null or an error object that is ours.
        unsafe { CallError::take(error)? };
        NonNull::new(raw).map(Self).ok_or_else(|| CallError::invalid("no group metadata".to_owned()))
    }

    pub(super) fn as_ptr(&self) -> *mut sys::rd_kafka_consumer_group_metadata_t {
        self.0.as_ptr()
    }
}

impl Drop for GroupMetadata {
    fn drop(&mut self) {
        // SAFETY: owned and not used afterwards.
        unsafe { sys::rd_kafka_consumer_group_metadata_destroy(self.0.as_ptr()) }
    }
}
