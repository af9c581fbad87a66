//! Transactions: what is produced and the progress of a partition become visible together, or not at all.

mod error;
mod open;
mod port;

pub use error::TransactionError;
pub use open::Transaction;
pub(in crate::consumer) use open::run;
#[cfg(test)]
pub(crate) use port::NoTransactions;
pub(crate) use port::{Membership, MembershipPort, OpenTransaction, Settled, TransactionPort, TransactionProgress};
