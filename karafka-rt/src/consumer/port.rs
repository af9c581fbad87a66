//! What a handler needs from Kafka. Implemented by the producing and consuming sides, and by tests.

use std::time::Duration;

use super::deliveries::Receipt;
use super::produce::{Destination, Outgoing, ProduceError};
use crate::message::Origin;

/// The producing side.
pub(crate) trait Port: Send + Sync + 'static {
    /// Queues a record; waits for room, bounded. The receipt is settled exactly once when this returns `Ok`, and never
    /// when it returns an error.
    fn produce(&self, record: &Outgoing<'_>, receipt: Receipt) -> Result<(), (ProduceError, Receipt)>;

    /// How many partitions a topic has; waits for the answer at most `bound`.
    fn partitions(&self, destination: Destination<'_>, bound: Duration) -> Result<i32, ProduceError>;
}

/// The committing side: the listener that owns the assignment.
pub(crate) trait CommitPort: Send + Sync + 'static {
    /// Commits what is marked in this assignment and waits for the answer, bounded by the commit deadline. False when the
    /// assignment is gone or the commit failed.
    fn commit(&self, origin: Origin) -> bool;
}
