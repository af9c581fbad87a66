//! Progress of one partition: what is done, what the broker knows, what is on its way to the broker. Pure.
//!
//! The ledger alone says what is committed; librdkafka's offset store is never used, because it sends neither lower marks
//! nor metadata-only progress. Done sets above a hole and user metadata belong here too; they are not built yet.

mod progress;

pub(crate) use progress::{CommitOutcome, Progress};
