//! A client for questions that are waited for: topics, offsets, creating topics.
//!
//! Unlike [`OffsetsClient`](super::OffsetsClient) it also hears of errors that belong to no request, such as a refused
//! login, so that its user can say more than that time is over.

use std::collections::BTreeMap;
use std::ffi::c_int;
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rdkafka_sys as sys;

use super::admin_request::{TopicToCreate, create_topics, request};
use super::client::{NativeClient, Reports};
use super::error::{CallError, Code, text};
use super::event::Event;
use super::list::TopicPartition;
use super::offsets::{Isolation, Which};
use super::offsets_answer::{Asked, OffsetsAnswer, Question, answer, items};

/// How long dropping waits for the client's end before it leaves it behind.
const END_WITHIN: Duration = Duration::from_secs(5);

/// Asks one question at a time: hold an [`AdminTurn`] for that.
pub(crate) struct AdminClient {
    /// Taken out only by `drop`.
    client: Option<NativeClient>,
    main_queue: NonNull<sys::rd_kafka_queue_t>,
    /// The number of the last question.
    turn: Mutex<u64>,
}

// SAFETY: clients and queues of librdkafka are locked inside and not bound to a thread.
unsafe impl Send for AdminClient {}
// SAFETY: as above.
unsafe impl Sync for AdminClient {}

/// The right to ask and to read the answer.
pub(crate) struct AdminTurn<'c> {
    client: &'c AdminClient,
    number: MutexGuard<'c, u64>,
    asked: Option<Question>,
}

/// What arrives while an answer is waited for.
#[derive(Debug)]
pub(crate) enum AdminReport {
    /// An error of the client as a whole: a broker away, a refused login.
    ClientError(Code, String),
    /// About topics or offsets.
    Answer(OffsetsAnswer),
    /// What became of each topic that was to be created.
    Created(Vec<(String, Result<(), CallError>)>),
    /// The request as a whole failed.
    Failed(CallError),
}

impl AdminClient {
    /// Makes the client (`rd_kafka_new`, on a new thread). Does not wait for brokers.
    pub(crate) fn create(properties: &BTreeMap<String, String>) -> Result<Self, CallError> {
        let events = sys::RD_KAFKA_EVENT_ERROR | sys::RD_KAFKA_EVENT_LOG;
        let client = NativeClient::create_for_questions(properties, Reports::Queued(events))?;
        // SAFETY: a live client.
        let queue = unsafe { sys::rd_kafka_queue_get_main(client.as_ptr()) };
        let main_queue = NonNull::new(queue).expect("every client has a main queue");
        Ok(Self { client: Some(client), main_queue, turn: Mutex::new(0) })
    }

    /// Waits until nobody else asks.
    pub(crate) fn turn(&self) -> AdminTurn<'_> {
        AdminTurn { client: self, number: self.turn.lock().unwrap_or_else(PoisonError::into_inner), asked: None }
    }

    fn native(&self) -> &NativeClient {
        self.client.as_ref().expect("taken out only by `drop`")
    }
}

