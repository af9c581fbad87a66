//! The cells of one slot: who has which, and what they say together.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::cell::{self, CellWriter, Job, JobKind, Reading, WORDS};

/// Cells for listeners, one per connection of a node.
const LISTENERS: usize = 63;
/// Cells for workers: the usual ones and up to 512 spare ones for those that are blocked.
const WORKERS: usize = 960;
/// The first cell is the head: it counts the threads that found no cell.
const CELLS: usize = 1 + LISTENERS + WORKERS;
/// Where the head counts, listeners first.
const UNWATCHED: [usize; 2] = [0, 1];
/// Where the head notes a crash of a thread without a cell.
const CRASHED: usize = 2;
/// Where the head notes that the process went to its end by itself.
const IN_ORDER: usize = 3;

/// What a thread is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Owns a connection; its loop must never stand still.
    Listener,
    /// Runs handlers.
    Worker,
}

/// The cells of one slot: 1,024 cells of 64 bytes. A copy is a reference to the same memory.
#[derive(Clone, Copy)]
pub(crate) struct SlotCells {
    words: &'static [AtomicU64],
    topics: &'static [String],
}

/// What the cells say that may concern a watcher.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    /// The listener that has been silent the longest, unless it is closing its client.
    pub(crate) silence: Option<Silence>,
    /// The job that is, or will be first, beyond its budget.
    pub(crate) late: Option<LateJob>,
}

/// What a dead process left in its cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Remains {
    /// Whether and where it crashed.
    pub(crate) crash: Crash,
    /// The jobs of its workers, idle ones left out.
    pub(crate) jobs: Vec<Job>,
    /// It went to its end by itself: no job ended it.
    pub(crate) in_order: bool,
}

/// A crash, as the handler of its signal noted it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Crash {
    /// None was noted.
    #[default]
    None,
    /// In this job.
    In(Job),
    /// In a thread that has no cell.
    Elsewhere,
}

/// A listener and the time since when it is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Silence {
    /// Which listener of the node, from 0.
    pub(crate) listener: u32,
    /// Its last sign of life.
    pub(crate) since: Duration,
}

/// A job with a budget and the time at which that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LateJob {
    /// The job.
    pub(crate) job: Job,
    /// When it is late.
    pub(crate) due: Duration,
}

impl SlotCells {
    /// How many words of memory one slot takes.
    pub(crate) const WORDS: NonZeroUsize = NonZeroUsize::new(CELLS * WORDS).expect("a slot has cells");

    /// The cells in `words`, which are [`SlotCells::WORDS`] long and hold zeros or the cells of an earlier life.
    pub(crate) fn over(words: &'static [AtomicU64]) -> Self {
        assert_eq!(words.len(), Self::WORDS.get(), "the memory of a slot has a fixed size");
        Self { words, topics: &[] }
    }

    /// Has [`SlotCells::describe`] call topics by these names, in the order of their indexes.
    pub(crate) fn naming(self, topics: &'static [String]) -> Self {
        Self { topics, ..self }
    }

    /// Cells in memory of this process alone, for a process without a supervisor. Never freed: one per process.
    pub(crate) fn on_heap() -> Self {
        Self::over(Box::leak((0..Self::WORDS.get()).map(|_| AtomicU64::new(0)).collect::<Box<[_]>>()))
    }

    /// A cell for a new thread. `None` when all are taken: that thread works unwatched, and is counted in
    /// [`SlotCells::unwatched`] for the rest of the node's life.
    pub(crate) fn claim(&self, role: Role, now: Duration) -> Option<CellWriter> {
        let claimed = self.cells(role).find_map(|words| CellWriter::claim(words, now));
        if claimed.is_none() {
            self.words[UNWATCHED[role as usize]].fetch_add(1, Ordering::Relaxed);
        }
        claimed
    }

    /// How often a listener or worker found no free cell.
    pub(crate) fn unwatched(&self, role: Role) -> u64 {
        self.words[UNWATCHED[role as usize]].load(Ordering::Relaxed)
    }

    /// Where a crash of a thread without a cell is to be noted: the word and the bits to set in it.
    pub(crate) fn crash_mark(&self) -> (&'static AtomicU64, u64) {
        (&self.words[CRASHED], 1)
    }

    /// This process goes to its end by itself now.
    pub(crate) fn leave_in_order(&self) {
        self.words[IN_ORDER].store(1, Ordering::Release);
    }

    /// What a process that is dead has left.
    pub(crate) fn remains(&self) -> Remains {
        let found = self.cells(Role::Worker).filter(|words| cell::ticked(words).is_some()).filter_map(cell::remains);
        let found: Vec<(Job, bool)> = found.filter(|(job, _)| job.kind != JobKind::Idle).collect();
        let crash = match found.iter().find(|(_, crashed)| *crashed) {
            Some((job, _)) => Crash::In(*job),
            None if self.words[CRASHED].load(Ordering::Acquire) != 0 => Crash::Elsewhere,
            None => Crash::None,
        };
        let in_order = self.words[IN_ORDER].load(Ordering::Acquire) != 0;
        Remains { crash, jobs: found.into_iter().map(|(job, _)| job).collect(), in_order }
    }

