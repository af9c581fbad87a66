//! What happens after a piece of work: `(Rules, Facts) -> Plan`. Pure, and the only place where the order of precedence
//! stands: a lost partition, then the handler's own pause or seek, then failure, then success.
//!
//! Each file answers one question: what is marked (`progress`), when to try again (`retry`), what becomes of a record
//! that keeps failing (`dead_letter`), which records of a failing batch are the bad ones (`narrowing`), which records are
//! not done (`remainder`).

mod dead_letter;
mod decide;
mod narrowing;
mod progress;
mod remainder;
mod retry;

#[cfg(test)]
mod table;

pub(crate) use dead_letter::Attempts;
pub(crate) use decide::{Facts, Lease, Next, Outcome, Plan, Rules, Wish, decide};
pub(crate) use narrowing::{Narrowing, Range, Step, Went};
pub(crate) use remainder::{first_undone, keep_from};
pub(crate) use retry::backoff;
