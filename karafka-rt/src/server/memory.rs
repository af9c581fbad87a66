//! The memory of this process, looked at by its own main thread: a node leaves in order long before somebody has to end it.

use std::time::Duration;

use crate::os;
use crate::vitals::{Excess, MemoryWatch};

/// How often the resident pages are looked at.
pub(super) const LOOK: Duration = Duration::from_millis(100);

pub(super) struct OwnMemory(MemoryWatch);

impl OwnMemory {
    /// `limit` in bytes of private memory.
    pub(super) fn new(limit: u64) -> Self {
        Self(MemoryWatch::new(limit))
    }

    /// What is too much, if it is. A look that fails finds nothing: the next one follows.
    pub(super) fn look(&mut self, now: Duration) -> Option<Excess> {
        let own = os::own_pid();
        let resident = os::resident_pages(own).ok()?;
        if !self.0.is_due(resident, now) {
            return None;
        }
        self.0.read(os::memory_of(own).ok()?.private, resident, now)
    }
}
