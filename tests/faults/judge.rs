//! Whether a history is right: what was lost, what was done twice, and whether each repetition has an explanation. Pure.
//!
//! A record may be attempted again for four reasons only.
//!
//! - The attempt before failed in the same process, which counts its attempts.
//! - The attempt before failed, and then the partition was taken away in order, or its process stopped in order.
//! - The process that attempted it was found dead between the two attempts, at a time when its group had not committed the
//!   record: it was handed over and in flight. So what a death explains is bounded by what was handed over and not committed.
//! - The process that attempted it lost the partition: others had it already when it heard of that.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use super::history::{Event, Place};

/// What must be handled: the offsets of each partition.
pub type Produced = BTreeMap<i32, Range<i64>>;

/// What a history shows.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Records that were handled.
    pub handled: usize,
    /// Produced and never handled.
    pub lost: BTreeSet<Place>,
    /// Handled, but not produced: the judge was given the wrong topic.
    pub foreign: BTreeSet<Place>,
    /// Attempted again without a reason, each with a sentence.
    pub unexplained: Vec<(Place, Repetition)>,
    /// Attempted again because of a death, by the process that died.
    pub explained: BTreeMap<i32, BTreeSet<Place>>,
    /// How many of those had been finished before: seen twice by whatever the handler talks to.
    pub twice: usize,
    /// Attempted again after the attempt had failed.
    pub retried: usize,
    /// Attempted again because the partition had been lost, or failed before it was taken away.
    pub moved: usize,
    /// First attempted after a later record of the same partition.
    pub out_of_order: BTreeSet<Place>,
    /// Begun by a process while another one, alive, was in the middle of a record of the same partition.
    pub overlapping: BTreeSet<Place>,
}

/// Why a repetition has no explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repetition {
    /// Its first process had finished it and lives on.
    OfTheLiving {
        /// The first process.
        first: i32,
        /// The second one, which may be the same.
        second: i32,
    },
    /// Its first process died, but the group had committed the record.
    OfCommitted {
        /// The process that died.
        first: i32,
        /// Where the group would go on.
        committed: i64,
    },
}

/// Judges a history in which everything produced should have been handled.
pub fn judge(produced: &Produced, history: &[Event]) -> Verdict {
    let mut court = Court { losses: losses(history), ..Court::default() };
    for (moment, event) in history.iter().enumerate() {
        court.moment = moment;
        match event {
            Event::Begin { at, pid, attempt, .. } => court.begin(*at, *pid, *attempt),
            Event::End { at, pid, .. } => court.end(*at, *pid),
            Event::Failed { at, pid, .. } => court.failed(*at, *pid),
            Event::Revoked { partition, pid, .. } | Event::Shutdown { partition, pid, .. } => {
                court.revoked(*partition, *pid);
            }
            Event::Gone { pid, committed } => court.gone(*pid, committed),
            Event::Process { .. } | Event::Tick { .. } => {}
        }
    }
    let wanted: BTreeSet<Place> = produced
        .iter()
        .flat_map(|(partition, offsets)| offsets.clone().map(|offset| Place { partition: *partition, offset }))
        .collect();
    let seen: BTreeSet<Place> = court.records.keys().copied().collect();
    let done: BTreeSet<Place> = court.records.iter().filter(|(_, record)| record.ended).map(|(at, _)| *at).collect();
    court.verdict.handled = done.len();
    court.verdict.lost = wanted.difference(&done).copied().collect();
    court.verdict.foreign.extend(seen.difference(&wanted));
    court.verdict
}

/// When each process heard that it had lost a partition: the last time.
fn losses(history: &[Event]) -> BTreeMap<(i32, i32), usize> {
    let loss = |(moment, event): (usize, &Event)| match event {
        Event::Revoked { partition, pid, lost: true, .. } => Some(((*partition, *pid), moment)),
        _ => None,
    };
    history.iter().enumerate().filter_map(loss).collect()
}

#[derive(Default)]
struct Court {
    verdict: Verdict,
    /// The index of the present event.
    moment: usize,
    /// By partition and process. A process hears of its loss late: when others have begun already.
    losses: BTreeMap<(i32, i32), usize>,
    /// By partition and process: the last time that it was taken away.
    revocations: BTreeMap<(i32, i32), usize>,
    records: BTreeMap<Place, Record>,
    /// What each dead process's group had committed when it was found dead.
    dead: BTreeMap<i32, BTreeMap<i32, i64>>,
    /// The highest offset begun in each partition.
    highest: BTreeMap<i32, i64>,
    /// Who is in the middle of which offset of each partition.
    open: BTreeMap<i32, (i32, i64)>,
}

