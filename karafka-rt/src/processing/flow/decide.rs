//! The order of precedence.

use super::dead_letter::{Verdict, verdict};
use super::narrowing::Step;
use super::progress::mark;
use crate::message::ErrorKind;
use crate::topology::{DeadLetter, DeadLetterTarget, Offsets};

/// How a piece of work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Every record was handled.
    Finished,
    /// Stopped between two records.
    Interrupted,
    /// A record failed. `failures` counts this one, by the route's way of counting.
    Failed { kind: ErrorKind, failures: u32 },
    /// Narrowing a failed batch down, and this follows.
    Narrowed(Step),
}

/// What the handler asked for. The last wish of a call counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    None,
    Pause { from: i64 },
    Seek { to: i64 },
    SeekEarliest,
    SeekLatest,
    SeekCommitted,
}

/// Whether the partition is still ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lease {
    Live,
    /// Being taken away: what is done counts, nothing new begins.
    Revoking,
    Lost,
}

/// What is known when a piece of work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) lease: Lease,
    pub(crate) outcome: Outcome,
    pub(crate) wish: Wish,
    /// The next-to-read offset after the records that were finished; `None` when none was.
    pub(crate) done: Option<i64>,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Mark everything below as done.
    pub(crate) mark: Option<i64>,
    pub(crate) next: Next,
}

impl Plan {
    /// Nothing is to be done but to go on.
    pub(crate) const GO_ON: Self = Self { mark: None, next: Next::Continue };
}

/// What happens to the partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing: it is not ours any more, or about to go.
    Abandon,
    /// The handler's pause.
    Pause,
    /// The handler's seek.
    Seek,
    /// Wait, then try again from the first record that is not done.
    Retry,
    /// The batch has a record to give up: find out which.
    Narrow,
    /// Wait, then try the record alone that failed alone.
    Confirm,
    /// Every record of the batch fails: give up none, wait and alarm.
    Systemic,
    /// Dead-letter the failing record.
    Dispatch,
    /// Count the failing record as skipped and go on after it.
    Skip,
    /// Go on.
    Continue,
}

/// What the policies of a route say about one piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) offsets: Offsets,
    pub(crate) dead_letter: Option<DeadLetter>,
    /// Nobody knows which record of a call failed, and it shall be found out.
    pub(crate) isolate: bool,
}

/// See the module's documentation.
pub(crate) fn decide(rules: Rules, facts: &Facts) -> Plan {
    let mark = mark(rules.offsets, facts);
    let next = match (facts.lease, facts.wish, facts.outcome) {
        (Lease::Lost | Lease::Revoking, _, _) => Next::Abandon,
        (Lease::Live, Wish::Pause { .. }, _) => Next::Pause,
        (Lease::Live, Wish::Seek { .. } | Wish::SeekEarliest | Wish::SeekLatest | Wish::SeekCommitted, _) => Next::Seek,
        (Lease::Live, Wish::None, Outcome::Failed { kind, failures }) => {
            match verdict(rules.dead_letter, kind, failures) {
                Verdict::Retry => Next::Retry,
                Verdict::Dispatch | Verdict::Skip if rules.isolate => Next::Narrow,
                Verdict::Dispatch => Next::Dispatch,
                Verdict::Skip => Next::Skip,
            }
        }
        (Lease::Live, Wish::None, Outcome::Narrowed(step)) => match step {
            Step::Try(_) | Step::Over => Next::Continue,
            Step::Confirm(_) => Next::Confirm,
            Step::GiveUp => match rules.dead_letter.map(|policy| policy.target) {
                Some(DeadLetterTarget::Topic(_) | DeadLetterTarget::External(_)) => Next::Dispatch,
                Some(DeadLetterTarget::Skip) => Next::Skip,
                None => Next::Retry,
            },
            Step::Systemic => Next::Systemic,
            Step::Unavailable => Next::Retry,
        },
        (Lease::Live, Wish::None, Outcome::Finished | Outcome::Interrupted) => Next::Continue,
    };
    Plan { mark, next }
}
