//! Which records of a failing batch are the bad ones. Pure: it says what to hand over next, and hears how that went.
//!
//! Records are known by their place in what is left of the batch. Everything happens from the front: what is done or put away
//! leaves it, so progress never has a hole. A range that fails is halved, the left half first; a record that fails alone is
//! tried once more after a back-off. Whether a record may be given up is voted on: as long as no record has succeeded alone,
//! the next ones are tried alone too, and four failures mean that it is not the records that are bad.

use std::collections::VecDeque;

use crate::message::ErrorKind;

/// So many records that fail alone, and none that succeeds, are a failure of something else.
const VOTES: usize = 4;

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Hand over these records at once.
    Try(Range),
    /// Hand over this one record after a back-off: it has failed alone.
    Confirm(Range),
    /// Give up the first record.
    GiveUp,
    /// Give up nothing: every record fails, so something that all need is away. Over.
    Systemic,
    /// Give up nothing: the handler said that something is away. Over.
    Unavailable,
    /// Every record is done or given up.
    Over,
}

/// Records by their place among those that are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    /// Above 0 while the records before it wait for the vote: its progress has to wait for theirs.
    pub(crate) from: usize,
    /// At least 1.
    pub(crate) len: usize,
}

/// How a range that was handed over went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Went {
    Well,
    /// It failed after its first `marked` records, fewer than it has, were marked by the handler.
    Badly {
        kind: ErrorKind,
        marked: usize,
    },
    /// The record is well alone, but is handed over again behind those before it.
    WellForNow,
}

/// What is known of a record that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Nothing,
    /// It does not decode: no handler has to see it.
    Undecodable,
    /// It failed alone for good.
    Bad,
}

/// Whether bad records are bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vote {
    /// So many have failed alone and none succeeded.
    Open(usize),
    /// One succeeded alone, or the handler knew that it never will.
    Trusted,
}

/// What is known of the next record by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alone {
    Untried,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Narrowing {
    left: VecDeque<Known>,
    /// The first so many failed together; 0 when nothing is known but that others of the batch failed.
    suspects: usize,
    alone: Alone,
    vote: Vote,
    /// How many votes it takes.
    quorum: usize,
}

impl Narrowing {
    /// A batch failed as a whole. `decodes` tells of each of its records whether it decodes.
    ///
    /// `systemic` is how often in a row everything seemed to fail: each time twice as many records are tried alone, up to all
    /// of them, because a row of bad records looks the same as long as the good one behind it is not tried.
    pub(crate) fn new(decodes: impl Iterator<Item = bool>, systemic: u32) -> Self {
        let know = |decodes| if decodes { Known::Nothing } else { Known::Undecodable };
        let left: VecDeque<Known> = decodes.map(know).collect();
        let explained = left.contains(&Known::Undecodable);
        let suspects = if explained { 0 } else { left.len() };
        let tried = left.iter().filter(|known| **known == Known::Nothing).count();
        let quorum = VOTES.max(tried.min(VOTES.saturating_mul(2_usize.saturating_pow(systemic))));
        let mut narrowing = Self { left, suspects, alone: Alone::Untried, vote: Vote::Open(0), quorum };
        if narrowing.left.len() == 1 && !explained {
            // Its attempts were attempts of it alone.
            narrowing.bad(0);
        }
        narrowing
    }

    /// How many records are left.
    pub(crate) fn len(&self) -> usize {
        self.left.len()
    }

    pub(crate) fn next(&self) -> Step {
        let waiting = self.left.iter().take_while(|known| **known != Known::Nothing).count();
        let all_tried = waiting == self.left.len();
        match self.left.front() {
            None => Step::Over,
            Some(Known::Undecodable) => Step::GiveUp,
            Some(Known::Bad) if all_tried || self.vote == Vote::Trusted => Step::GiveUp,
            Some(Known::Bad) => self.single(waiting),
            Some(Known::Nothing) => match self.suspects {
                0 => Step::Try(Range {
                    from: 0,
                    len: self.left.iter().take_while(|known| **known == Known::Nothing).count(),
                }),
                1 => self.single(0),
                suspects => Step::Try(Range { from: 0, len: suspects / 2 }),
            },
        }
    }

    fn single(&self, from: usize) -> Step {
        let range = Range { from, len: 1 };
        match self.alone {
            Alone::Untried => Step::Try(range),
            Alone::Failed => Step::Confirm(range),
        }
    }

    /// The range of the last `next` was handed over.
    pub(crate) fn went(&mut self, range: Range, went: Went) -> Step {
        match went {
            Went::Well if range.from > 0 => {
                self.left.remove(range.from);
                self.trust();
            }
            Went::WellForNow => {
                self.trust();
                self.doubt();
            }
            Went::Well => {
                self.done(range.len);
                if range.len == 1 {
                    self.vote = Vote::Trusted;
                }
            }
            Went::Badly { kind: ErrorKind::Unavailable, marked } => {
                self.done(marked);
                return Step::Unavailable;
            }
            Went::Badly { marked, .. } if range.len > 1 => {
                self.done(marked);
                (self.suspects, self.alone) = (range.len - marked, Alone::Untried);
            }
            Went::Badly { kind: ErrorKind::Permanent, .. } => {
                self.bad(range.from);
                self.vote = Vote::Trusted;
            }
            Went::Badly { .. } if self.alone == Alone::Failed => self.bad(range.from),
            Went::Badly { .. } => {
                (self.suspects, self.alone) = (1, Alone::Failed);
                if let Vote::Open(failed) = self.vote {
                    self.vote = Vote::Open(failed + 1);
                    if failed + 1 >= self.quorum {
                        return Step::Systemic;
                    }
                }
            }
        }
        self.next()
    }

    /// Whether a record behind so many others that wait is done when it is well. Behind several, time has passed since they
    /// failed: what was away may be back, so they are tried once more, and the record comes again after them, in order.
    pub(crate) fn is_done_behind(waiting: usize) -> bool {
        waiting < 2
    }

    /// The first record is in the dead letter queue, or skipped. True when none before a record that is well waits any more.
    pub(crate) fn put_away(&mut self) -> bool {
        self.left.pop_front();
        self.left.front() != Some(&Known::Bad)
    }

    fn done(&mut self, count: usize) {
        self.left.drain(..count);
        (self.suspects, self.alone) = (self.suspects.saturating_sub(count), Alone::Untried);
    }

    fn bad(&mut self, at: usize) {
        self.left[at] = Known::Bad;
        (self.suspects, self.alone) = (0, Alone::Untried);
    }

    /// Records that failed before another one succeeded are tried once more.
    fn doubt(&mut self) {
        let waiting = self.left.iter().take_while(|known| **known != Known::Nothing).count();
        if Self::is_done_behind(waiting) {
            return;
        }
        for known in self.left.iter_mut().take(waiting).filter(|known| **known == Known::Bad) {
            *known = Known::Nothing;
        }
        (self.suspects, self.alone) = (1, Alone::Failed);
    }

    fn trust(&mut self) {
        (self.vote, self.suspects, self.alone) = (Vote::Trusted, 0, Alone::Untried);
    }
}

#[cfg(test)]
#[path = "narrowing_tests.rs"]
mod tests;
