//! How far a consuming process is on its way to the end, readable from every thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use super::signals::Ask;

/// The states of a consuming process. They only ever advance, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum ProcessState {
    /// Consuming.
    Running = 0,
    /// No new work, memberships kept.
    Quiet = 1,
    /// No new work; what runs is finished, committed, and the groups are left.
    Stopping = 2,
    /// What still runs is given up now.
    StoppingNow = 3,
}

/// One process's state, shared by all its threads. Cheap to read (one relaxed load), so a worker may look between records.
///
/// It carries no wake-up: whoever raises it tells the threads that wait.
#[derive(Clone, Debug, Default)]
pub(crate) struct StopSignal(Arc<AtomicU8>);

impl StopSignal {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn state(&self) -> ProcessState {
        match self.0.load(Ordering::Acquire) {
            0 => ProcessState::Running,
            1 => ProcessState::Quiet,
            2 => ProcessState::Stopping,
            _ => ProcessState::StoppingNow,
        }
    }

    /// True from the stop on: take no new work, and finish soon.
    pub(crate) fn is_stopping(&self) -> bool {
        self.state() >= ProcessState::Stopping
    }

    /// Advances to `state`; true when that was a step forward. Never goes back.
    pub(crate) fn raise(&self, state: ProcessState) -> bool {
        self.0.fetch_max(state as u8, Ordering::AcqRel) < state as u8
    }

    /// Advances to what a signal asked for, if it asked for a state; true when that was a step forward.
    pub(crate) fn obey(&self, ask: Ask) -> bool {
        match ask {
            Ask::Quiet => self.raise(ProcessState::Quiet),
            Ask::Stop => self.raise(ProcessState::Stopping),
            Ask::StopNow => self.raise(ProcessState::StoppingNow),
            Ask::Nothing | Ask::Roll | Ask::Report | Ask::Refuse(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_only_advances_and_is_shared() {
        let stop = StopSignal::new();
        let elsewhere = stop.clone();
        assert_eq!(elsewhere.state(), ProcessState::Running);
        assert!(stop.obey(Ask::Stop));
        assert!(!stop.obey(Ask::Stop));
        assert!(!stop.obey(Ask::Quiet));
        assert!(elsewhere.is_stopping());
        assert!(elsewhere.obey(Ask::StopNow));
        assert_eq!(stop.state(), ProcessState::StoppingNow);
    }
}
