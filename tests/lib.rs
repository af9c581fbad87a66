//! Shared pieces of the integration tests.

pub mod faults;
pub mod kafka;
