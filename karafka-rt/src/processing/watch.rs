//! Tells a tick cell what a worker does.

use std::sync::Arc;
use std::time::Duration;

use super::executor::{Handed, Watch};
use super::job::{Hook, Route};
use crate::consumer::{Pulse, Seat};
use crate::failpoint::{self, Bug};
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
        if let Some(cell) = cell.clone().filter(|_| failpoint::is_planted(Bug::HeartbeatFromAHelper)) {
            std::thread::spawn(move || {
                loop {
                    std::thread::sleep(Duration::from_millis(50));
                    cell.restart(0, clock());
                }
            });
        }
        let pulse = cell.clone().map(|cell| Arc::new(CellPulse { cell, clock, coarse_clock }) as Arc<dyn Pulse>);
        Self { cell, clock, pulse }
    }

    /// The job is over.
    pub(crate) fn idle(&self) {
        if let Some(cell) = &self.cell {
            cell.end((self.clock)());
        }
    }

    fn begin(&self, job: CellJob, route: &Route, seat: &Seat) {
        let Some(cell) = &self.cell else { return };
        let (topic, partition) = (route.index, seat.origin.partition);
        cell.begin(CellJob { topic, partition, budget: Some(route.policies.handler_timeout), ..job }, (self.clock)());
    }
}

impl Watch for CellWatch {
    fn now(&self) -> Duration {
        (self.clock)()
    }

    fn handler(&self, route: &Route, seat: &Seat, handed: Handed) {
        let Handed { first, last, attempt, alone } = handed;
        let span = u32::try_from(last.saturating_sub(first)).unwrap_or(u32::MAX);
        self.begin(CellJob { offset: first, span, attempt, alone, ..CellJob::of_kind(JobKind::Handler) }, route, seat);
    }

    fn hook(&self, route: &Route, seat: &Seat, hook: Hook) {
        match hook {
            Hook::Tick | Hook::Revoked | Hook::Shutdown => {
                self.begin(CellJob::of_kind(JobKind::Tick), route, seat);
            }
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
    fn beat(&self, next: i64) {
        self.cell.restart(next, (self.coarse_clock)());
    }

    fn wait_begin(&self) {
        self.cell.wait_begin((self.clock)());
    }

    fn wait_end(&self) {
        self.cell.wait_end((self.clock)());
    }
}
