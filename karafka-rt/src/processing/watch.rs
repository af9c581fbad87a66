//! Tells a tick cell what a worker does.

use std::sync::Arc;
use std::time::Duration;

use super::executor::Watch;
use super::job::{Hook, Route};
use crate::consumer::{Pulse, Seat};
use crate::vitals::{CellWriter, Job as CellJob, JobKind};

/// A worker's cell and clock. Without a cell (all taken) the worker goes unwatched; the cells count those.
pub(crate) struct CellWatch {
    cell: Option<Arc<CellWriter>>,
    clock: fn() -> Duration,
    pulse: Option<Arc<dyn Pulse>>,
}

struct CellPulse {
    cell: Arc<CellWriter>,
    clock: fn() -> Duration,
    /// Read after every record: exact to a few milliseconds, and cheap.
    coarse_clock: fn() -> Duration,
}

impl CellWatch {
    pub(crate) fn new(cell: Option<CellWriter>, clock: fn() -> Duration, coarse_clock: fn() -> Duration) -> Self {
        let cell = cell.map(Arc::new);
        let pulse = cell.clone().map(|cell| Arc::new(CellPulse { cell, clock, coarse_clock }) as Arc<dyn Pulse>);
        Self { cell, clock, pulse }
    }

    /// The job is over.
    pub(crate) fn idle(&self) {
        if let Some(cell) = &self.cell {
            cell.end((self.clock)());
        }
    }

    fn begin(&self, kind: JobKind, route: &Route, seat: &Seat, offset: i64, attempt: u32) {
        let Some(cell) = &self.cell else { return };
        let budget = Some(route.policies.handler_timeout);
        let partition = seat.origin.partition;
        cell.begin(CellJob { kind, topic: route.index, partition, offset, attempt, budget }, (self.clock)());
    }
}

impl Watch for CellWatch {
    fn now(&self) -> Duration {
        (self.clock)()
    }

    fn handler(&self, route: &Route, seat: &Seat, offset: i64, attempt: u32) {
        self.begin(JobKind::Handler, route, seat, offset, attempt);
    }

    fn hook(&self, route: &Route, seat: &Seat, hook: Hook) {
        match hook {
            Hook::Tick | Hook::Revoked | Hook::Shutdown => self.begin(JobKind::Tick, route, seat, -1, 0),
        }
    }

    fn wait_begin(&self) {
        if let Some(cell) = &self.cell {
            cell.wait_begin((self.clock)());
        }
    }

    fn wait_end(&self) {
        if let Some(cell) = &self.cell {
            cell.wait_end((self.clock)());
        }
    }

    fn pulse(&self) -> Option<Arc<dyn Pulse>> {
        self.pulse.clone()
    }
}

impl Pulse for CellPulse {
    fn beat(&self) {
        self.cell.restart((self.coarse_clock)());
    }

    fn wait_begin(&self) {
        self.cell.wait_begin((self.clock)());
    }

    fn wait_end(&self) {
        self.cell.wait_end((self.clock)());
    }
}