impl AdminTurn<'_> {
    /// Asks which topics are there and how many partitions they have (`rd_kafka_DescribeTopics`).
    pub(crate) fn ask_topics(&mut self, topics: &[String], timeout: Duration) -> Result<(), CallError> {
        self.ask(Question::Topics(topics.to_vec()), timeout)
    }

    /// Asks for one end of partitions (`rd_kafka_ListOffsets`), open transactions included.
    pub(crate) fn ask_range(
        &mut self,
        partitions: &[TopicPartition],
        which: Which,
        timeout: Duration,
    ) -> Result<(), CallError> {
        let (isolation, partitions) = (Isolation::ReadUncommitted, partitions.to_vec());
        self.ask(Question::Range { which, isolation, partitions }, timeout)
    }

    /// Asks what a group has committed (`rd_kafka_ListConsumerGroupOffsets`, stable offsets only).
    pub(crate) fn ask_committed(
        &mut self,
        group: &str,
        partitions: &[TopicPartition],
        timeout: Duration,
    ) -> Result<(), CallError> {
        self.ask(Question::Committed { group: group.to_owned(), partitions: partitions.to_vec() }, timeout)
    }

    /// Asks for topics to be created (`rd_kafka_CreateTopics`).
    pub(crate) fn ask_to_create(&mut self, topics: &[TopicToCreate<'_>], timeout: Duration) -> Result<(), CallError> {
        *self.number += 1;
        let (client, queue) = (self.client.native(), self.client.main_queue.as_ptr());
        // SAFETY: a live queue of a live client.
        unsafe { create_topics(client, queue, *self.number, topics, timeout) }
    }

    fn ask(&mut self, question: Question, timeout: Duration) -> Result<(), CallError> {
        *self.number += 1;
        let (client, queue) = (self.client.native(), self.client.main_queue.as_ptr());
        // SAFETY: a live queue of a live client.
        unsafe { request(client, queue, *self.number, &question, timeout)? };
        self.asked = Some(question);
        Ok(())
    }

    /// Waits for the next thing to know, at most `bound`; `None` when there was nothing in that time, or only log lines and
    /// late answers to earlier questions.
    pub(crate) fn poll(&mut self, bound: Duration) -> Option<AdminReport> {
        let milliseconds = c_int::try_from(bound.as_micros().div_ceil(1_000)).unwrap_or(c_int::MAX);
        // SAFETY: a live queue of a live client.
        let event = unsafe { sys::rd_kafka_queue_poll(self.client.main_queue.as_ptr(), milliseconds) };
        // SAFETY: a new event that belongs to the caller; it is gone before this returns, and the client lives on.
        let event = unsafe { Event::from_raw(NonNull::new(event)?) };
        match event.kind() {
            sys::RD_KAFKA_EVENT_LOG => None,
            sys::RD_KAFKA_EVENT_ERROR => {
                Some(AdminReport::ClientError(event.error().unwrap_or(Code::UNKNOWN), event.error_text()))
            }
            _ if event.ticket() != *self.number => None,
            _ => Some(self.read(&event)),
        }
    }

    fn read(&mut self, event: &Event) -> AdminReport {
        match (self.asked.take(), event.error()) {
            (None, Some(code)) => AdminReport::Failed(CallError { code, text: event.error_text() }),
            (Some(_), Some(code)) if code.is_transport() => {
                AdminReport::Failed(CallError { code, text: event.error_text() })
            }
            (Some(question), _) => AdminReport::Answer(answer(event, Asked { ticket: *self.number, question })),
            (None, None) => AdminReport::Created(created(event)),
        }
    }
}

impl Drop for AdminClient {
    fn drop(&mut self) {
        // SAFETY: owned and not used afterwards.
        unsafe { sys::rd_kafka_queue_destroy(self.main_queue.as_ptr()) };
        if let Some(client) = self.client.take()
            && !client.destroy(END_WITHIN)
        {
            tracing::warn!("an admin client did not end within {END_WITHIN:?} and stays until the process ends");
        }
    }
}

/// What became of each topic (`rd_kafka_CreateTopics_result_topics`).
fn created(event: &Event) -> Vec<(String, Result<(), CallError>)> {
    // SAFETY: a live event; null when it is of another kind.
    let result = unsafe { sys::rd_kafka_event_CreateTopics_result(event.as_ptr()) };
    if result.is_null() {
        return Vec::new();
    }
    let mut count = 0;
    // SAFETY: a live result and a valid out pointer.
    let topics = unsafe { sys::rd_kafka_CreateTopics_result_topics(result, &raw mut count) };
    // SAFETY: an array of that many results, owned by the event.
    let topics = unsafe { items(topics, count) };
    // SAFETY: every result is live as long as the event.
    topics.iter().map(|topic| unsafe { topic_result(*topic) }).collect()
}

/// # Safety
/// `topic` is live.
unsafe fn topic_result(topic: *const sys::rd_kafka_topic_result_t) -> (String, Result<(), CallError>) {
    // SAFETY: live by the contract.
    let name = unsafe { sys::rd_kafka_topic_result_name(topic) };
    // SAFETY: live by the contract.
    let explanation = unsafe { sys::rd_kafka_topic_result_error_string(topic) };
    // SAFETY: both texts are null or belong to the result.
    let (name, explanation) = unsafe { (text(name), text(explanation)) };
    // SAFETY: live by the contract.
    let code = Code::new(unsafe { sys::rd_kafka_topic_result_error(topic) } as c_int);
    let result = code.map_or(Ok(()), |code| {
        Err(CallError { code, text: if explanation.is_empty() { code.to_string() } else { explanation } })
    });
    (name, result)
}
