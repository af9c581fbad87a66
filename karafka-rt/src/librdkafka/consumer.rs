//! A consumer in a group whose every step is taken by the caller: nothing is answered, committed or reset by itself.
//!
//! The order of calls that works, with `group.protocol=consumer` and with classic `cooperative-sticky` alike:
//!
//! 1. [`ConsumerClient::create`], [`subscribe`](ConsumerClient::subscribe).
//! 2. On every wake-up [`poll_control`](ConsumerClient::poll_control) and [`poll_answer`](ConsumerClient::poll_answer)
//!    until they are empty, then drain every partition queue until it gives fewer than asked.
//! 3. An assignment is answered at once with [`answer_assign`](ConsumerClient::answer_assign); its partitions are added
//!    one by one, when their start offsets are known, by [`add_partition`](ConsumerClient::add_partition).
//! 4. A revocation is answered with [`answer_revoke`](ConsumerClient::answer_revoke).
//! 5. [`begin_close`](ConsumerClient::begin_close), go on with 2 and 4 until
//!    [`is_closed`](ConsumerClient::is_closed), then [`destroy`](ConsumerClient::destroy).
//!
//! While an event of 3 or 4 is unanswered, adding or removing a partition would be taken for its answer
//! (`rd_kafka_cgrp_incremental_assign` looks at the join state only). How the assignment changes stands in `assigning`.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::Duration;

use rdkafka_sys as sys;
use sys::rd_kafka_type_t::RD_KAFKA_CONSUMER;

use super::assigning::Rebalancing;
use super::client::{END_OF_A_HALF_MADE_CLIENT, NativeClient, Reports};
use super::control::{CONTROL_EVENTS, CommitAnswer, ControlEvent, Unanswered, commit_answer, control_event};
#[cfg(test)]
use super::error::text;
use super::error::{CallError, Code, fatal_error};
use super::list::{List, TopicPartition};
use super::log::LogSink;
use super::queue::{Queue, Wake, wake};

/// Most log lines that one call of [`ConsumerClient::poll_control`] passes on before it returns.
const MOST_LOG_LINES_PER_POLL: usize = 1024;

/// A consumer, used by one thread. Dropping it leaves it running: [`ConsumerClient::destroy`] ends it.
pub(crate) struct ConsumerClient {
    pub(super) control: Queue,
    pub(super) answers: Queue,
    pub(super) client: Arc<NativeClient>,
    pub(super) wake: Wake,
    log: LogSink,
    last_ticket: Cell<u64>,
    pub(super) unanswered: Cell<Option<Unanswered>>,
    pub(super) leaving: bool,
    pub(super) rebalancing: Rebalancing,
    /// Whether an eager member's assignment has to be handed over.
    pub(super) changed: Cell<bool>,
}

/// Where a partition starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(test), allow(dead_code, reason = "the runtime always decides on an offset; tests use all ways"))]
pub(crate) enum StartOffset {
    /// The next offset to read.
    Offset(i64),
    Beginning,
    End,
}

/// One partition of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommitEntry {
    pub(crate) at: TopicPartition,
    /// The next offset to read.
    pub(crate) offset: i64,
    /// The broker counts its length in UTF-16 units (`offset.metadata.max.bytes`).
    pub(crate) metadata: Option<String>,
}

impl ConsumerClient {
    /// Makes a consumer (`rd_kafka_new`, on a new thread). `wake` is an eventfd: the number 1 is written to it when
    /// something arrives in any queue of this client (`rd_kafka_queue_io_event_enable`).
    ///
    /// `properties` need a `group.id`, and `enable.auto.commit=false`, `enable.auto.offset.store=false`,
    /// `auto.offset.reset=error` for the caller to be the only one who decides.
    pub(crate) fn create(
        properties: &BTreeMap<String, String>,
        wake_fd: BorrowedFd<'_>,
        log: LogSink,
    ) -> Result<Self, CallError> {
        let wake = wake(wake_fd)?;
        let client = NativeClient::create(RD_KAFKA_CONSUMER, properties, Reports::Queued(CONTROL_EVENTS))?;
        let client = Arc::new(client);
        match Self::queues(&client, &wake) {
            Ok((control, answers)) => {
                let (last_ticket, unanswered) = (Cell::new(0), Cell::new(None));
                let (rebalancing, changed) = (Rebalancing::of(properties), Cell::new(false));
                let leaving = false;
                Ok(Self { control, answers, client, wake, log, last_ticket, unanswered, leaving, rebalancing, changed })
            }
            Err(error) => {
                Arc::into_inner(client).map(|client| client.destroy(END_OF_A_HALF_MADE_CLIENT));
                Err(error)
            }
        }
    }

