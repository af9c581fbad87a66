//! One tick cell: its layout, its one writer, and its readers.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::time::Duration;

/// Words of a cell: one cache line, so that two writers never share one.
pub(crate) const WORDS: usize = 8;

/// The version of the job words: odd while they change.
const SEQUENCE: usize = 0;
/// When the loop last said that it is alive, in milliseconds; 0 in a cell that nobody uses. Not under the sequence.
const TICKED: usize = 1;
/// Kind (8 bits), kind after the wait (8 bits), flags (16 bits), attempt (32 bits).
const KIND: usize = 2;
/// When the job began, in milliseconds.
const BEGAN: usize = 3;
/// How long the job may take, in milliseconds; 0 for no limit (32 bits). How many offsets after the first one (32 bits).
const BUDGET: usize = 4;
const OFFSET: usize = 5;
/// Topic index (32 bits), partition (32 bits).
const PLACE: usize = 6;
/// Milliseconds that the job spent in waits of the framework, which do not count against its budget; in a wait: when it began.
const WAITED: usize = 7;

/// A flag of the kind: nothing else runs in the process.
const ALONE: u64 = 1 << 16;
/// A flag of the kind: the thread crashed in this job.
const CRASHED: u64 = 1 << 17;

/// How often a reader tries again when the writer is faster.
const READ_TRIES: usize = 8;

/// What a thread does at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum JobKind {
    /// Waiting for work.
    Idle = 0,
    /// A turn of a listener's loop.
    ListenerTurn = 1,
    /// A call of the user's handler.
    Handler = 2,
    /// A call of the user's tick.
    Tick = 3,
    /// Closing a client, which may take long and is bounded by the stop.
    Closing = 4,
    /// A wait of the framework's own for Kafka, inside a job; not the handler's time.
    FrameworkWait = 5,
}

/// One job, as its cell shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Job {
    /// What kind of work.
    pub(crate) kind: JobKind,
    /// The topic, as an index into the topology.
    pub(crate) topic: u32,
    /// The partition, -1 when the job belongs to none.
    pub(crate) partition: i32,
    /// The first offset of the work, -1 when there is none.
    pub(crate) offset: i64,
    /// How many offsets the work goes on for behind that one.
    pub(crate) span: u32,
    /// Whether nothing else runs in the process.
    pub(crate) alone: bool,
    /// The attempt, from 1; 0 when that means nothing.
    pub(crate) attempt: u32,
    /// How long the job may take, `None` without a limit. Whole milliseconds, at least one, at most 49 days.
    pub(crate) budget: Option<Duration>,
}

/// A job that a reader found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The job.
    pub(crate) job: Job,
    /// When it began, moved on by the framework's waits inside it; in such a wait: when that began.
    pub(crate) began: Duration,
}

/// The right to write one cell. Dropping it frees the cell.
#[derive(Debug)]
pub(crate) struct CellWriter {
    words: &'static [AtomicU64],
}

impl Job {
    /// A job that belongs to no partition.
    pub(crate) const fn of_kind(kind: JobKind) -> Self {
        Self { kind, topic: 0, partition: -1, offset: -1, span: 0, alone: false, attempt: 0, budget: None }
    }
}

impl CellWriter {
    /// Takes the cell if nobody has it. `words` is one cell.
    pub(super) fn claim(words: &'static [AtomicU64], now: Duration) -> Option<Self> {
        words[TICKED].compare_exchange(0, stamp(now), Ordering::AcqRel, Ordering::Relaxed).ok()?;
        let writer = Self { words };
        writer.begin(Job::of_kind(JobKind::Idle), now);
        Some(writer)
    }

    /// The loop is alive. One store.
    pub(crate) fn tick(&self, now: Duration) {
        self.words[TICKED].store(stamp(now), Ordering::Relaxed);
    }

    /// The loop is alive and begins `job`.
    pub(crate) fn begin(&self, job: Job, now: Duration) {
        self.change(|words| {
            let flags = if job.alone { ALONE } else { 0 };
            words[KIND].store(u64::from(job.kind as u8) | flags | u64::from(job.attempt) << 32, Ordering::Relaxed);
            words[BEGAN].store(millis(now), Ordering::Relaxed);
            let budget = job.budget.map_or(0, |budget| millis(budget).clamp(1, u64::from(u32::MAX)));
            words[BUDGET].store(budget | u64::from(job.span) << 32, Ordering::Relaxed);
            words[OFFSET].store(job.offset as u64, Ordering::Relaxed);
            words[PLACE].store(u64::from(job.topic) << 32 | u64::from(job.partition as u32), Ordering::Relaxed);
            words[WAITED].store(0, Ordering::Relaxed);
        });
        self.tick(now);
    }

    /// The same job begins anew with its next record, at `offset`. The time is stored only when a millisecond has passed. Single
    /// words, so readers need no sequence to read each of them whole.
    pub(crate) fn restart(&self, offset: i64, now: Duration) {
        let now = millis(now);
        self.words[OFFSET].store(offset as u64, Ordering::Relaxed);
        if self.words[BEGAN].load(Ordering::Relaxed) != now {
            self.words[BEGAN].store(now, Ordering::Relaxed);
            self.words[TICKED].store(now.max(1), Ordering::Relaxed);
        }
    }

    /// The job is over and the loop idle.
    pub(crate) fn end(&self, now: Duration) {
        self.begin(Job::of_kind(JobKind::Idle), now);
    }

