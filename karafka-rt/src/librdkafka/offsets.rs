//! Questions about offsets, through a client that does not fetch.
//!
//! A consumer's own connection answers such a question only after the fetch that is under way, up to
//! `fetch.wait.max.ms` later; a client of the producer kind answers in under a millisecond. One per process is enough:
//! every listener asks through a queue of its own.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{CString, c_char, c_int, c_void};
use std::os::fd::BorrowedFd;
use std::ptr::NonNull;
use std::sync::Arc;
use std::time::Duration;

use rdkafka_sys as sys;
use sys::rd_kafka_IsolationLevel_t as RawIsolation;
use sys::rd_kafka_OffsetSpec_t as Spec;
use sys::rd_kafka_admin_op_t as Operation;
use sys::rd_kafka_type_t::RD_KAFKA_PRODUCER;

use super::client::{NativeClient, Reports};
use super::error::{CallError, Code};
use super::list::{List, TopicPartition, c_string};
use super::offsets_answer::{Asked, OffsetsAnswer, Question, answer};
use super::queue::{Queue, wake};

/// How long the last owner of an [`OffsetsClient`] waits for its end before it leaves it behind.
const END_WITHIN: Duration = Duration::from_secs(5);

/// The longest time-out that `rd_kafka_AdminOptions_set_request_timeout` takes.
const LONGEST_TIMEOUT: Duration = Duration::from_hours(1);

/// The client of all questions of a process. Ends with its last owner.
pub(crate) struct OffsetsClient(Option<Arc<NativeClient>>);

/// One listener's questions and answers.
pub(crate) struct OffsetsQueue {
    queue: Queue,
    asked: RefCell<BTreeMap<u64, Asked>>,
    last_number: Cell<u64>,
    /// Declared last, so that the queue is gone before the client may end.
    client: Arc<OffsetsClient>,
}

/// Which end of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// The first offset that is still there.
    Earliest,
    /// The offset that the next record will have; with [`Isolation::ReadCommitted`] the last stable offset.
    Latest,
}

/// What [`Which::Latest`] means while transactions are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Isolation {
    ReadCommitted,
    ReadUncommitted,
}

impl OffsetsClient {
    /// Makes the client (`rd_kafka_new`, on a new thread). It keeps no log: what goes wrong is in the answers.
    pub(crate) fn create(properties: &BTreeMap<String, String>) -> Result<Arc<Self>, CallError> {
        let client = NativeClient::create(RD_KAFKA_PRODUCER, properties, Reports::Dropped)?;
        Ok(Arc::new(Self(Some(Arc::new(client)))))
    }

    fn native(&self) -> &Arc<NativeClient> {
        self.0.as_ref().expect("the client is taken out only when it is dropped")
    }
}

impl Drop for OffsetsClient {
    fn drop(&mut self) {
        if let Some(client) = self.0.take().and_then(Arc::into_inner)
            && !client.destroy(END_WITHIN)
        {
            tracing::warn!("a Kafka client did not end within {END_WITHIN:?} and stays until the process ends");
        }
    }
}

impl OffsetsQueue {
    /// A queue of answers that wakes `wake_fd`, an eventfd.
    pub(crate) fn new(client: &Arc<OffsetsClient>, wake_fd: BorrowedFd<'_>) -> Result<Self, CallError> {
        Ok(Self {
            queue: Queue::answers(client.native(), &wake(wake_fd)?)?,
            asked: RefCell::default(),
            last_number: Cell::new(0),
            client: client.clone(),
        })
    }

    /// Asks what `group` has committed (`rd_kafka_ListConsumerGroupOffsets`). Partitions whose offsets an open
    /// transaction is about to change answer `UNSTABLE_OFFSET_COMMIT`.
    pub(crate) fn ask_committed(
        &self,
        ticket: u64,
        group: &str,
        partitions: &[TopicPartition],
        timeout: Duration,
    ) -> Result<(), CallError> {
        let group = c_string("group", group)?;
        let list = List::of(partitions.iter(), i64::from(sys::RD_KAFKA_OFFSET_INVALID))?;
        let options = self.options(Operation::RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, timeout)?;
        // SAFETY: live options; any integer is a truth value.
        unsafe { CallError::take(sys::rd_kafka_AdminOptions_set_require_stable_offsets(options.as_ptr(), 1))? };
        // SAFETY: a NUL-terminated name and a live list; both are copied.
        let request = unsafe { sys::rd_kafka_ListConsumerGroupOffsets_new(group.as_ptr(), list.as_ptr()) };
        self.remember(&options, Asked { ticket, question: Question::Committed(partitions.to_vec()) });
        let mut requests = [request];
        let (rk, first, queue) = (self.queue.client().as_ptr(), requests.as_mut_ptr(), self.queue.as_ptr());
        // SAFETY: a live client, queue and options, and one request, which is copied.
        unsafe { sys::rd_kafka_ListConsumerGroupOffsets(rk, first, 1, options.as_ptr(), queue) };
        // SAFETY: made above and not used afterwards.
        unsafe { sys::rd_kafka_ListConsumerGroupOffsets_destroy(request) };
        Ok(())
    }

