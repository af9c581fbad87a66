//! What a transaction needs from Kafka. Implemented by the producing and consuming sides, and by tests.

use std::sync::Arc;

use super::error::TransactionError;
use crate::consumer::{Outgoing, ProduceError};
use crate::message::Origin;

/// The producing side.
pub(crate) trait TransactionPort: Send + Sync + 'static {
    /// Begins a transaction with a free producer; waits for one, bounded. Nothing is sent yet.
    fn begin(&self) -> Result<Box<dyn OpenTransaction>, TransactionError>;

    /// Takes the identities of this node, which ends whatever an earlier process with them left open. Does not wait.
    fn claim(&self);
}

/// A transaction that has begun. Dropping it aborts it.
pub(crate) trait OpenTransaction: Send {
    /// Queues a record; waits for room, bounded. `index` says for which record of its batch the handler produced it.
    fn produce(&mut self, record: &Outgoing<'_>, index: usize) -> Result<(), ProduceError>;

    /// Waits until everything produced is acknowledged, adds the progress, and commits. When the outcome is not known it waits
    /// until it is settled, which may take as long as the brokers are away; `goes_on` says whether that is still worth it.
    fn commit(
        self: Box<Self>,
        progress: Option<&TransactionProgress>,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<(), TransactionError>;

    /// Aborts: nothing of it becomes visible.
    fn abort(self: Box<Self>);
}

/// The progress of one partition that becomes visible together with what a transaction produced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TransactionProgress {
    pub(crate) topic: &'static str,
    pub(crate) partition: i32,
    /// The next offset to read.
    pub(crate) next: i64,
    pub(crate) metadata: Option<Arc<str>>,
    /// The membership that the progress is sent with, taken while the assignment lived.
    pub(crate) membership: Membership,
}

/// What became of the progress in a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// This is what the group has now: the next offset to read.
    Stored(i64),
    NotStored,
    /// Nobody knows. Nothing else may be committed before the partition has gone back to what is stored.
    Unknown,
}

/// A proof of membership in a consumer group, opaque here.
pub(crate) type Membership = Arc<[u8]>;

/// The consuming side: the listener that owns the assignment.
pub(crate) trait MembershipPort: Send + Sync + 'static {
    /// The membership as it is now, while this assignment lives; `None` when it does not, or when no answer came within the
    /// commit deadline. From now on until [`MembershipPort::settled`] the listener commits nothing of this partition, and
    /// none of its commits is on its way.
    fn hold_commits(&self, origin: Origin) -> Option<Membership>;

    /// The transaction is over. The mark of what was stored has been set before.
    fn settled(&self, origin: Origin, settled: Settled);
}

/// For tests of layers below Kafka.
#[cfg(test)]
pub(crate) struct NoTransactions;

#[cfg(test)]
impl TransactionPort for NoTransactions {
    fn begin(&self) -> Result<Box<dyn OpenTransaction>, TransactionError> {
        Err(TransactionError::Unsupported("no Kafka here".to_owned()))
    }

    fn claim(&self) {}
}

#[cfg(test)]
impl MembershipPort for NoTransactions {
    fn hold_commits(&self, _: Origin) -> Option<Membership> {
        None
    }

    fn settled(&self, _: Origin, _: Settled) {}
}
