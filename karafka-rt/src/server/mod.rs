//! One consuming process: builds the parts, starts the listeners, waits for the stop, closes everything in order.

mod build;
mod close;
mod memory;
#[cfg(feature = "testing")]
pub mod own_cells;
mod run;
mod tasks;
mod transactions;

pub(crate) use build::{Program, Task, route_names, topic_names};
pub(crate) use run::{MemoryRule, Place, run};
