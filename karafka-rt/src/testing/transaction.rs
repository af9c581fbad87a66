//! Transactions on the topics in memory: what they hold becomes visible at once, or not at all.

use std::sync::Arc;

use super::assignment::Commits;
use super::broker::{Broker, Writer};
use crate::consumer::{
    Destination, Membership, MembershipPort, OpenTransaction, Outgoing, ProduceError, Settled, TransactionError,
    TransactionPort, TransactionProgress,
};
use crate::message::{Origin, OwnedMessage};

/// Begins transactions.
pub(super) struct Transactions {
    pub(super) broker: Arc<Broker>,
}

struct Open {
    broker: Arc<Broker>,
    held: Vec<Held>,
    refused: Option<(usize, ProduceError)>,
}

/// A record that nobody sees yet.
struct Held {
    topic: String,
    partition: Option<i32>,
    message: OwnedMessage,
}

impl TransactionPort for Transactions {
    fn begin(&self) -> Result<Box<dyn OpenTransaction>, TransactionError> {
        Ok(Box::new(Open { broker: Arc::clone(&self.broker), held: Vec::new(), refused: None }))
    }

    fn claim(&self) {}
}

impl OpenTransaction for Open {
    fn produce(&mut self, record: &Outgoing<'_>, index: usize) -> Result<(), ProduceError> {
        let (Destination::Declared(topic) | Destination::External(topic)) = record.destination;
        if let Some(error) = self.broker.refusal(Writer::Handler, record) {
            self.refused.get_or_insert((index, error));
        }
        let message = OwnedMessage {
            offset: -1,
            timestamp: record.timestamp,
            key: record.key.map(<[u8]>::to_vec),
            payload: record.payload.map(<[u8]>::to_vec),
            headers: record.headers.to_vec(),
        };
        self.held.push(Held { topic: topic.to_owned(), partition: record.partition, message });
        Ok(())
    }

    fn commit(self: Box<Self>, _: Option<&TransactionProgress>, _: &dyn Fn() -> bool) -> Result<(), TransactionError> {
        if let Some((index, error)) = self.refused {
            return Err(TransactionError::Produce { index, error });
        }
        for Held { topic, partition, message } in &self.held {
            let record = Outgoing {
                destination: Destination::Declared(topic),
                partition: *partition,
                key: message.key.as_deref(),
                payload: message.payload.as_deref(),
                headers: &message.headers,
                timestamp: message.timestamp,
            };
            self.broker.append(Writer::Handler, &record);
        }
        Ok(())
    }

    fn abort(self: Box<Self>) {}
}

impl MembershipPort for Commits {
    fn hold_commits(&self, origin: Origin) -> Option<Membership> {
        self.lives(origin.epoch).then(|| Membership::from([]))
    }

    /// The mark follows, and is committed like any other.
    fn settled(&self, _: Origin, _: Settled) {}
}