    /// The job that runs begins to wait for Kafka on behalf of the framework: its clock stops. Does not nest.
    pub(crate) fn wait_begin(&self, now: Duration) {
        let kind = self.words[KIND].load(Ordering::Relaxed);
        if kind & 0xff == u64::from(JobKind::FrameworkWait as u8) {
            return;
        }
        self.change(|words| {
            let waiting = kind & !0xffff | (kind & 0xff) << 8 | u64::from(JobKind::FrameworkWait as u8);
            words[KIND].store(waiting, Ordering::Relaxed);
            words[WAITED].store(millis(now), Ordering::Relaxed);
        });
        self.tick(now);
    }

    /// The wait is over: the job's clock goes on where it stopped.
    pub(crate) fn wait_end(&self, now: Duration) {
        let kind = self.words[KIND].load(Ordering::Relaxed);
        if kind & 0xff != u64::from(JobKind::FrameworkWait as u8) {
            return;
        }
        self.change(|words| {
            let waited = millis(now).saturating_sub(words[WAITED].load(Ordering::Relaxed));
            let began = words[BEGAN].load(Ordering::Relaxed);
            words[KIND].store(kind & !0xffff | kind >> 8 & 0xff, Ordering::Relaxed);
            words[BEGAN].store(began.saturating_add(waited), Ordering::Relaxed);
            words[WAITED].store(0, Ordering::Relaxed);
        });
        self.tick(now);
    }

    /// Where a crash of this thread is to be noted: the word and the bits to set in it.
    pub(crate) fn crash_mark(&self) -> (&'static AtomicU64, u64) {
        (&self.words[KIND], CRASHED)
    }

    /// The write side of the sequence lock: readers that saw any of the stores inside see the odd sequence too.
    fn change(&self, stores: impl FnOnce(&[AtomicU64])) {
        let sequence = self.words[SEQUENCE].load(Ordering::Relaxed) | 1;
        self.words[SEQUENCE].store(sequence, Ordering::Relaxed);
        fence(Ordering::Release);
        stores(self.words);
        self.words[SEQUENCE].store(sequence.wrapping_add(1), Ordering::Release);
    }
}

impl Drop for CellWriter {
    fn drop(&mut self) {
        self.words[TICKED].store(0, Ordering::Release);
    }
}

/// When the loop of this cell last said that it is alive; `None` when nobody uses the cell.
pub(super) fn ticked(words: &[AtomicU64]) -> Option<Duration> {
    let ticked = words[TICKED].load(Ordering::Acquire);
    (ticked != 0).then(|| Duration::from_millis(ticked))
}

/// What the cell says about its job. `None` when it says nothing: it is being changed, or its writer died in a change.
pub(super) fn read(words: &[AtomicU64]) -> Option<Reading> {
    decode(&snapshot(words)?)
}

/// What a dead process was doing here, and whether it crashed in that. A wait of the framework is part of the job around it.
pub(super) fn remains(words: &[AtomicU64]) -> Option<(Job, bool)> {
    let words = snapshot(words)?;
    let Reading { mut job, .. } = decode(&words)?;
    if job.kind == JobKind::FrameworkWait {
        job.kind = kind_of((words[KIND] >> 8) as u8)?;
    }
    Some((job, words[KIND] & CRASHED != 0))
}

fn snapshot(words: &[AtomicU64]) -> Option<[u64; WORDS]> {
    for _ in 0..READ_TRIES {
        let before = words[SEQUENCE].load(Ordering::Acquire);
        let copy: [u64; WORDS] = std::array::from_fn(|word| words[word].load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        if before & 1 == 0 && words[SEQUENCE].load(Ordering::Relaxed) == before {
            return Some(copy);
        }
    }
    None
}

/// Frees the cell, whatever it holds. Only when nobody can be writing any more.
pub(super) fn reset(words: &[AtomicU64]) {
    for word in words {
        word.store(0, Ordering::Relaxed);
    }
}

/// Untrusted words to a reading: `None` when they cannot have been written by a [`CellWriter`].
fn decode(words: &[u64; WORDS]) -> Option<Reading> {
    let kind = kind_of(words[KIND] as u8)?;
    let budget = Some(words[BUDGET] & u64::from(u32::MAX)).filter(|&budget| budget != 0).map(Duration::from_millis);
    let began = if kind == JobKind::FrameworkWait { words[WAITED] } else { words[BEGAN] };
    Some(Reading {
        job: Job {
            kind,
            topic: (words[PLACE] >> 32) as u32,
            partition: words[PLACE] as u32 as i32,
            offset: words[OFFSET] as i64,
            span: (words[BUDGET] >> 32) as u32,
            alone: words[KIND] & ALONE != 0,
            attempt: (words[KIND] >> 32) as u32,
            budget,
        },
        began: Duration::from_millis(began),
    })
}

fn kind_of(byte: u8) -> Option<JobKind> {
    use JobKind::{Closing, FrameworkWait, Handler, Idle, ListenerTurn, Tick};
    [Idle, ListenerTurn, Handler, Tick, Closing, FrameworkWait].into_iter().find(|&kind| kind as u8 == byte)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A time that marks a cell as used: never 0.
fn stamp(now: Duration) -> u64 {
    millis(now).max(1)
}

impl fmt::Display for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Idle => "idle",
            Self::ListenerTurn => "listening",
            Self::Handler => "in its handler",
            Self::Tick => "in its tick",
            Self::Closing => "closing",
            Self::FrameworkWait => "waiting for Kafka",
        })
    }
}

#[cfg(test)]
#[path = "cell_tests.rs"]
mod tests;
