//! A producing client: records go in with a boxed value each, and come out of its main queue with what became of them.
//!
//! rdkafka's producers are not used: they serve delivery reports through callbacks, `rd_kafka_poll` drops reports that were
//! asked for as events, and their `Drop` has no deadline.

use std::collections::BTreeMap;
use std::ffi::{c_char, c_int};
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::time::Duration;

use rdkafka_sys as sys;
use sys::rd_kafka_type_t::RD_KAFKA_PRODUCER;

use super::client::{NativeClient, Reports};
use super::error::{CallError, Code, TEXT_BYTES, text};
use super::event::Event;
use super::log::LogLine;
use super::produce_record::{DeliveryFailure, RecordToSend, delivery, send};

/// How long dropping waits for the client's end before it leaves it behind.
const END_WITHIN: Duration = Duration::from_secs(5);

/// The only way to produce on its client, so that every delivery report carries a `Box<T>`.
///
/// Producing is for any thread; one thread at a time polls.
pub(crate) struct ProducerClient<T> {
    /// Taken out only by `drop`.
    client: Option<NativeClient>,
    main_queue: NonNull<sys::rd_kafka_queue_t>,
    _opaque: PhantomData<fn(T) -> T>,
}

// SAFETY: clients and queues of librdkafka are locked inside and not bound to a thread; the boxes in between are `Send`.
unsafe impl<T: Send> Send for ProducerClient<T> {}
// SAFETY: as above; no reference to a `T` is ever shared.
unsafe impl<T: Send> Sync for ProducerClient<T> {}

/// Something that the client has to tell.
pub(crate) enum Report<'e, T> {
    /// What became of a record.
    Delivery(Box<T>, Option<DeliveryFailure>),
    /// An error of the client as a whole: a broker away, a refused login, a fatal error.
    ClientError(Code, String),
    /// A line of librdkafka's log.
    Log(&'e LogLine<'e>),
}

impl<T: Send> ProducerClient<T> {
    /// Makes the client (`rd_kafka_new`, on a new thread). Does not wait for brokers.
    pub(crate) fn create(properties: &BTreeMap<String, String>) -> Result<Self, CallError> {
        let events = sys::RD_KAFKA_EVENT_DR | sys::RD_KAFKA_EVENT_ERROR | sys::RD_KAFKA_EVENT_LOG;
        let client = NativeClient::create(RD_KAFKA_PRODUCER, properties, Reports::Queued(events))?;
        // SAFETY: a live client.
        let queue = unsafe { sys::rd_kafka_queue_get_main(client.as_ptr()) };
        let main_queue = NonNull::new(queue).expect("every client has a main queue");
        Ok(Self { client: Some(client), main_queue, _opaque: PhantomData })
    }

    /// Queues a copy of the record, without waiting. On an error it was not queued, and `opaque` comes back; the code is
    /// `LOCAL_FATAL` for every error that this client does not recover from.
    pub(crate) fn send(&self, record: RecordToSend<'_>, opaque: Box<T>) -> Result<(), (CallError, Box<T>)> {
        // SAFETY: reports of this client are read by `poll` only, as `Box<T>`.
        unsafe { send(self.as_ptr(), record, opaque) }
    }

    /// Waits for the next event, at most `bound` or until [`ProducerClient::wake`], and hands on what it has to tell.
    /// False when there was none. Room in the client's queue is made when this returns, not before.
    pub(crate) fn poll(&self, bound: Duration, mut each: impl FnMut(Report<'_, T>)) -> bool {
        let milliseconds = c_int::try_from(bound.as_micros().div_ceil(1_000)).unwrap_or(c_int::MAX);
        // SAFETY: a live queue of a live client.
        let event = unsafe { sys::rd_kafka_queue_poll(self.main_queue.as_ptr(), milliseconds) };
        let Some(event) = NonNull::new(event) else { return false };
        // SAFETY: a new event that belongs to the caller; it is gone before this returns, and the client lives on.
        let event = unsafe { Event::from_raw(event) };
        match event.kind() {
            sys::RD_KAFKA_EVENT_DR => Self::deliveries(&event, &mut each),
            sys::RD_KAFKA_EVENT_LOG => event.log_to(&mut |line| each(Report::Log(line))),
            sys::RD_KAFKA_EVENT_ERROR => {
                each(Report::ClientError(event.error().unwrap_or(Code::UNKNOWN), event.error_text()));
            }
            _ => {}
        }
        true
    }

    fn deliveries(event: &Event, each: &mut impl FnMut(Report<'_, T>)) {
        loop {
            // SAFETY: a live event of the kind that has messages.
            let message = unsafe { sys::rd_kafka_event_message_next(event.as_ptr()) };
            if message.is_null() {
                return;
            }
            // SAFETY: the message lives as long as the event, was produced by `send`, and is reported once.
            let (opaque, failure) = unsafe { delivery(message) };
            each(Report::Delivery(opaque, failure));
        }
    }

    /// Ends a waiting [`ProducerClient::poll`], or the next one (`rd_kafka_queue_yield`).
    pub(crate) fn wake(&self) {
        // SAFETY: a live queue.
        unsafe { sys::rd_kafka_queue_yield(self.main_queue.as_ptr()) };
    }

    /// Fails every record that is queued or in flight; their reports follow. Does not wait for broker threads.
    pub(crate) fn purge(&self) {
        let flags = sys::RD_KAFKA_PURGE_F_QUEUE | sys::RD_KAFKA_PURGE_F_INFLIGHT | sys::RD_KAFKA_PURGE_F_NON_BLOCKING;
        // SAFETY: a live client.
        unsafe { sys::rd_kafka_purge(self.as_ptr(), flags) };
    }

    /// Why every further call on this client fails, once there was such an error (`rd_kafka_fatal_error`).
    pub(crate) fn fatal_error(&self) -> Option<String> {
        let mut buffer: [c_char; TEXT_BYTES] = [0; TEXT_BYTES];
        // SAFETY: a live client and a buffer of the given size.
        let code = unsafe { sys::rd_kafka_fatal_error(self.as_ptr(), buffer.as_mut_ptr(), buffer.len()) };
        // SAFETY: librdkafka leaves a NUL-terminated text, and the buffer began as one.
        (code as i32 != 0).then(|| unsafe { text(buffer.as_ptr()) })
    }

    /// Puts the client into the fatal state, as a broker's refusal would (`rd_kafka_test_fatal_error`).
    #[cfg(test)]
    pub(crate) fn inject_fatal_error(&self) {
        let code = sys::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
        // SAFETY: a live client and a NUL-terminated text.
        unsafe { sys::rd_kafka_test_fatal_error(self.as_ptr(), code, c"injected".as_ptr()) };
    }

    pub(super) fn as_ptr(&self) -> *mut sys::rd_kafka_t {
        self.client.as_ref().expect("taken out only by `drop`").as_ptr()
    }
}

impl<T> Drop for ProducerClient<T> {
    fn drop(&mut self) {
        // SAFETY: owned and not used afterwards.
        unsafe { sys::rd_kafka_queue_destroy(self.main_queue.as_ptr()) };
        if let Some(client) = self.client.take()
            && !client.destroy(END_WITHIN)
        {
            tracing::warn!("a producer did not end within {END_WITHIN:?} and stays until the process ends");
        }
    }
}