    /// Frees every cell. The caller knows that no process uses them any more.
    pub(crate) fn reset(&self) {
        self.words.chunks_exact(WORDS).for_each(cell::reset);
    }

    /// Judges the cells with clocks that start no earlier than `floor`: a watcher that was stopped itself must not blame
    /// others for the time it missed.
    pub(crate) fn survey(&self, floor: Duration) -> Survey {
        let silence = self.listeners().filter(|(_, _, reading)| !is_closing(reading.as_ref()));
        let silence = silence.map(|(listener, ticked, _)| Silence { listener, since: ticked.max(floor) });
        let late = self.busy().filter_map(|(_, _, reading)| late(&reading?, floor));
        Survey { silence: silence.min_by_key(|silence| silence.since), late: late.min_by_key(|late| late.due) }
    }

    /// One line for every thread that is not idle, for a person who asks what blocks.
    pub(crate) fn describe(&self, now: Duration) -> Vec<String> {
        let busy = |reading: &Option<Reading>| reading.is_none_or(|reading| reading.job.kind != JobKind::Idle);
        let line = |(role, index, ticked, reading): (Role, u32, Duration, Option<Reading>)| {
            let doing = match reading {
                None => "in the middle of a change".to_owned(),
                Some(Reading { job, began }) => {
                    format!("{} for {:.1?}", job.in_words(self.topics), now.saturating_sub(began))
                }
            };
            format!("{role} {index}: {doing}, silent for {:.1?}", now.saturating_sub(ticked))
        };
        let unwatched = [Role::Listener, Role::Worker].map(|role| (role, self.unwatched(role)));
        let unwatched = unwatched.into_iter().filter(|(_, count)| *count > 0);
        let unwatched =
            unwatched.map(|(role, count)| format!("{role}s that found no cell and went unwatched: {count}"));
        self.all().filter(|(_, _, _, reading)| busy(reading)).map(line).chain(unwatched).collect()
    }

    fn listeners(&self) -> impl Iterator<Item = (u32, Duration, Option<Reading>)> + '_ {
        in_use(self.cells(Role::Listener))
    }

    fn busy(&self) -> impl Iterator<Item = (u32, Duration, Option<Reading>)> + '_ {
        in_use(self.cells(Role::Worker))
    }

    fn all(&self) -> impl Iterator<Item = (Role, u32, Duration, Option<Reading>)> + '_ {
        let listeners = self.listeners().map(|(index, ticked, reading)| (Role::Listener, index, ticked, reading));
        listeners.chain(self.busy().map(|(index, ticked, reading)| (Role::Worker, index, ticked, reading)))
    }

    fn cells(&self, role: Role) -> impl Iterator<Item = &'static [AtomicU64]> + use<> {
        let (first, count) = match role {
            Role::Listener => (1, LISTENERS),
            Role::Worker => (1 + LISTENERS, WORKERS),
        };
        self.words.chunks_exact(WORDS).skip(first).take(count)
    }
}

impl fmt::Debug for SlotCells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlotCells").field("in_use", &self.all().count()).finish()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Listener => "listener",
            Self::Worker => "worker",
        })
    }
}

impl Job {
    /// The job for a person; `topics` are the names by index.
    pub(crate) fn in_words(&self, topics: &[String]) -> String {
        let place = match topics.get(self.topic as usize) {
            _ if self.partition < 0 => String::new(),
            Some(topic) => format!(", {topic}/{}", self.partition),
            None => format!(", topic #{} partition {}", self.topic, self.partition),
        };
        let offset = if self.offset < 0 { String::new() } else { format!(" offset {}", self.offset) };
        let attempt = if self.attempt < 2 { String::new() } else { format!(", attempt {}", self.attempt) };
        format!("{}{place}{offset}{attempt}", self.kind)
    }
}

fn in_use(cells: impl Iterator<Item = &'static [AtomicU64]>) -> impl Iterator<Item = (u32, Duration, Option<Reading>)> {
    let used = |(index, words): (usize, &[AtomicU64])| Some((index as u32, cell::ticked(words)?, cell::read(words)));
    cells.enumerate().filter_map(used)
}

fn is_closing(reading: Option<&Reading>) -> bool {
    reading.is_some_and(|reading| reading.job.kind == JobKind::Closing)
}

/// Only the user's own code has a budget: a handler or a tick.
fn late(reading: &Reading, floor: Duration) -> Option<LateJob> {
    let budget = reading.job.budget.filter(|_| matches!(reading.job.kind, JobKind::Handler | JobKind::Tick))?;
    Some(LateJob { job: reading.job, due: reading.began.max(floor).saturating_add(budget) })
}

#[cfg(test)]
#[path = "slot_tests.rs"]
mod tests;
