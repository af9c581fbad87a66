//! One fetched message, owned.

use std::ffi::CStr;
use std::ptr::NonNull;

use rdkafka_sys as sys;

use super::error::{Code, text};

/// A message that librdkafka handed over; destroyed on drop.
///
/// It pins the whole fetch response that it came in. It is `Send` but not `Sync`: `rd_kafka_message_headers` parses
/// headers lazily into the message.
#[repr(transparent)]
pub(crate) struct NativeMessage(NonNull<sys::rd_kafka_message_t>);

// SAFETY: a message is not bound to the thread that took it from the queue; librdkafka only requires that calls on one
// message do not overlap, which `!Sync` guarantees.
unsafe impl Send for NativeMessage {}

impl NativeMessage {
    fn raw(&self) -> &sys::rd_kafka_message_t {
        // SAFETY: valid until drop by the contract of `from_raw`.
        unsafe { self.0.as_ref() }
    }

    /// The error that this message carries instead of a record, and its text (`rd_kafka_message_errstr`).
    pub(crate) fn error(&self) -> Option<(Code, String)> {
        let code = Code::new(self.error_number())?;
        // SAFETY: the message is valid.
        let found = unsafe { sys::rd_kafka_message_errstr(self.0.as_ptr()) };
        // SAFETY: null or a NUL-terminated string that lives as long as the message.
        Some((code, unsafe { text(found) }))
    }

    /// Whether this is an error instead of a record, without looking up its text.
    pub(crate) fn is_error(&self) -> bool {
        self.error_number() != 0
    }

    fn error_number(&self) -> i32 {
        // SAFETY: valid until drop. Read as an integer: a broker may send a code that the enum does not list.
        unsafe { (&raw const (*self.0.as_ptr()).err).cast::<i32>().read() }
    }

    pub(crate) fn offset(&self) -> i64 {
        self.raw().offset
    }

    pub(crate) fn key(&self) -> Option<&[u8]> {
        let raw = self.raw();
        // SAFETY: key and key_len describe memory owned by the message.
        unsafe { bytes(raw.key.cast(), raw.key_len) }
    }

    pub(crate) fn payload(&self) -> Option<&[u8]> {
        let raw = self.raw();
        // SAFETY: payload and len describe memory owned by the message.
        unsafe { bytes(raw.payload.cast(), raw.len) }
    }

    /// Milliseconds since the epoch, if the broker stored any.
    pub(crate) fn timestamp(&self) -> Option<i64> {
        use sys::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE as NONE;
        let mut kind = NONE;
        // SAFETY: valid message, valid out pointer.
        let millis = unsafe { sys::rd_kafka_message_timestamp(self.0.as_ptr(), &raw mut kind) };
        (kind != NONE && millis >= 0).then_some(millis)
    }

    /// Copies every header, in order, duplicates included.
    pub(crate) fn headers(&self) -> Vec<(String, Option<Vec<u8>>)> {
        let mut list = std::ptr::null_mut();
        // SAFETY: valid message, valid out pointer; the list stays owned by the message.
        let code = unsafe { sys::rd_kafka_message_headers(self.0.as_ptr(), &raw mut list) };
        if code != sys::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR || list.is_null() {
            return Vec::new();
        }
        let mut headers = Vec::new();
        loop {
            let (mut name, mut value, mut size) = (std::ptr::null(), std::ptr::null(), 0);
            // SAFETY: a list from this message and valid out pointers; past the end the call says so.
            let code = unsafe {
                sys::rd_kafka_header_get_all(list, headers.len(), &raw mut name, &raw mut value, &raw mut size)
            };
            if code != sys::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
                return headers;
            }
            // SAFETY: header names are NUL-terminated and owned by the message.
            let name = unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned();
            // SAFETY: value and size describe memory owned by the message.
            headers.push((name, unsafe { bytes(value.cast(), size) }.map(<[u8]>::to_vec)));
        }
    }
}

impl Drop for NativeMessage {
    fn drop(&mut self) {
        // SAFETY: owned and not destroyed before.
        unsafe { sys::rd_kafka_message_destroy(self.0.as_ptr()) }
    }
}

/// # Safety
/// A non-null `data` points at `len` bytes that live as long as `'a`.
unsafe fn bytes<'a>(data: *const u8, len: usize) -> Option<&'a [u8]> {
    // SAFETY: by the contract of this function.
    (!data.is_null()).then(|| unsafe { std::slice::from_raw_parts(data, len) })
}