    /// The control queue, with errors and log lines redirected to it (`rd_kafka_poll_set_consumer`), and a queue for
    /// answers to commits.
    fn queues(client: &Arc<NativeClient>, wake: &Wake) -> Result<(Queue, Queue), CallError> {
        let control = Queue::control(client, wake)?;
        // SAFETY: a live client.
        let code = unsafe { sys::rd_kafka_poll_set_consumer(client.as_ptr()) };
        Code::check(code, || "the main queue cannot be redirected".to_owned())?;
        Ok((control, Queue::answers(client, wake)?))
    }

    /// Replaces the subscription (`rd_kafka_subscribe`, and `rd_kafka_unsubscribe` for an empty one), without waiting. A name
    /// that starts with `^` is a pattern.
    pub(crate) fn subscribe(&self, topics: &[String]) -> Result<(), CallError> {
        if topics.is_empty() {
            // SAFETY: a live client.
            let code = unsafe { sys::rd_kafka_unsubscribe(self.rk()) };
            return Code::check(code, || "the end of the subscription was refused".to_owned());
        }
        let mut list = List::with_capacity(topics.len());
        for topic in topics {
            list.add(&TopicPartition { topic: topic.clone(), partition: UNASSIGNED }, 0, None)?;
        }
        // SAFETY: a live client and a live list, which is copied.
        let code = unsafe { sys::rd_kafka_subscribe(self.rk(), list.as_ptr()) };
        Code::check(code, || format!("the subscription to {topics:?} was refused"))
    }

    /// The next event of the control queue, if there is one now (`rd_kafka_queue_poll`). Log lines go to the sink.
    pub(crate) fn poll_control(&mut self) -> Option<ControlEvent> {
        self.wait_control(Duration::ZERO)
    }

    pub(super) fn wait_control(&mut self, longest: Duration) -> Option<ControlEvent> {
        for _ in 0..MOST_LOG_LINES_PER_POLL {
            let event = self.control.wait(longest)?;
            if event.kind() == sys::RD_KAFKA_EVENT_LOG {
                event.log_to(&mut self.log);
            } else {
                let event = control_event(&event, || self.assignment_lost());
                self.unanswered.set(Unanswered::by(&event).or(self.unanswered.get()));
                return Some(event);
            }
        }
        Some(ControlEvent::Other("very many log lines".to_owned()))
    }

    /// The next answer to a commit, if there is one now (`rd_kafka_queue_poll`).
    pub(crate) fn poll_answer(&mut self) -> Option<CommitAnswer> {
        while let Some(event) = self.answers.poll() {
            if let Some(answer) = commit_answer(&event) {
                return Some(answer);
            }
        }
        None
    }

    /// Sends a commit without waiting (`rd_kafka_commit_queue`) and returns the ticket that its answer bears. The
    /// answer may never come (the coordinator is away): it needs a deadline.
    pub(crate) fn commit(&self, entries: &[CommitEntry]) -> Result<u64, CallError> {
        let mut list = List::with_capacity(entries.len());
        for CommitEntry { at, offset, metadata } in entries {
            list.add(at, *offset, metadata.as_deref())?;
        }
        let ticket = self.last_ticket.get() + 1;
        let (rk, answers, opaque) = (self.rk(), self.answers.as_ptr(), ticket as *mut c_void);
        // SAFETY: a live client, list and queue; the list is copied, and the opaque is an integer.
        let code = unsafe { sys::rd_kafka_commit_queue(rk, list.as_ptr(), answers, None, opaque) };
        Code::check(code, || "the commit was refused".to_owned())?;
        self.last_ticket.set(ticket);
        Ok(ticket)
    }

