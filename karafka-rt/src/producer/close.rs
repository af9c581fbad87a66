//! Flushing and closing, both with a deadline.

use std::sync::PoisonError;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use super::limits::PRODUCER_END;
use super::port::KafkaProducer;

/// How a flush ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FlushReport {
    /// Every record that was queued before is settled, well or badly.
    Settled,
    /// The time was over first; this many records are not settled, or (0) the client was being replaced.
    TimedOut {
        /// How many.
        unsettled: usize,
    },
}

/// How a close ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CloseReport {
    /// All receipts are settled, and the client is gone.
    Closed {
        /// Records that were given up, settled as unavailable.
        purged: usize,
    },
    /// The client could not be ended in time and was left behind with its thread. The process may go on or exit.
    LeftBehind {
        /// Records that were given up.
        purged: usize,
    },
}

impl KafkaProducer {
    /// Waits until every record queued so far is settled.
    pub(crate) fn flush(&self, bound: Duration) -> FlushReport {
        let deadline = Instant::now() + bound;
        loop {
            let seen = self.shared.signal.seen();
            let Err(unsettled) = self.shared.settled() else { return FlushReport::Settled };
            if !self.shared.signal.wait(seen, deadline) {
                return FlushReport::TimedOut { unsettled };
            }
        }
    }

    /// Takes no more records after flushing within `bound`, gives up what is left, and ends the client. Takes at most
    /// `bound` plus [`PRODUCER_END`]. A second call finds nothing to do.
    pub(crate) fn close(&self, bound: Duration) -> CloseReport {
        self.flush(bound);
        let purged = self.shared.end();
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        match ended.recv_timeout(PRODUCER_END) {
            Err(RecvTimeoutError::Timeout) => CloseReport::LeftBehind { purged },
            Ok(()) | Err(RecvTimeoutError::Disconnected) => CloseReport::Closed { purged },
        }
    }
}

impl Drop for KafkaProducer {
    /// Gives up what is not acknowledged. Close explicitly to wait.
    fn drop(&mut self) {
        if !self.shared.is_closed() {
            self.close(Duration::ZERO);
        }
    }
}
