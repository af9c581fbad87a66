//! The consuming side: one connection is one librdkafka consumer and one listener thread.
//!
//! The listener never waits, neither for a handler nor for a broker: events, answers and finished jobs come to it, and it
//! acts. `start` and `commits` decide in pure code; `session` is one life of a client, `listener` starts sessions anew.

mod assigning;
mod budget;
mod commits;
mod committing;
mod feeding;
mod holding;
mod inbox;
mod listener;
mod orphans;
mod plan;
mod revoking;
mod session;
mod slot;
mod start;
mod stopping;
mod subscribing;
mod topics;

pub(crate) use budget::Budget;
pub(crate) use inbox::Inbox;
pub(crate) use listener::{Ended, LONGEST_CLOSE, Listener, offsets_client};
pub(crate) use plan::ConnectionPlan;
#[cfg(any(test, feature = "testing"))]
pub(crate) use start::{Known, Target, instant, start};
