//! How a consumer leaves its group and ends, within a deadline whatever holds it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka_sys as sys;

use super::assigning::Rebalancing;
use super::client::within;
use super::consumer::ConsumerClient;
use super::control::Unanswered;
use super::error::{CallError, Code};
use super::list::List;

/// How a client ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Destroyed {
    /// It had left its group, and is gone.
    Closed,
    /// It is gone, but had not left: the group learns that by its session time-out.
    Forced,
    /// It is still there, and stays until the process ends: a record or a partition queue is held somewhere, a
    /// revocation was not answered, or a broker keeps it busy.
    LeftBehind,
}

/// How long one wait of a client that is leaving takes.
const LEAVING_TICK: Duration = Duration::from_millis(10);

impl ConsumerClient {
    /// Begins to leave the group (`rd_kafka_consumer_close_queue` on the control queue). The last revocation comes as an
    /// event and must be answered. Refused after a fatal error: go straight to [`ConsumerClient::destroy`].
    pub(crate) fn begin_close(&mut self) -> Result<(), CallError> {
        // SAFETY: a live client and its live queue.
        unsafe { CallError::take(sys::rd_kafka_consumer_close_queue(self.rk(), self.control.as_ptr()))? };
        self.leaving = true;
        Ok(())
    }

    /// Whether the group has been left (`rd_kafka_consumer_closed`).
    pub(crate) fn is_closed(&self) -> bool {
        // SAFETY: a live client.
        (unsafe { sys::rd_kafka_consumer_closed(self.rk()) }) != 0
    }

    /// Ends the client (`rd_kafka_destroy_flags`), waiting at most `deadline`.
    ///
    /// All records and partition queues must have been dropped before. A client that has begun to leave is given half of
    /// the deadline to do so; whatever rebalance comes meanwhile, or was left unanswered, is answered by giving
    /// everything up, because such a client waits for the answer even while it is destroyed.
    pub(crate) fn destroy(self, deadline: Duration) -> Destroyed {
        within(deadline, move || self.destroy_here(Instant::now() + deadline / 2)).unwrap_or(Destroyed::LeftBehind)
    }

    fn destroy_here(mut self, leave_until: Instant) -> Destroyed {
        while self.leaving && !self.is_closed() && Instant::now() < leave_until {
            self.give_everything_up();
            self.wait_control(LEAVING_TICK);
        }
        let closed = self.is_closed();
        let Self { control, answers, client, .. } = self;
        drop((control, answers));
        match Arc::into_inner(client) {
            None => return Destroyed::LeftBehind,
            Some(client) => client.destroy_here(),
        }
        if closed { Destroyed::Closed } else { Destroyed::Forced }
    }

    /// Answers the open rebalance, if there is one. A revocation is answered with all that is assigned
    /// (`rd_kafka_assignment`).
    fn give_everything_up(&self) {
        let answered = match self.unanswered.take() {
            None => Ok(()),
            Some(_) if self.rebalancing == Rebalancing::Eager => self.assign(None),
            Some(Unanswered::Assignment) => self.incremental_assign(&List::with_capacity(0)),
            Some(Unanswered::Revocation) => self.assignment().and_then(|list| self.incremental_unassign(&list)),
        };
        if let Err(error) = answered {
            tracing::debug!(%error, "the last rebalance could not be answered");
        }
    }

    fn assignment(&self) -> Result<List, CallError> {
        let mut list = std::ptr::null_mut();
        // SAFETY: a live client and a valid out pointer.
        let code = unsafe { sys::rd_kafka_assignment(self.rk(), &raw mut list) };
        Code::check(code, || "the assignment is not known".to_owned())?;
        // SAFETY: after success a new list that belongs to the caller.
        Ok(unsafe { List::from_raw(list) })
    }
}
