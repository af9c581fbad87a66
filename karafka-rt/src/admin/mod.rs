//! Questions to a cluster and the few changes that programs make to it: topics, offsets, committed progress.
//!
//! Every call waits for its answer, at most as long as it is told; an unreachable cluster or a refused login is a sentence
//! that says so. Deleting, configuring, ACLs and groups are not here yet.

mod connection;
mod error;
mod offsets;
mod topics;

pub use connection::Admin;
pub use error::AdminError;
pub use offsets::{Committed, Range};
pub use topics::{Creation, NewTopic, TopicInfo};

#[cfg(test)]
mod mock_tests;