    /// Stops fetching a partition and gives up what was fetched (`rd_kafka_pause_partitions`).
    pub(crate) fn pause(&self, at: &TopicPartition) -> Result<(), CallError> {
        let list = List::of([at].into_iter(), 0)?;
        // SAFETY: a live client and a live list, into which results are written.
        let code = unsafe { sys::rd_kafka_pause_partitions(self.rk(), list.as_ptr()) };
        Code::check(code, || format!("{at} cannot be paused"))?;
        all_done(&list, "paused")
    }

    /// Fetches a paused partition again, from the next record on (`rd_kafka_resume_partitions`).
    pub(crate) fn resume(&self, at: &TopicPartition) -> Result<(), CallError> {
        let list = List::of([at].into_iter(), 0)?;
        // SAFETY: a live client and a live list, into which results are written.
        let code = unsafe { sys::rd_kafka_resume_partitions(self.rk(), list.as_ptr()) };
        Code::check(code, || format!("{at} cannot be resumed"))?;
        all_done(&list, "resumed")
    }

    /// `COOPERATIVE` or `EAGER` once the client is in a group (`rd_kafka_rebalance_protocol`).
    #[cfg(test)]
    pub(crate) fn group_protocol(&self) -> Option<String> {
        // SAFETY: a live client.
        let name = unsafe { sys::rd_kafka_rebalance_protocol(self.rk()) };
        // SAFETY: null or a static string.
        Some(unsafe { text(name) }).filter(|name| !name.is_empty() && name != "NONE")
    }

    /// The id that this member has in its group (`rd_kafka_memberid`).
    #[cfg(test)]
    pub(crate) fn member_id(&self) -> Option<String> {
        // SAFETY: a live client.
        let raw = unsafe { sys::rd_kafka_memberid(self.rk()) };
        // SAFETY: null or a NUL-terminated string that is ours.
        let id = unsafe { text(raw) };
        // SAFETY: null or memory of librdkafka that is ours and not used afterwards.
        unsafe { sys::rd_kafka_mem_free(self.rk(), raw.cast()) };
        Some(id).filter(|id| !id.is_empty())
    }

    /// Whether what is being revoked may belong to others already (`rd_kafka_assignment_lost`).
    pub(crate) fn assignment_lost(&self) -> bool {
        // SAFETY: a live client.
        (unsafe { sys::rd_kafka_assignment_lost(self.rk()) }) != 0
    }

    /// The error after which this client cannot go on (`rd_kafka_fatal_error`).
    pub(crate) fn fatal_error(&self) -> Option<(Code, String)> {
        // SAFETY: a live client.
        unsafe { fatal_error(self.rk()) }
    }

    pub(super) fn incremental_assign(&self, list: &List) -> Result<(), CallError> {
        // SAFETY: a live client and a live list, which is copied.
        unsafe { CallError::take(sys::rd_kafka_incremental_assign(self.rk(), list.as_ptr())) }
    }

    pub(super) fn incremental_unassign(&self, list: &List) -> Result<(), CallError> {
        // SAFETY: a live client and a live list, which is copied.
        unsafe { CallError::take(sys::rd_kafka_incremental_unassign(self.rk(), list.as_ptr())) }
    }

    pub(super) fn rk(&self) -> *mut sys::rd_kafka_t {
        self.client.as_ptr()
    }
}

impl StartOffset {
    pub(super) fn raw(self) -> i64 {
        match self {
            Self::Offset(offset) => offset,
            Self::Beginning => i64::from(sys::RD_KAFKA_OFFSET_BEGINNING),
            Self::End => i64::from(sys::RD_KAFKA_OFFSET_END),
        }
    }
}

/// The partition number of a whole topic: `RD_KAFKA_PARTITION_UA`, a macro with a cast that the bindings leave out.
const UNASSIGNED: i32 = -1;

/// The first refusal that a call wrote into its list.
fn all_done(list: &List, done: &str) -> Result<(), CallError> {
    list.entries().into_iter().try_for_each(|entry| match entry.error {
        None => Ok(()),
        Some(code) => Err(CallError { code, text: format!("{} cannot be {done}: {code}", entry.at) }),
    })
}
