//! Wakes those who wait for progress of a producer: for room, for a flush, for a new client, for its end.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

/// A counter of changes that can be waited for. Raising it costs one atomic addition while nobody waits.
#[derive(Debug, Default)]
pub(super) struct Signal {
    changes: AtomicU64,
    waiters: AtomicUsize,
    lock: Mutex<()>,
    changed: Condvar,
}

impl Signal {
    /// Read this before looking at the state; a change after that is never missed.
    pub(super) fn seen(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    pub(super) fn raise(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        if self.waiters.load(Ordering::SeqCst) > 0 {
            drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
            self.changed.notify_all();
        }
    }

    /// Waits until something changed after `seen`. False when the deadline passed first.
    pub(super) fn wait(&self, seen: u64, deadline: Instant) -> bool {
        self.waiters.fetch_add(1, Ordering::SeqCst);
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = loop {
            if self.seen() != seen {
                break true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break false;
            }
            guard = self.changed.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0;
        };
        drop(guard);
        self.waiters.fetch_sub(1, Ordering::SeqCst);
        changed
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_change_between_looking_and_waiting_is_not_missed() {
        let signal = Signal::default();
        let seen = signal.seen();
        signal.raise();
        assert!(signal.wait(seen, Instant::now()));
        assert!(!signal.wait(signal.seen(), Instant::now()));
    }

    #[test]
    fn waiters_are_woken() {
        let signal = Arc::new(Signal::default());
        let seen = signal.seen();
        let waiting = std::thread::spawn({
            let signal = Arc::clone(&signal);
            move || signal.wait(seen, Instant::now() + Duration::from_secs(30))
        });
        signal.raise();
        assert!(waiting.join().expect("no panic"));
    }
}
