//! What the framework says about itself: typed events, and how they become log lines.

mod event;

pub(crate) use event::{Event, Place, emit};
