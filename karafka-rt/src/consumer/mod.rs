//! What users implement and touch: handler and hook traits, the context, state, typed producing.
//!
//! Below them are the ports to Kafka, so that handlers run on a cluster and in tests alike. Nothing here knows rdkafka.

mod context;
mod deliveries;
mod epoch;
mod instance;
mod metadata;
mod port;
mod probe;
mod produce;
mod producer;
mod routes;
mod state;
mod traits;
mod transaction;

pub use context::{Context, SeekTo};
pub use metadata::OffsetMetadataError;
pub use produce::{Key, Outgoing, PayloadOf, ProduceError, Record, Topic};
pub use producer::Producer;
pub use routes::Routes;
pub use state::{State, StateField, States};
pub use traits::{Consume, ConsumeEach, Consumer, Revoked, Shutdown, Tick};
pub use transaction::{Transaction, TransactionError};

pub use instance::{Handler, Hooks, StateWanted, Vtable};
pub use probe::{HookFallback, Probe};

pub(crate) use context::{Call, PauseWish, Pulse, Seat};
pub(crate) use deliveries::{Deliveries, Receipt};
pub(crate) use epoch::{Epoch, EpochPhase, Marked};
pub(crate) use instance::{Ending, Instance};
pub(crate) use port::{CommitPort, Port};
pub(crate) use produce::Destination;
#[cfg(test)]
pub(crate) use transaction::NoTransactions;
pub(crate) use transaction::{
    Membership, MembershipPort, OpenTransaction, Settled, TransactionPort, TransactionProgress,
};
