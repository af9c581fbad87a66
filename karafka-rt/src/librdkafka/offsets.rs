//! Questions about offsets, through a client that does not fetch.
//!
//! A consumer's own connection answers such a question only after the fetch that is under way, up to
//! `fetch.wait.max.ms` later; a client that fetches nothing answers in under a millisecond. One per process is enough:
//! every listener asks through a queue of its own.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::Duration;

use super::admin_request::request;
use super::client::{NativeClient, Reports};
use super::error::CallError;
use super::list::TopicPartition;
use super::offsets_answer::{Asked, OffsetsAnswer, Question, answer};
use super::queue::{Queue, wake};

/// How long the last owner of an [`OffsetsClient`] waits for its end before it leaves it behind.
const END_WITHIN: Duration = Duration::from_secs(5);

/// The client of all questions of a process. Ends with its last owner.
pub(crate) struct OffsetsClient(Option<Arc<NativeClient>>);

/// One listener's questions and answers.
pub(crate) struct OffsetsQueue {
    queue: Queue,
    asked: RefCell<BTreeMap<u64, Asked>>,
    last_number: Cell<u64>,
    /// Declared last, so that the queue is gone before the client may end.
    _client: Arc<OffsetsClient>,
}

/// Which place of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// The first offset that is still there.
    Earliest,
    /// The offset that the next record will have; with [`Isolation::ReadCommitted`] the last stable offset.
    Latest,
    /// The first record with this timestamp, in milliseconds since the epoch, or a later one. The answer is -1 when there is
    /// none.
    At(i64),
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
        let client = NativeClient::create_for_questions(properties, Reports::Dropped)?;
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
            _client: client.clone(),
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
        self.ask(ticket, Question::Committed { group: group.to_owned(), partitions: partitions.to_vec() }, timeout)
    }

    /// Asks for one place of partitions (`rd_kafka_ListOffsets`). A missing topic fails alone, but when no partition of
    /// the question has a leader, all fail with `_NOENT`, whatever the reason.
    pub(crate) fn ask_range(
        &self,
        ticket: u64,
        partitions: &[TopicPartition],
        which: Which,
        isolation: Isolation,
        timeout: Duration,
    ) -> Result<(), CallError> {
        self.ask(ticket, Question::Range { which, isolation, partitions: partitions.to_vec() }, timeout)
    }

    /// Asks how many partitions topics have, and so whether they are there and may be described
    /// (`rd_kafka_DescribeTopics`).
    pub(crate) fn ask_topics(&self, ticket: u64, topics: &[String], timeout: Duration) -> Result<(), CallError> {
        self.ask(ticket, Question::Topics(topics.to_vec()), timeout)
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

    /// Sends a question and keeps it until its answer comes, under a number that the answer bears.
    fn ask(&self, ticket: u64, question: Question, timeout: Duration) -> Result<(), CallError> {
        let number = self.last_number.get() + 1;
        self.last_number.set(number);
        // SAFETY: a live queue of a live client.
        unsafe { request(self.queue.client(), self.queue.as_ptr(), number, &question, timeout)? };
        self.asked.borrow_mut().insert(number, Asked { ticket, question });
        Ok(())
    }
}
