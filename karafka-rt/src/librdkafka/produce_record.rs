//! One record on its way into librdkafka, and its delivery report on the way out.

use std::ffi::{CStr, c_void};
use std::ptr::NonNull;

use rdkafka_sys as sys;
use sys::rd_kafka_vtype_t as kind;

use super::error::{CallError, Code, text};

/// A record, borrowed; librdkafka copies it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordToSend<'r> {
    pub(crate) topic: &'r CStr,
    /// `None` lets the partitioner choose.
    pub(crate) partition: Option<i32>,
    pub(crate) key: Option<&'r [u8]>,
    /// `None` is a tombstone.
    pub(crate) payload: Option<&'r [u8]>,
    pub(crate) headers: &'r [(String, Option<Vec<u8>>)],
    /// Milliseconds since the epoch; `None` is now. librdkafka takes 0 for now, too.
    pub(crate) timestamp: Option<i64>,
}

/// A record that no broker acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeliveryFailure {
    pub(crate) code: Code,
    pub(crate) text: String,
    pub(crate) topic: String,
    pub(crate) partition: i32,
    /// Key plus payload.
    pub(crate) bytes: usize,
}

/// Queues a record (`rd_kafka_produceva`); its report will carry `opaque`.
///
/// # Safety
/// `client` is live, and [`delivery`] reads its reports with the same `T`.
pub(super) unsafe fn send<T: Send>(
    client: *mut sys::rd_kafka_t,
    record: RecordToSend<'_>,
    opaque: Box<T>,
) -> Result<(), (CallError, Box<T>)> {
    let headers = NativeHeaders::new(record.headers);
    let opaque = Box::into_raw(opaque);
    let header_list = headers.as_ref().map_or(std::ptr::null_mut(), |headers| headers.0.as_ptr());
    let values = [
        value(kind::RD_KAFKA_VTYPE_TOPIC, Union { cstr: record.topic.as_ptr() }),
        value(kind::RD_KAFKA_VTYPE_PARTITION, Union { i32_: record.partition.unwrap_or(ANY_PARTITION) }),
        value(kind::RD_KAFKA_VTYPE_MSGFLAGS, Union { i: sys::RD_KAFKA_MSG_F_COPY }),
        value(kind::RD_KAFKA_VTYPE_KEY, Union { mem: memory(record.key) }),
        value(kind::RD_KAFKA_VTYPE_VALUE, Union { mem: memory(record.payload) }),
        value(kind::RD_KAFKA_VTYPE_TIMESTAMP, Union { i64_: record.timestamp.unwrap_or(0) }),
        value(kind::RD_KAFKA_VTYPE_OPAQUE, Union { ptr: opaque.cast() }),
        value(kind::RD_KAFKA_VTYPE_HEADERS, Union { headers: header_list }), // last: left out when there are none
    ];
    let count = if headers.is_some() { values.len() } else { values.len() - 1 };
    // SAFETY: each value's union field is the one of its type; the pointers live for the call, which copies.
    let error = unsafe { sys::rd_kafka_produceva(client, values.as_ptr(), count) };
    if error.is_null() {
        std::mem::forget(headers); // the record took them
        return Ok(());
    }
    // SAFETY: a live error object.
    let fatal = unsafe { sys::rd_kafka_error_is_fatal(error) } != 0;
    // SAFETY: an error object that is ours, taken over here.
    let mut error = unsafe { CallError::take(error) }.expect_err("not null");
    if fatal {
        error.code = Code::LOCAL_FATAL;
    }
    // SAFETY: the record was not queued, so librdkafka has forgotten the pointer that was made above.
    Err((error, unsafe { Box::from_raw(opaque) }))
}

/// Reads a delivery report.
///
/// # Safety
/// `message` is live, comes from a client on which only [`send`] with this `T` produces, and is read once.
pub(super) unsafe fn delivery<T>(message: *const sys::rd_kafka_message_t) -> (Box<T>, Option<DeliveryFailure>) {
    // SAFETY: live by the contract. Read as an integer: brokers send codes that the enum does not list.
    let code = Code::new(unsafe { (&raw const (*message).err).cast::<i32>().read() });
    // SAFETY: live by the contract.
    let opaque = unsafe { (*message)._private };
    // SAFETY: made by `send` from a `Box<T>`, and given back once by the contract.
    let opaque = unsafe { Box::from_raw(opaque.cast::<T>()) };
    // SAFETY: live by the contract.
    (opaque, code.map(|code| unsafe { failure(message, code) }))
}

/// # Safety
/// `message` is a live delivery report.
unsafe fn failure(message: *const sys::rd_kafka_message_t, code: Code) -> DeliveryFailure {
    // SAFETY: live by the contract; these fields are plain data.
    let (topic, partition, bytes) =
        unsafe { ((*message).rkt, (*message).partition, (*message).len + (*message).key_len) };
    // SAFETY: the message holds a reference on its topic.
    let topic = unsafe { sys::rd_kafka_topic_name(topic) };
    // SAFETY: a produced message.
    let explanation = unsafe { sys::rd_kafka_message_produce_errstr(message) };
    // SAFETY: both texts live as long as the message.
    let (explanation, topic) = unsafe { (text(explanation), text(topic)) };
    let explanation = if explanation.is_empty() { code.to_string() } else { explanation };
    DeliveryFailure { code, text: explanation, topic, partition, bytes }
}

/// `RD_KAFKA_PARTITION_UA`.
const ANY_PARTITION: i32 = -1;

type Union = sys::rd_kafka_vu_s__bindgen_ty_1;
type Memory = sys::rd_kafka_vu_s__bindgen_ty_1__bindgen_ty_1;

fn value(vtype: kind, u: Union) -> sys::rd_kafka_vu_t {
    sys::rd_kafka_vu_t { vtype, u }
}

/// Null pointer for `None`: a tombstone, or no key.
fn memory(bytes: Option<&[u8]>) -> Memory {
    bytes.map_or(Memory { ptr: std::ptr::null_mut(), size: 0 }, |bytes| Memory {
        ptr: bytes.as_ptr().cast_mut().cast::<c_void>(),
        size: bytes.len(),
    })
}

/// Headers that no record has taken over yet.
struct NativeHeaders(NonNull<sys::rd_kafka_headers_t>);

impl NativeHeaders {
    fn new(headers: &[(String, Option<Vec<u8>>)]) -> Option<Self> {
        if headers.is_empty() {
            return None;
        }
        // SAFETY: no requirement; librdkafka aborts when memory is out.
        let list = unsafe { sys::rd_kafka_headers_new(headers.len()) };
        let list = Self(NonNull::new(list).expect("librdkafka never returns null headers"));
        for (name, value) in headers {
            let bytes = value.as_ref().map_or(std::ptr::null(), |value| value.as_ptr().cast::<c_void>());
            let size = value.as_ref().map_or(0, Vec::len).cast_signed();
            let (name, name_size) = (name.as_ptr().cast(), name.len().cast_signed());
            // SAFETY: an owned list; both pointers are as long as said (a null value is a null header), and are copied.
            unsafe { sys::rd_kafka_header_add(list.0.as_ptr(), name, name_size, bytes, size) };
        }
        Some(list)
    }
}

impl Drop for NativeHeaders {
    fn drop(&mut self) {
        // SAFETY: owned and not used afterwards.
        unsafe { sys::rd_kafka_headers_destroy(self.0.as_ptr()) };
    }
}
