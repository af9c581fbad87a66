//! Topic partitions, and librdkafka's lists of them.

use std::ffi::CString;
use std::fmt;
use std::ptr::NonNull;

use rdkafka_sys as sys;

use super::error::{CallError, Code, text};

/// One partition of one topic.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TopicPartition {
    pub(crate) topic: String,
    pub(crate) partition: i32,
}

impl fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.topic, self.partition)
    }
}

/// What librdkafka says about one partition of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) at: TopicPartition,
    pub(super) offset: i64,
    /// As the broker stored it: bytes, because others may have written anything.
    pub(super) metadata: Option<Vec<u8>>,
    pub(super) error: Option<Code>,
}

/// An owned list, built by us (`rd_kafka_topic_partition_list_new`).
pub(super) struct List(NonNull<sys::rd_kafka_topic_partition_list_t>);

impl List {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        // SAFETY: no requirement; librdkafka aborts when memory is out.
        let raw = unsafe { sys::rd_kafka_topic_partition_list_new(i32::try_from(capacity).unwrap_or(i32::MAX)) };
        Self(NonNull::new(raw).expect("librdkafka never returns a null list"))
    }

    /// # Safety
    /// `raw` is a list that nobody else destroys, or null, which is empty.
    pub(super) unsafe fn from_raw(raw: *mut sys::rd_kafka_topic_partition_list_t) -> Self {
        NonNull::new(raw).map_or_else(|| Self::with_capacity(0), Self)
    }

    /// A list of partitions whose offset is `offset`: a position, or one of librdkafka's logical offsets.
    pub(super) fn of<'a>(
        partitions: impl ExactSizeIterator<Item = &'a TopicPartition>,
        offset: i64,
    ) -> Result<Self, CallError> {
        let mut list = Self::with_capacity(partitions.len());
        for at in partitions {
            list.add(at, offset, None)?;
        }
        Ok(list)
    }

    /// Appends a partition (`rd_kafka_topic_partition_list_add`).
    pub(super) fn add(&mut self, at: &TopicPartition, offset: i64, metadata: Option<&str>) -> Result<(), CallError> {
        let topic = c_string("topic", &at.topic)?;
        // SAFETY: an owned list and a NUL-terminated name, which is copied.
        let element = unsafe { sys::rd_kafka_topic_partition_list_add(self.0.as_ptr(), topic.as_ptr(), at.partition) };
        // SAFETY: the element stays valid until the list changes; nobody else has a pointer to it.
        let element = unsafe { &mut *element };
        element.offset = offset;
        if let Some(metadata) = metadata {
            (element.metadata, element.metadata_size) = (foreign_copy(metadata.as_bytes()), metadata.len());
        }
        Ok(())
    }

    pub(super) fn as_ptr(&self) -> *mut sys::rd_kafka_topic_partition_list_t {
        self.0.as_ptr()
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        // SAFETY: an owned, live list.
        unsafe { entries(self.0.as_ptr()) }
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: owned and not used afterwards.
        unsafe { sys::rd_kafka_topic_partition_list_destroy(self.0.as_ptr()) }
    }
}

/// Copies every element of a list that somebody else owns; a null list is empty.
///
/// # Safety
/// `list` is null or live, and nobody changes it during the call.
pub(super) unsafe fn entries(list: *const sys::rd_kafka_topic_partition_list_t) -> Vec<Entry> {
    if list.is_null() {
        return Vec::new();
    }
    // SAFETY: not null and live by the contract.
    let (first, count) = unsafe { ((*list).elems, (*list).cnt as usize) };
    // SAFETY: `elems` has `cnt` elements, so every one is live.
    (0..count).map(|index| unsafe { entry(first.add(index)) }).collect()
}

/// Copies one element.
///
/// # Safety
/// `element` is live, and nobody changes it during the call.
pub(super) unsafe fn entry(element: *const sys::rd_kafka_topic_partition_t) -> Entry {
    // SAFETY: live by the contract. The code is read as an integer: it may be one that the enum does not list.
    let code = unsafe { (&raw const (*element).err).cast::<i32>().read() };
    // SAFETY: live by the contract; these fields are plain data.
    let (topic, partition, offset) = unsafe { ((*element).topic, (*element).partition, (*element).offset) };
    // SAFETY: live by the contract; these fields are plain data.
    let (data, size) = unsafe { ((*element).metadata.cast::<u8>(), (*element).metadata_size) };
    // SAFETY: a non-null `metadata` points at `metadata_size` bytes owned by the element.
    let metadata = (!data.is_null()).then(|| unsafe { std::slice::from_raw_parts(data, size) }.to_vec());
    // SAFETY: the topic is a NUL-terminated string owned by the element.
    let topic = unsafe { text(topic) };
    Entry { at: TopicPartition { topic, partition }, offset, metadata, error: Code::new(code) }
}

/// A C string for librdkafka; `what` names it in the error.
pub(super) fn c_string(what: &str, value: &str) -> Result<CString, CallError> {
    CString::new(value)
        .map_err(|_| CallError::invalid(format!("the {what} `{}` holds a NUL byte", value.escape_debug())))
}

/// A copy that librdkafka may release with `free`.
fn foreign_copy(bytes: &[u8]) -> *mut std::ffi::c_void {
    // SAFETY: `malloc` has no requirement; at least one byte, so that null means "out of memory" only.
    let copy = unsafe { libc::malloc(bytes.len().max(1)) };
    assert!(!copy.is_null(), "out of memory");
    // SAFETY: the new block holds that many bytes and overlaps with nothing.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), copy.cast(), bytes.len()) };
    copy
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(topic: &str, partition: i32) -> TopicPartition {
        TopicPartition { topic: topic.to_owned(), partition }
    }

    #[test]
    fn a_list_gives_back_what_was_put_in() {
        let mut list = List::with_capacity(0);
        let cases = [("flights", 0, 7, None), ("flights", 1, -2, Some("")), ("crew", 9, i64::MAX, Some("ü\u{1}中"))];
        for (topic, partition, offset, metadata) in cases {
            list.add(&at(topic, partition), offset, metadata).unwrap();
        }
        let expected = cases.map(|(topic, partition, offset, metadata)| Entry {
            at: at(topic, partition),
            offset,
            metadata: metadata.map(|text| text.as_bytes().to_vec()),
            error: None,
        });
        assert_eq!(list.entries(), expected);
    }

    #[test]
    fn a_name_with_a_nul_byte_is_refused_with_a_sentence() {
        let error = List::of([at("a\0b", 0)].iter(), 0).err().unwrap();
        assert_eq!(error.to_string(), "the topic `a\\0b` holds a NUL byte (`_INVALID_ARG`)");
    }
}
