//! Time that a test advances.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::consumer::{Pulse, Seat};
use crate::processing::{Handed, Hook, Route, Watch};

/// The time since the harness was made. Stands still while user code runs.
#[derive(Clone, Default)]
pub(super) struct Clock(Arc<AtomicU64>);

impl Clock {
    pub(super) fn set(&self, now: Duration) {
        self.0.store(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

impl Watch for Clock {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }

    fn handler(&self, _: &Route, _: &Seat, _: Handed) {}

    fn hook(&self, _: &Route, _: &Seat, _: Hook) {}

    fn wait_begin(&self) {}

    fn wait_end(&self) {}

    fn pulse(&self) -> Option<Arc<dyn Pulse>> {
        None
    }
}
