//! The worker threads of a process, shared by all its partitions.
//!
//! `concurrency` workers run; one that is blocked in one job for 50 ms does not count, and a spare takes its place while
//! work waits. The pool knows nothing of what a job is about: it runs `execute` and gives the result to the job's sender.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::executor::{TURN, execute};
use super::job::{Done, Job};
use super::watch::CellWatch;
use crate::vitals::{CellWriter, Role, SlotCells};

/// A worker that is in one job for longer does not count.
const BLOCKED_AFTER: Duration = Duration::from_millis(50);
/// Most threads, spare ones included.
const MOST_WORKERS: usize = 512;
/// A spare worker without work ends after this.
const SPARE_LIFE: Duration = Duration::from_secs(5);

/// Takes finished jobs.
pub(crate) trait Sender: Send + Sync {
    fn done(&self, done: Done);
}

/// What a worker needs of its process: the clock, one that is exact to a few milliseconds only and read after every record.
#[derive(Clone, Copy)]
pub(crate) struct Clocks {
    pub(crate) exact: fn() -> Duration,
    pub(crate) coarse: fn() -> Duration,
    /// Has a crash of the calling thread set these bits in that word.
    pub(crate) mark_crashes: fn(&'static AtomicU64, u64),
}

/// A turn of a busy worker is no block.
const _: () = assert!(TURN.as_millis() < BLOCKED_AFTER.as_millis());

pub(crate) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    concurrency: usize,
    cells: SlotCells,
    clocks: Clocks,
    state: Mutex<State>,
    work: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<(Job, Arc<dyn Sender>)>,
    workers: Vec<Arc<Seat>>,
    idle: usize,
    running: Running,
    closed: bool,
}

/// The jobs that run now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Running {
    /// So many beside each other.
    Together(usize),
    /// One that must be alone.
    Alone,
}

impl Default for Running {
    fn default() -> Self {
        Self::Together(0)
    }
}

impl Running {
    /// What runs once such a job has begun; `None` while it has to wait. A job that must be alone waits for those that run, and
    /// all behind it wait for it: it would never have its turn otherwise.
    fn begin(self, alone: bool) -> Option<Self> {
        match (self, alone) {
            (Self::Together(0), true) => Some(Self::Alone),
            (Self::Together(count), false) => Some(Self::Together(count + 1)),
            (Self::Together(_), true) | (Self::Alone, _) => None,
        }
    }

    /// What runs once a job has ended.
    fn end(self) -> Self {
        match self {
            Self::Together(count) => Self::Together(count.saturating_sub(1)),
            Self::Alone => Self::Together(0),
        }
    }
}

/// What the pool knows of one worker.
#[derive(Default)]
struct Seat {
    /// Since when it is in one job, in nanoseconds of the clock; 0 while it is idle.
    busy_since: AtomicU64,
    gone: AtomicBool,
}

impl Pool {
    pub(crate) fn start(concurrency: usize, cells: SlotCells, clocks: Clocks) -> Self {
        let state = Mutex::new(State::default());
        let shared = Arc::new(Shared { concurrency: concurrency.max(1), cells, clocks, state, work: Condvar::new() });
        let pool = Self { shared };
        let mut state = pool.shared.lock();
        (0..pool.shared.concurrency).for_each(|_| pool.shared.spawn(&mut state));
        drop(state);
        pool
    }

    /// Queues a job; longest waiting first. The queue is bounded by the partitions: each has at most one job.
    pub(crate) fn submit(&self, job: Job, sender: Arc<dyn Sender>) {
        let mut state = self.shared.lock();
        state.jobs.push_back((job, sender));
        let wake = state.idle > 0;
        drop(state);
        if wake {
            self.shared.work.notify_one();
        }
    }

    /// Starts spare workers where blocked ones keep work waiting. Called by listeners on their timers.
    pub(crate) fn tend(&self, now: Duration) {
        let Ok(mut state) = self.shared.state.try_lock() else { return };
        state.workers.retain(|seat| !seat.gone.load(Ordering::Relaxed));
        if state.jobs.front().is_some_and(|(job, _)| state.running.begin(job.alone).is_none()) {
            // What waits for a job that is alone, or will be, waits whatever the number of workers.
            return;
        }
        let blocked = state.workers.iter().filter(|seat| seat.is_blocked(now)).count();
        let census = Census { workers: state.workers.len(), blocked, idle: state.idle, waiting: state.jobs.len() };
        for _ in 0..spares(census, self.shared.concurrency, MOST_WORKERS) {
            self.shared.spawn(&mut state);
        }
    }

    /// Drops the jobs that wait, ends every worker that is idle and every other after its job. Does not wait.
    pub(crate) fn close(&self) {
        let mut state = self.shared.lock();
        state.closed = true;
        state.jobs.clear();
        drop(state);
        self.shared.work.notify_all();
    }
}

