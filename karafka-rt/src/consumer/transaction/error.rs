//! Why a transaction did not commit.

use crate::consumer::ProduceError;
use crate::message::HandlerError;

/// Why a transaction did not commit. Nothing of it is visible to readers of committed records, unless the outcome is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransactionError {
    /// An earlier transaction of this call was aborted: this call can only end. Return its error.
    #[error("a transaction of this call was aborted: nothing more can be marked, produced or committed in it")]
    Aborted,
    /// The partition belongs to another process now.
    #[error("the assignment was lost: another process goes on from the last committed offset")]
    AssignmentLost,
    /// A record of the transaction was not taken.
    #[error("{error}")]
    Produce {
        /// For which record of the batch the handler produced it, counted from 0.
        index: usize,
        /// What became of it.
        error: ProduceError,
    },
    /// It was not committed, for no fault of the records: brokers are away, or all producers are in use.
    #[error("the transaction was not committed: {0}")]
    Unavailable(String),
    /// The group moved on while the transaction was open; it was not committed.
    #[error("the transaction was not committed: the membership in the group is not the one it began with ({0})")]
    StaleMembership(String),
    /// The answer to the commit never came. The partition goes on from the offset that the group has committed.
    #[error("whether the transaction was committed is not known: {0}")]
    OutcomeUnknown(String),
    /// This cluster has no transactions.
    #[error("transactions are not available: {0}")]
    Unsupported(String),
}

impl TransactionError {
    /// As a handler's failure: only what is the fault of a record counts against its retries.
    pub(crate) fn into_handler_error(self) -> HandlerError {
        match self {
            Self::Produce { error, .. } => error.into_handler_error(),
            Self::Unsupported(_) => HandlerError::permanent(self),
            Self::Aborted
            | Self::AssignmentLost
            | Self::Unavailable(_)
            | Self::StaleMembership(_)
            | Self::OutcomeUnknown(_) => HandlerError::unavailable(self),
        }
    }
}
