//! The producer's thread: settles receipts as reports arrive, and replaces a client after a fatal error.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use crate::librdkafka::{LogSink, log_to_tracing};

use super::limits::{PRODUCER_HEALTHY, PRODUCER_IDLE, PRODUCER_REPLACE_BACKOFF, PRODUCER_REPLACE_BACKOFF_MAX};
use super::link::{Link, Served};
use super::port::{Phase, Shared};

/// Runs until the producer is closed.
pub(super) fn run(shared: &Shared, first: Arc<Link>) {
    let mut log = log_to_tracing("producer".into());
    let mut backoff = PRODUCER_REPLACE_BACKOFF;
    let mut next = Some(first);
    while let Some(link) = next {
        let since = Instant::now();
        let fatal = serve(shared, &link, &mut log);
        let replaced = fatal.is_some_and(|reason| {
            tracing::warn!(reason, "the producer's client had a fatal error and is replaced");
            shared.enter(Phase::Replacing(reason))
        });
        let left = link.purge(&mut log);
        if left > 0 {
            tracing::error!(left, "librdkafka did not report what became of records of a closed producer");
        }
        drop(link);
        if since.elapsed() >= PRODUCER_HEALTHY {
            backoff = PRODUCER_REPLACE_BACKOFF;
        }
        next = replaced.then(|| reopen(shared, &mut backoff)).flatten();
    }
}

/// Serves events until the producer is closed (`None`) or the client is broken (why).
fn serve(shared: &Shared, link: &Link, log: &mut LogSink) -> Option<String> {
    while !shared.is_closed() {
        match link.serve(PRODUCER_IDLE, log) {
            Served::Settled => shared.signal.raise(),
            Served::Nothing | Served::Noted => {}
            Served::Fatal(reason) => return Some(reason),
        }
    }
    None
}

/// Creates the next client after a wait that grows; `None` when the producer was closed meanwhile.
fn reopen(shared: &Shared, backoff: &mut Duration) -> Option<Arc<Link>> {
    loop {
        let until = Instant::now() + backoff.mul_f64(0.9 + 0.2 * fastrand::f64());
        *backoff = (*backoff * 2).min(PRODUCER_REPLACE_BACKOFF_MAX);
        loop {
            let seen = shared.signal.seen();
            if shared.is_closed() {
                return None;
            }
            if !shared.signal.wait(seen, until) {
                break;
            }
        }
        match Link::open(&shared.settings) {
            Ok(link) => return shared.enter(Phase::Open(Arc::clone(&link))).then_some(link),
            Err(error) => tracing::error!(%error, "the producer's client cannot be created again"),
        }
    }
}

impl Shared {
    /// Moves on, unless the producer was closed; tells everybody who waits.
    pub(super) fn enter(&self, next: Phase) -> bool {
        let mut phase = self.phase.write().unwrap_or_else(PoisonError::into_inner);
        let may = !matches!(*phase, Phase::Closed);
        if may {
            *phase = next;
        }
        drop(phase);
        self.signal.raise();
        may
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(*self.phase.read().unwrap_or_else(PoisonError::into_inner), Phase::Closed)
    }

    /// Closes, and wakes the report thread. Returns how many records are given up.
    ///
    /// The lock is held to the end, so that the report thread still has the client when this lets go of it: destroying a
    /// client may take long and is for that thread.
    pub(super) fn end(&self) -> usize {
        let mut phase = self.phase.write().unwrap_or_else(PoisonError::into_inner);
        let purged = match &*phase {
            Phase::Open(link) => {
                link.wake();
                link.unsettled()
            }
            Phase::Replacing(_) | Phase::Closed => 0,
        };
        *phase = Phase::Closed;
        drop(phase);
        self.signal.raise();
        purged
    }

    /// Whether every record queued so far is settled; else how many are not. While a client is replaced its records are
    /// being given up, and nobody counts them.
    pub(super) fn settled(&self) -> Result<(), usize> {
        match &*self.phase.read().unwrap_or_else(PoisonError::into_inner) {
            Phase::Open(link) => match link.unsettled() {
                0 => Ok(()),
                unsettled => Err(unsettled),
            },
            Phase::Replacing(_) => Err(0),
            Phase::Closed => Ok(()),
        }
    }
}
