//! What every thread of a node is doing, written where others can read it even after the node is gone. Pure.
//!
//! Each listener and each worker has a **tick cell**: eight words of memory, one cache line. The loop that does the work
//! writes it, never a helper thread, so a cell that stands still means that the loop stands still. In a swarm the memory is
//! shared with the supervisor (`os::shared_words`), in a single process it is ordinary memory; this module gets it as a
//! slice of atomics and does not care. Readers trust nothing they find: every value is bounded, and a cell in the middle of
//! a change, for ever if its writer was killed there, reads as "no statement".
//!
//! Who is restarted because of what the cells say is decided elsewhere.

mod cell;
mod memory;
mod slot;
mod suspects;

pub(crate) use cell::{CellWriter, Job, JobKind};
pub(crate) use memory::{Excess, MemoryWatch};
#[cfg(any(test, feature = "testing"))]
pub(crate) use slot::Silence;
pub(crate) use slot::{Crash, LateJob, Remains, Role, SlotCells, Survey};
pub(crate) use suspects::{Accusation, Suspect, SuspectTable};
