//! The producing side: idempotent producers behind the port that handlers use.
//!
//! A process has two, see `Producers`: one for what handlers produce, whose records fail after a while so that a retried
//! handler call does not add a second copy to a queue that grows for as long as the brokers are away; and one for dead
//! letters, whose records wait without limit, since dispatching one again would be the second copy.
//!
//! Each producer has one thread of its own that sleeps until delivery reports arrive, settles the receipts, writes
//! librdkafka's log, and replaces a client that had a fatal error. Transactions have producers of their own (`transactions`).

mod close;
mod failure;
mod limits;
mod link;
mod port;
mod producers;
mod publisher;
mod reports;
mod settings;
mod signal;
mod transactions;

#[cfg(test)]
use close::{CloseReport, FlushReport};
#[cfg(test)]
use port::KafkaProducer;
pub(crate) use producers::Producers;
pub use publisher::{Published, Publisher};
#[cfg(test)]
use settings::{DeliveryTime, ProducerSettings};
pub(crate) use transactions::{LazyTransactions, TransactionSettings};

#[cfg(test)]
mod mock_tests;
