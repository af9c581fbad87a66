//! The embedded broker: librdkafka's mock cluster in a process of its own, for a first look and for development.
//!
//! It is no Kafka. It keeps the last 5 MiB or 100,000 batches of each partition and drops older records without a word;
//! what it holds is gone with it; transactions are hollow (aborted records are visible, nothing is fenced); there are no
//! ACLs, and topics are created through [`DevBroker::create_topic`], not through the protocol. Groups (classic and KIP-848),
//! committed offsets and their metadata are real enough to develop on.
//!
//! Its threads live in a child process, so that the program that starts it may fork. The child is the same program, started
//! again: call [`run_if_asked`] first thing in `main`, unless `App::main` does.

mod child;
mod error;
mod parent;
mod protocol;
mod serve;

pub use child::run_if_asked;
pub use error::DevBrokerError;
pub use parent::DevBroker;

pub(crate) use serve::serve;