/// Who is there.
#[derive(Debug, Clone, Copy)]
struct Census {
    workers: usize,
    blocked: usize,
    idle: usize,
    waiting: usize,
}

/// How many spare workers to start: as many as blocked ones are missing, no more than jobs wait.
fn spares(census: Census, concurrency: usize, bound: usize) -> usize {
    let running = census.workers.saturating_sub(census.blocked);
    let missing = concurrency.saturating_sub(running);
    let unserved = census.waiting.saturating_sub(census.idle);
    missing.min(unserved).min(bound.saturating_sub(census.workers))
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A thread that cannot be started is tried again at the next `tend`.
    fn spawn(self: &Arc<Self>, state: &mut State) {
        let (seat, shared) = (Arc::new(Seat::default()), Arc::clone(self));
        let for_thread = Arc::clone(&seat);
        let started = thread::Builder::new().name("karafka-worker".into()).spawn(move || shared.work(&for_thread));
        match started {
            Ok(_) => state.workers.push(seat),
            Err(error) => tracing::error!(%error, "no thread for a worker"),
        }
    }

    fn work(&self, seat: &Seat) {
        let Clocks { exact, coarse, .. } = self.clocks;
        let cell = self.cells.claim(Role::Worker, exact());
        if let Some((word, bits)) = cell.as_ref().map(CellWriter::crash_mark) {
            (self.clocks.mark_crashes)(word, bits);
        }
        let watch = CellWatch::new(cell, exact, coarse);
        while let Some((job, sender)) = self.next(seat) {
            seat.busy_since.store(exact().as_nanos() as u64, Ordering::Relaxed);
            let done = execute(job, &watch);
            seat.busy_since.store(0, Ordering::Relaxed);
            watch.idle();
            self.ended();
            sender.done(done);
        }
    }

    /// A job has ended. If others waited for that, all look whether they may begin.
    fn ended(&self) {
        let mut state = self.lock();
        let was_alone = state.running == Running::Alone;
        state.running = state.running.end();
        let waits = state.jobs.front().is_some_and(|(job, _)| job.alone);
        drop(state);
        if was_alone || waits {
            self.work.notify_all();
        }
    }

    /// Waits for a job. `None` when the pool closed, or for a spare one that is not needed any more: its seat is then gone,
    /// under the lock, so that no other one counts it.
    fn next(&self, seat: &Seat) -> Option<(Job, Arc<dyn Sender>)> {
        let mut state = self.lock();
        loop {
            let begun = state.jobs.front().and_then(|(job, _)| state.running.begin(job.alone));
            if let Some(begun) = begun {
                state.running = begun;
                return state.jobs.pop_front();
            }
            if state.closed {
                seat.gone.store(true, Ordering::Relaxed);
                return None;
            }
            state.idle += 1;
            let (guard, timeout) = self.work.wait_timeout(state, SPARE_LIFE).unwrap_or_else(PoisonError::into_inner);
            state = guard;
            state.idle -= 1;
            let alive = state.workers.iter().filter(|seat| !seat.gone.load(Ordering::Relaxed)).count();
            if timeout.timed_out() && state.jobs.is_empty() && alive > self.concurrency {
                seat.gone.store(true, Ordering::Relaxed);
                return None;
            }
        }
    }
}

impl Seat {
    fn is_blocked(&self, now: Duration) -> bool {
        let since = self.busy_since.load(Ordering::Relaxed);
        since > 0 && now.saturating_sub(Duration::from_nanos(since)) >= BLOCKED_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_must_be_alone_waits_for_all_and_all_wait_for_it() {
        use Running::{Alone, Together};
        for (running, alone, begun) in [
            (Together(0), false, Some(Together(1))),
            (Together(3), false, Some(Together(4))),
            (Together(0), true, Some(Alone)),
            (Together(1), true, None),
            (Alone, false, None),
            (Alone, true, None),
        ] {
            assert_eq!(running.begin(alone), begun, "{running:?} {alone}");
        }
        assert_eq!((Together(2).end(), Alone.end()), (Together(1), Together(0)));
    }

    #[test]
    fn spares_replace_blocked_workers_while_work_waits() {
        for (workers, blocked, idle, waiting, expect) in [
            (2, 0, 0, 5, 0), // busy, not blocked
            (2, 1, 0, 5, 1), // one is missing
            (2, 2, 0, 1, 1), // two are missing, one job waits
            (2, 2, 0, 0, 0), // nothing waits
            (4, 2, 2, 2, 0), // idle ones will take it
            (8, 8, 0, 9, 0), // the bound
        ] {
            let census = Census { workers, blocked, idle, waiting };
            assert_eq!(spares(census, 2, 8), expect, "{census:?}");
        }
    }
}