struct Record {
    /// The process of the last attempt, and whether that one ended.
    pid: i32,
    attempt: u32,
    last_ended: bool,
    /// When the last attempt began.
    since: usize,
    /// Whether any attempt ended.
    ended: bool,
}

impl Court {
    fn begin(&mut self, at: Place, pid: i32, attempt: u32) {
        if let Some((owner, _)) = self.open.insert(at.partition, (pid, at.offset))
            && owner != pid
            && !self.dead.contains_key(&owner)
            && !self.loses_later(at.partition, owner)
        {
            self.verdict.overlapping.insert(at);
        }
        let highest = self.highest.get(&at.partition).copied().unwrap_or(-1);
        let ended = match self.records.get(&at) {
            None => {
                if at.offset < highest {
                    self.verdict.out_of_order.insert(at);
                }
                false
            }
            Some(before) => {
                let Record { pid: first, attempt: number, last_ended: succeeded, since, ended } = *before;
                let taken_away = self.revocations.get(&(at.partition, first)).is_some_and(|moment| *moment > since);
                let is_lost = self.losses.get(&(at.partition, first)).is_some_and(|moment| *moment > since);
                if first == pid && !succeeded && attempt == number + 1 {
                    self.verdict.retried += 1;
                } else if is_lost || (taken_away && !succeeded) {
                    self.verdict.moved += 1;
                    self.verdict.twice += usize::from(ended);
                } else if let Err(why) = self.excuse(at, first, pid) {
                    self.verdict.unexplained.push((at, why));
                } else {
                    self.verdict.explained.entry(first).or_default().insert(at);
                    self.verdict.twice += usize::from(ended);
                }
                ended
            }
        };
        self.highest.insert(at.partition, highest.max(at.offset));
        self.records.insert(at, Record { pid, attempt, last_ended: false, since: self.moment, ended });
    }

    fn excuse(&self, at: Place, first: i32, second: i32) -> Result<(), Repetition> {
        let Some(committed) = self.dead.get(&first) else { return Err(Repetition::OfTheLiving { first, second }) };
        match committed.get(&at.partition) {
            Some(&committed) if at.offset < committed => Err(Repetition::OfCommitted { first, committed }),
            _ => Ok(()),
        }
    }

    fn end(&mut self, at: Place, pid: i32) {
        self.failed(at, pid);
        if let Some(record) = self.records.get_mut(&at) {
            record.ended = true;
            record.last_ended |= record.pid == pid;
        } else {
            self.verdict.foreign.insert(at);
        }
    }

    fn failed(&mut self, at: Place, pid: i32) {
        self.open.retain(|partition, open| (*partition, *open) != (at.partition, (pid, at.offset)));
    }

    fn revoked(&mut self, partition: i32, pid: i32) {
        self.revocations.insert((partition, pid), self.moment);
        self.open.retain(|of, (owner, _)| (*of, *owner) != (partition, pid));
    }

    fn loses_later(&self, partition: i32, pid: i32) -> bool {
        self.losses.get(&(partition, pid)).is_some_and(|moment| *moment > self.moment)
    }

    fn gone(&mut self, pid: i32, committed: &BTreeMap<i32, i64>) {
        self.dead.insert(pid, committed.clone());
        self.open.retain(|_, (owner, _)| *owner != pid);
    }
}

impl Verdict {
    /// Whether nothing is wrong. Explained repetitions are right.
    pub fn is_clean(&self) -> bool {
        self.lost.is_empty()
            && self.foreign.is_empty()
            && self.unexplained.is_empty()
            && self.out_of_order.is_empty()
            && self.overlapping.is_empty()
    }

    /// How many repetitions deaths explain.
    pub fn repeated(&self) -> usize {
        self.explained.values().map(BTreeSet::len).sum()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { handled, twice, retried, moved, .. } = self;
        write!(
            f,
            "{handled} handled, {} repeated after deaths and {moved} after moves ({twice} of them finished twice), \
             {retried} retried",
            self.repeated()
        )?;
        let unexplained: BTreeSet<Place> = self.unexplained.iter().map(|(at, _)| *at).collect();
        for (places, what) in [
            (&self.lost, "lost"),
            (&self.foreign, "never produced"),
            (&unexplained, "repeated without a reason"),
            (&self.out_of_order, "out of order"),
            (&self.overlapping, "begun while another process had the partition"),
        ] {
            if !places.is_empty() {
                let some: Vec<String> = places.iter().take(10).map(Place::to_string).collect();
                write!(f, "; {} {what}: {}", places.len(), some.join(" "))?;
            }
        }
        self.unexplained.iter().take(3).try_for_each(|(at, why)| write!(f, "; {at}: {why:?}"))
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
