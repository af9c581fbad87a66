//! Requests that are answered with an event: offsets, topics, and creating topics.

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr::NonNull;
use std::time::Duration;

use rdkafka_sys as sys;
use sys::rd_kafka_IsolationLevel_t as RawIsolation;
use sys::rd_kafka_OffsetSpec_t as Spec;
use sys::rd_kafka_admin_op_t as Operation;

use super::client::NativeClient;
use super::error::{CallError, Code, TEXT_BYTES, text};
use super::list::{List, TopicPartition, c_string};
use super::offsets::{Isolation, Which};
use super::offsets_answer::Question;

/// The longest time-out that `rd_kafka_AdminOptions_set_request_timeout` takes.
const LONGEST_TIMEOUT: Duration = Duration::from_hours(1);

/// A topic to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TopicToCreate<'t> {
    pub(crate) name: &'t str,
    pub(crate) partitions: i32,
    /// `None` is the broker's default.
    pub(crate) replication_factor: Option<i32>,
    pub(crate) config: &'t [(String, String)],
}

/// Sends a question; its answer arrives in `queue` as an event whose opaque is `number`.
///
/// # Safety
/// `queue` is a live queue of `client`.
pub(super) unsafe fn request(
    client: &NativeClient,
    queue: *mut sys::rd_kafka_queue_t,
    number: u64,
    question: &Question,
    timeout: Duration,
) -> Result<(), CallError> {
    let options = Options::new(client, operation(question), timeout, number)?;
    match question {
        // SAFETY: by this function's contract, here and below.
        Question::Committed { group, partitions } => unsafe { committed(client, queue, &options, group, partitions) },
        Question::Range { which, isolation, partitions } => {
            let list = List::of(partitions.iter(), which.raw())?;
            options.set_isolation(*isolation)?;
            // SAFETY: a live client, list, options and queue; the list is copied.
            unsafe { sys::rd_kafka_ListOffsets(client.as_ptr(), list.as_ptr(), options.as_ptr(), queue) };
            Ok(())
        }
        // SAFETY: as above.
        Question::Topics(topics) => unsafe { described(client, queue, &options, topics) },
    }
}

fn operation(question: &Question) -> Operation {
    match question {
        Question::Committed { .. } => Operation::RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS,
        Question::Range { .. } => Operation::RD_KAFKA_ADMIN_OP_LISTOFFSETS,
        Question::Topics(_) => Operation::RD_KAFKA_ADMIN_OP_DESCRIBETOPICS,
    }
}

/// # Safety
/// `queue` is a live queue of `client`.
unsafe fn committed(
    client: &NativeClient,
    queue: *mut sys::rd_kafka_queue_t,
    options: &Options,
    group: &str,
    partitions: &[TopicPartition],
) -> Result<(), CallError> {
    let group = c_string("group", group)?;
    let list = List::of(partitions.iter(), i64::from(sys::RD_KAFKA_OFFSET_INVALID))?;
    // SAFETY: live options; any integer is a truth value.
    unsafe { CallError::take(sys::rd_kafka_AdminOptions_set_require_stable_offsets(options.as_ptr(), 1))? };
    // SAFETY: a NUL-terminated name and a live list; both are copied.
    let request = unsafe { sys::rd_kafka_ListConsumerGroupOffsets_new(group.as_ptr(), list.as_ptr()) };
    let mut requests = [request];
    let (rk, first) = (client.as_ptr(), requests.as_mut_ptr());
    // SAFETY: a live client, queue and options, and one request, which is copied.
    unsafe { sys::rd_kafka_ListConsumerGroupOffsets(rk, first, 1, options.as_ptr(), queue) };
    // SAFETY: made above and not used afterwards.
    unsafe { sys::rd_kafka_ListConsumerGroupOffsets_destroy(request) };
    Ok(())
}

/// # Safety
/// `queue` is a live queue of `client`.
unsafe fn described(
    client: &NativeClient,
    queue: *mut sys::rd_kafka_queue_t,
    options: &Options,
    topics: &[String],
) -> Result<(), CallError> {
    let names = topics.iter().map(|topic| c_string("topic", topic)).collect::<Result<Vec<_>, _>>()?;
    let mut pointers: Vec<*const c_char> = names.iter().map(|name: &CString| name.as_ptr()).collect();
    // SAFETY: that many NUL-terminated names, which are copied.
    let collection = unsafe { sys::rd_kafka_TopicCollection_of_topic_names(pointers.as_mut_ptr(), pointers.len()) };
    // SAFETY: a live client, collection, options and queue; the names are copied.
    unsafe { sys::rd_kafka_DescribeTopics(client.as_ptr(), collection, options.as_ptr(), queue) };
    // SAFETY: made above and not used afterwards.
    unsafe { sys::rd_kafka_TopicCollection_destroy(collection) };
    Ok(())
}