    /// Asks for one end of partitions (`rd_kafka_ListOffsets`). A missing topic fails alone, but when no partition of
    /// the question has a leader, all fail with `_NOENT`, whatever the reason.
    pub(crate) fn ask_range(
        &self,
        ticket: u64,
        partitions: &[TopicPartition],
        which: Which,
        isolation: Isolation,
        timeout: Duration,
    ) -> Result<(), CallError> {
        let list = List::of(partitions.iter(), which.raw())?;
        let options = self.options(Operation::RD_KAFKA_ADMIN_OP_LISTOFFSETS, timeout)?;
        // SAFETY: live options.
        unsafe { CallError::take(sys::rd_kafka_AdminOptions_set_isolation_level(options.as_ptr(), isolation.raw()))? };
        self.remember(&options, Asked { ticket, question: Question::Range(which, partitions.to_vec()) });
        let (rk, queue) = (self.queue.client().as_ptr(), self.queue.as_ptr());
        // SAFETY: a live client, list, options and queue; the list is copied.
        unsafe { sys::rd_kafka_ListOffsets(rk, list.as_ptr(), options.as_ptr(), queue) };
        Ok(())
    }

    /// Asks how many partitions topics have, and so whether they are there and may be described
    /// (`rd_kafka_DescribeTopics`).
    pub(crate) fn ask_topics(&self, ticket: u64, topics: &[String], timeout: Duration) -> Result<(), CallError> {
        let names = topics.iter().map(|topic| c_string("topic", topic)).collect::<Result<Vec<_>, _>>()?;
        let mut pointers: Vec<*const c_char> = names.iter().map(|name: &CString| name.as_ptr()).collect();
        let options = self.options(Operation::RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, timeout)?;
        // SAFETY: that many NUL-terminated names, which are copied.
        let collection = unsafe { sys::rd_kafka_TopicCollection_of_topic_names(pointers.as_mut_ptr(), pointers.len()) };
        self.remember(&options, Asked { ticket, question: Question::Topics(topics.to_vec()) });
        let (rk, queue) = (self.queue.client().as_ptr(), self.queue.as_ptr());
        // SAFETY: a live client, collection, options and queue; the names are copied.
        unsafe { sys::rd_kafka_DescribeTopics(rk, collection, options.as_ptr(), queue) };
        // SAFETY: made above and not used afterwards.
        unsafe { sys::rd_kafka_TopicCollection_destroy(collection) };
        Ok(())
    }

    /// The next answer, if there is one now (`rd_kafka_queue_poll`). Every question gets one, at the latest when its
    /// time-out is over.
    pub(crate) fn poll(&mut self) -> Option<OffsetsAnswer> {
        while let Some(event) = self.queue.poll() {
            if let Some(asked) = self.asked.get_mut().remove(&event.ticket()) {
                return Some(answer(&event, asked));
            }
        }
        None
    }

    /// Keeps what was asked until its answer comes, under a number that the answer bears.
    fn remember(&self, options: &Options, asked: Asked) {
        let number = self.last_number.get() + 1;
        self.last_number.set(number);
        self.asked.borrow_mut().insert(number, asked);
        // SAFETY: live options; the opaque is an integer.
        unsafe { sys::rd_kafka_AdminOptions_set_opaque(options.as_ptr(), number as *mut c_void) };
    }

    fn options(&self, operation: Operation, timeout: Duration) -> Result<Options, CallError> {
        // SAFETY: a live client.
        let raw = unsafe { sys::rd_kafka_AdminOptions_new(self.queue.client().as_ptr(), operation) };
        let options = Options(NonNull::new(raw).expect("every operation asked for here has options"));
        let milliseconds = timeout.min(LONGEST_TIMEOUT).as_millis() as c_int;
        let (null, none) = (std::ptr::null_mut(), 0);
        // SAFETY: live options, a time-out within the documented bounds, no buffer for the message.
        let code =
            unsafe { sys::rd_kafka_AdminOptions_set_request_timeout(options.as_ptr(), milliseconds, null, none) };
        Code::check(code, || format!("the time-out {timeout:?} was refused"))?;
        Ok(options)
    }
}

impl Which {
    fn raw(self) -> i64 {
        match self {
            Self::Earliest => Spec::RD_KAFKA_OFFSET_SPEC_EARLIEST as i64,
            Self::Latest => Spec::RD_KAFKA_OFFSET_SPEC_LATEST as i64,
        }
    }
}

impl Isolation {
    fn raw(self) -> RawIsolation {
        match self {
            Self::ReadCommitted => RawIsolation::RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED,
            Self::ReadUncommitted => RawIsolation::RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED,
        }
    }
}

/// Options of one request.
struct Options(NonNull<sys::rd_kafka_AdminOptions_t>);

impl Options {
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
