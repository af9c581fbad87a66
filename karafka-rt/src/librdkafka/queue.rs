//! One queue of a client, and the descriptor that it wakes.

use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::Arc;
use std::time::Duration;

use rdkafka_sys as sys;

use super::client::NativeClient;
use super::error::{CallError, Code};
use super::event::Event;
use super::list::{TopicPartition, c_string};

/// A descriptor that librdkafka writes to when something arrives in a queue: a duplicate of the caller's, so that it
/// stays open for as long as a queue may write.
pub(super) type Wake = Arc<OwnedFd>;

/// Duplicates `wake`, an eventfd.
pub(super) fn wake(wake: BorrowedFd<'_>) -> Result<Wake, CallError> {
    wake.try_clone_to_owned().map(Arc::new).map_err(|error| CallError {
        code: Code::LOCAL_SYSTEM_RESOURCE,
        text: format!("the wake-up descriptor cannot be duplicated: {error}"),
    })
}

/// A queue that wakes a descriptor. It keeps the client alive: a client with queues cannot be destroyed.
///
/// The wake-up is edge-triggered: after one, a queue must be polled until it is empty.
pub(super) struct Queue {
    raw: NonNull<sys::rd_kafka_queue_t>,
    client: Arc<NativeClient>,
    _wake: Wake,
}

// SAFETY: queues of librdkafka are locked inside and not bound to a thread. Not `Sync`: one caller at a time.
unsafe impl Send for Queue {}

impl Queue {
    /// A new queue for answers (`rd_kafka_queue_new`).
    pub(super) fn answers(client: &Arc<NativeClient>, wake: &Wake) -> Result<Self, CallError> {
        // SAFETY: a live client.
        Self::own(client, wake, unsafe { sys::rd_kafka_queue_new(client.as_ptr()) })
    }

    /// The queue of rebalances, errors and log lines of a consumer in a group (`rd_kafka_queue_get_consumer`).
    pub(super) fn control(client: &Arc<NativeClient>, wake: &Wake) -> Result<Self, CallError> {
        // SAFETY: a live client.
        Self::own(client, wake, unsafe { sys::rd_kafka_queue_get_consumer(client.as_ptr()) })
    }

    /// The records of one partition (`rd_kafka_queue_get_partition`), no longer forwarded to the control queue
    /// (`rd_kafka_queue_forward`).
    pub(super) fn partition(client: &Arc<NativeClient>, wake: &Wake, at: &TopicPartition) -> Result<Self, CallError> {
        let topic = c_string("topic", &at.topic)?;
        // SAFETY: a live client and a NUL-terminated name, which is copied.
        let raw = unsafe { sys::rd_kafka_queue_get_partition(client.as_ptr(), topic.as_ptr(), at.partition) };
        if let Some(raw) = NonNull::new(raw) {
            // SAFETY: a live queue; null cuts the forwarding.
            unsafe { sys::rd_kafka_queue_forward(raw.as_ptr(), std::ptr::null_mut()) };
        }
        Self::own(client, wake, raw)
    }

    /// Wakes `wake` from now on (`rd_kafka_queue_io_event_enable`).
    fn own(client: &Arc<NativeClient>, wake: &Wake, raw: *mut sys::rd_kafka_queue_t) -> Result<Self, CallError> {
        let raw = NonNull::new(raw).ok_or_else(|| CallError {
            code: Code::LOCAL_UNKNOWN_GROUP,
            text: "the client has no such queue: a consumer with a `group.id` has".to_owned(),
        })?;
        let one = 1u64.to_ne_bytes();
        // SAFETY: a live queue; the payload is copied; the descriptor is open until `drop` has disabled the wake-up.
        unsafe {
            sys::rd_kafka_queue_io_event_enable(raw.as_ptr(), wake.as_raw_fd(), one.as_ptr().cast(), one.len());
        }
        Ok(Self { raw, client: client.clone(), _wake: wake.clone() })
    }

    /// The next event, if there is one now (`rd_kafka_queue_poll`). Never for partition queues.
    pub(super) fn poll(&self) -> Option<Event> {
        self.wait(Duration::ZERO)
    }

    /// The next event; waits for one, to the millisecond (`rd_kafka_queue_poll`).
    pub(super) fn wait(&self, longest: Duration) -> Option<Event> {
        let milliseconds = i32::try_from(longest.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: a live queue of a live client.
        let event = unsafe { sys::rd_kafka_queue_poll(self.raw.as_ptr(), milliseconds) };
        // SAFETY: a new event that belongs to the caller, and the client outlives it: see `Event`.
        NonNull::new(event).map(|event| unsafe { Event::from_raw(event) })
    }

    pub(super) fn as_ptr(&self) -> *mut sys::rd_kafka_queue_t {
        self.raw.as_ptr()
    }

    pub(super) fn client(&self) -> &NativeClient {
        &self.client
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        // SAFETY: a live queue; -1 disables the wake-up, and nothing is written afterwards.
        unsafe { sys::rd_kafka_queue_io_event_enable(self.raw.as_ptr(), -1, std::ptr::null(), 0) };
        // SAFETY: owned and not used afterwards.
        unsafe { sys::rd_kafka_queue_destroy(self.raw.as_ptr()) };
    }
}