/// Asks for topics to be created (`rd_kafka_CreateTopics`); the answer arrives in `queue` with `number`.
///
/// # Safety
/// `queue` is a live queue of `client`.
pub(super) unsafe fn create_topics(
    client: &NativeClient,
    queue: *mut sys::rd_kafka_queue_t,
    number: u64,
    topics: &[TopicToCreate<'_>],
    timeout: Duration,
) -> Result<(), CallError> {
    let options = Options::new(client, Operation::RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout, number)?;
    options.set_operation_timeout(timeout)?;
    let topics = topics.iter().map(NativeNewTopic::new).collect::<Result<Vec<_>, _>>()?;
    let mut pointers: Vec<_> = topics.iter().map(|topic| topic.0.as_ptr()).collect();
    let (rk, first, count) = (client.as_ptr(), pointers.as_mut_ptr(), pointers.len());
    // SAFETY: a live client, options and queue, and that many live topics, which are copied.
    unsafe { sys::rd_kafka_CreateTopics(rk, first, count, options.as_ptr(), queue) };
    Ok(())
}

/// A `rd_kafka_NewTopic_t`.
struct NativeNewTopic(NonNull<sys::rd_kafka_NewTopic_t>);

impl NativeNewTopic {
    fn new(topic: &TopicToCreate<'_>) -> Result<Self, CallError> {
        let name = c_string("topic", topic.name)?;
        let mut buffer: [c_char; TEXT_BYTES] = [0; TEXT_BYTES];
        let (factor, size) = (topic.replication_factor.unwrap_or(-1), buffer.len());
        // SAFETY: a NUL-terminated name, which is copied, and a buffer of the given size.
        let raw =
            unsafe { sys::rd_kafka_NewTopic_new(name.as_ptr(), topic.partitions, factor, buffer.as_mut_ptr(), size) };
        // SAFETY: librdkafka leaves a NUL-terminated text, and the buffer began as one.
        let new = Self(NonNull::new(raw).ok_or_else(|| CallError::invalid(unsafe { text(buffer.as_ptr()) }))?);
        for (key, value) in topic.config {
            let (key, value) = (c_string("topic setting", key)?, c_string("value of a topic setting", value)?);
            // SAFETY: a live topic and NUL-terminated strings, which are copied.
            let code = unsafe { sys::rd_kafka_NewTopic_set_config(new.0.as_ptr(), key.as_ptr(), value.as_ptr()) };
            Code::check(code, || format!("the setting {key:?} was refused"))?;
        }
        Ok(new)
    }
}

impl Drop for NativeNewTopic {
    fn drop(&mut self) {
        // SAFETY: owned and not used afterwards.
        unsafe { sys::rd_kafka_NewTopic_destroy(self.0.as_ptr()) }
    }
}

impl Which {
    fn raw(self) -> i64 {
        match self {
            Self::Earliest => Spec::RD_KAFKA_OFFSET_SPEC_EARLIEST as i64,
            Self::Latest => Spec::RD_KAFKA_OFFSET_SPEC_LATEST as i64,
            // Negative numbers are the words above.
            Self::At(milliseconds) => milliseconds.max(0),
        }
    }
}

/// Options of one request.
struct Options(NonNull<sys::rd_kafka_AdminOptions_t>);

impl Options {
    fn new(client: &NativeClient, operation: Operation, timeout: Duration, number: u64) -> Result<Self, CallError> {
        // SAFETY: a live client.
        let raw = unsafe { sys::rd_kafka_AdminOptions_new(client.as_ptr(), operation) };
        let options = Self(NonNull::new(raw).expect("every operation asked for here has options"));
        // SAFETY: live options; the opaque is an integer.
        unsafe { sys::rd_kafka_AdminOptions_set_opaque(options.as_ptr(), number as *mut c_void) };
        let (milliseconds, null) = (milliseconds(timeout), std::ptr::null_mut());
        // SAFETY: live options, a time-out within the documented bounds, no buffer for the message.
        let code = unsafe { sys::rd_kafka_AdminOptions_set_request_timeout(options.as_ptr(), milliseconds, null, 0) };
        Code::check(code, || format!("the time-out {timeout:?} was refused"))?;
        Ok(options)
    }

    /// How long the broker itself may take before it answers.
    fn set_operation_timeout(&self, timeout: Duration) -> Result<(), CallError> {
        let (milliseconds, null) = (milliseconds(timeout), std::ptr::null_mut());
        // SAFETY: live options, a time-out within the documented bounds, no buffer for the message.
        let code = unsafe { sys::rd_kafka_AdminOptions_set_operation_timeout(self.as_ptr(), milliseconds, null, 0) };
        Code::check(code, || format!("the time-out {timeout:?} was refused"))
    }

    fn set_isolation(&self, isolation: Isolation) -> Result<(), CallError> {
        let raw = match isolation {
            Isolation::ReadCommitted => RawIsolation::RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED,
            Isolation::ReadUncommitted => RawIsolation::RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED,
        };
        // SAFETY: live options, and an error object that is taken over.
        unsafe { CallError::take(sys::rd_kafka_AdminOptions_set_isolation_level(self.as_ptr(), raw)) }
    }

    fn as_ptr(&self) -> *mut sys::rd_kafka_AdminOptions_t {
        self.0.as_ptr()
    }
}

impl Drop for Options {
    fn drop(&mut self) {
        // SAFETY: owned and not used afterwards.
        unsafe { sys::rd_kafka_AdminOptions_destroy(self.0.as_ptr()) }
    }
}

fn milliseconds(timeout: Duration) -> c_int {
    timeout.min(LONGEST_TIMEOUT).as_millis().max(1) as c_int
}
