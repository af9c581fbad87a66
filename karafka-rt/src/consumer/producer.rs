//! Producing outside of handlers.

use std::sync::Arc;
use std::time::Duration;

use super::deliveries::Deliveries;
use super::port::Port;
use super::produce::{Destination, Key, Outgoing, PayloadOf, ProduceError, Record, Topic};

/// Produces from anywhere in a running node. Cheap to clone.
#[derive(Clone)]
pub struct Producer {
    port: Arc<dyn Port>,
    /// Longest wait for an acknowledgement.
    acknowledgement_timeout: Duration,
}

impl Producer {
    pub(crate) fn new(port: Arc<dyn Port>, acknowledgement_timeout: Duration) -> Self {
        Self { port, acknowledgement_timeout }
    }

    /// Produces and waits until all in-sync replicas have the record.
    pub fn produce_acked<T: Topic>(
        &self,
        key: impl Key,
        payload: &(impl PayloadOf<T> + ?Sized),
    ) -> Result<(), ProduceError> {
        let deliveries = Arc::new(Deliveries::default());
        let mut bytes = Vec::new();
        payload.encode(&mut bytes).map_err(|error| ProduceError::Encode(error.to_string()))?;
        let outgoing = Outgoing {
            destination: Destination::Declared(T::NAME),
            partition: None,
            key: key.bytes(),
            payload: Some(&bytes),
            headers: &[],
            timestamp: None,
        };
        self.send(&outgoing, &deliveries, 0)?;
        deliveries.wait(self.acknowledgement_timeout).map_err(|(_, error)| error)
    }

    /// Queues `record` for the topic `T` and counts it in `deliveries` under `index`.
    pub(crate) fn queue<T: Topic, P: PayloadOf<T> + ?Sized>(
        &self,
        record: &Record<'_, P>,
        deliveries: &Arc<Deliveries>,
        index: usize,
    ) -> Result<(), ProduceError> {
        let mut bytes = Vec::new();
        if let Some(payload) = record.payload {
            payload.encode(&mut bytes).map_err(|error| ProduceError::Encode(error.to_string()))?;
        }
        let outgoing = Outgoing {
            destination: Destination::Declared(T::NAME),
            partition: record.partition,
            key: record.key,
            payload: record.payload.map(|_| bytes.as_slice()),
            headers: &record.headers,
            timestamp: record.timestamp,
        };
        self.send(&outgoing, deliveries, index)
    }

    pub(crate) fn acknowledgement_timeout(&self) -> Duration {
        self.acknowledgement_timeout
    }

    fn send(&self, outgoing: &Outgoing<'_>, deliveries: &Arc<Deliveries>, index: usize) -> Result<(), ProduceError> {
        self.port.produce(outgoing, deliveries.expect(index)).map_err(|(error, receipt)| {
            receipt.cancel();
            error
        })
    }
}

impl std::fmt::Debug for Producer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Producer")
    }
}
