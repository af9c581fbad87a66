//! What the framework says about itself: typed events, and how they become log lines.

mod event;
mod limit;
mod lines;
mod output;

pub(crate) use event::{Event, Place, emit};
pub(crate) use output::{Format, LogOutput};
