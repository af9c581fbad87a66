//! The two producers of a process.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::consumer::{Destination, Outgoing, Port, ProduceError, Receipt};
use crate::librdkafka::CallError;

use super::close::CloseReport;
use super::port::KafkaProducer;
use super::settings::{DeliveryTime, ProducerSettings};

/// What handlers produce through, and what dead letters go through.
pub(crate) struct Producers {
    records: Arc<KafkaProducer>,
    dead_letters: Arc<DeadLetters>,
}

/// Its client is created with the first dead letter: most processes never have one.
struct DeadLetters {
    settings: ProducerSettings,
    producer: Mutex<Option<Arc<KafkaProducer>>>,
}

impl Producers {
    /// Starts the producer for handlers; `delivery_timeout` bounds how long one of their records may take, unless
    /// `message.timeout.ms` is configured. To be called after the fork.
    pub(crate) fn start(
        properties: &std::collections::BTreeMap<String, String>,
        topic_prefix: &str,
        delivery_timeout: Duration,
    ) -> Result<Self, CallError> {
        let settings = |delivery| ProducerSettings {
            properties: properties.clone(),
            topic_prefix: topic_prefix.to_owned(),
            delivery,
        };
        let records = Arc::new(KafkaProducer::start(settings(DeliveryTime::Within(delivery_timeout)))?);
        let dead_letters =
            Arc::new(DeadLetters { settings: settings(DeliveryTime::Unlimited), producer: Mutex::new(None) });
        Ok(Self { records, dead_letters })
    }

    /// For what handlers produce.
    pub(crate) fn records(&self) -> Arc<dyn Port> {
        Arc::clone(&self.records) as Arc<dyn Port>
    }

    /// For dead letters. Produce each once and wait for its receipt however long that takes: it is settled as acknowledged,
    /// as refused (missing topic, denied, too large: then produce it again later), or as unavailable only when the client
    /// is closed or replaced.
    pub(crate) fn dead_letters(&self) -> Arc<dyn Port> {
        Arc::clone(&self.dead_letters) as Arc<dyn Port>
    }

    /// Closes both, at the same time. `bound` is for flushing.
    pub(crate) fn close(&self, bound: Duration) -> [CloseReport; 2] {
        let dead_letters = self.dead_letters.producer.lock().unwrap_or_else(PoisonError::into_inner).clone();
        std::thread::scope(|scope| {
            let second = scope
                .spawn(|| dead_letters.map_or(CloseReport::Closed { purged: 0 }, |producer| producer.close(bound)));
            let first = self.records.close(bound);
            [first, second.join().unwrap_or(CloseReport::LeftBehind { purged: 0 })]
        })
    }
}

impl DeadLetters {
    fn open(&self) -> Result<Arc<KafkaProducer>, ProduceError> {
        let mut producer = self.producer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = &*producer {
            return Ok(Arc::clone(open));
        }
        let started = KafkaProducer::start(self.settings.clone());
        let started = started.map_err(|error| ProduceError::Unavailable(error.to_string()))?;
        Ok(Arc::clone(producer.insert(Arc::new(started))))
    }
}

impl Port for DeadLetters {
    fn produce(&self, record: &Outgoing<'_>, receipt: Receipt) -> Result<(), (ProduceError, Receipt)> {
        match self.open() {
            Ok(producer) => producer.produce(record, receipt),
            Err(error) => Err((error, receipt)),
        }
    }

    fn partitions(&self, destination: Destination<'_>, bound: Duration) -> Result<i32, ProduceError> {
        self.open()?.partitions(destination, bound)
    }
}
