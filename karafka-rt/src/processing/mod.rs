//! From "records arrived" to "a plan exists". No rdkafka here.
//!
//! `partition` decides what a partition does next, `executor` runs it, `flow` says what follows; `pool` has the threads.

mod calling;
mod dispatch;
mod executor;
pub(crate) mod flow;
mod job;
mod narrowed;
mod partition;
mod pending;
mod pool;
mod tick;
mod trace;
mod watch;

#[cfg(any(test, feature = "testing"))]
pub(crate) use executor::{Handed, Watch, execute};
#[cfg(any(test, feature = "testing"))]
pub(crate) use job::Report;
pub(crate) use job::{Done, Hook, Job, Route};
pub(crate) use partition::{Effect, Partition};
pub(crate) use pool::{Clocks, Pool, Sender};
