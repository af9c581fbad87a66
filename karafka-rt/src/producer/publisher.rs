//! Producing from a plain program: a tool, an import, an example.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::limits::PUBLISHER_DELIVERY;
use crate::consumer::{Destination, Outgoing, Port, ProduceError, Receipt, Record};

use super::port::KafkaProducer;
use super::settings::{DeliveryTime, ProducerSettings};

/// Produces records as bytes, outside of a node. Inside one, handlers produce through their context.
///
/// Idempotent, with `acks=all`: a record counts as acknowledged once all in-sync replicas have it, and is stored once. Equal
/// keys go to the partition that Java's producer would choose. A missing topic is an error, never created on the side.
///
/// ```no_run
/// use std::{collections::BTreeMap, time::Duration};
/// use karafka_rt::consumer::Record;
/// use karafka_rt::producer::Publisher;
///
/// let properties = BTreeMap::from([("bootstrap.servers".to_owned(), "127.0.0.1:9092".to_owned())]);
/// let publisher = Publisher::new(&properties)?;
/// publisher.send("orders", &Record::new(b"{\"id\":1}".as_slice()).key("1"))?;
/// let published = publisher.flush(Duration::from_secs(30));
/// assert_eq!((published.acknowledged, published.failed, published.pending), (1, 0, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Publisher {
    producer: KafkaProducer,
    tally: Arc<Mutex<Published>>,
}

/// What became of the records of a [`Publisher`] so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Published {
    /// Stored by all in-sync replicas.
    pub acknowledged: u64,
    /// Given up or refused.
    pub failed: u64,
    /// Queued or in flight.
    pub pending: u64,
    /// Why the first failed one failed.
    pub first_failure: Option<ProduceError>,
}

impl Publisher {
    /// Takes librdkafka's properties: `bootstrap.servers`, security, and whatever else is to differ from the framework's
    /// defaults. The brokers are not asked for anything yet. To be called after a fork, never before one.
    pub fn new(properties: &BTreeMap<String, String>) -> Result<Self, ProduceError> {
        let settings = ProducerSettings {
            properties: properties.clone(),
            topic_prefix: String::new(),
            delivery: DeliveryTime::Within(PUBLISHER_DELIVERY),
        };
        let producer = KafkaProducer::start(settings).map_err(|error| ProduceError::Unavailable(error.to_string()))?;
        Ok(Self { producer, tally: Arc::default() })
    }

    /// Queues a record for a topic by its full name. Waits for room in the queue, at most 10 seconds. An error means that
    /// the record was not queued; it is counted nowhere.
    pub fn send(&self, topic: &str, record: &Record<'_, [u8]>) -> Result<(), ProduceError> {
        let outgoing = Outgoing {
            destination: Destination::External(topic),
            partition: record.partition,
            key: record.key,
            payload: record.payload,
            headers: &record.headers,
            timestamp: record.timestamp,
        };
        lock(&self.tally).pending += 1;
        let tally = Arc::clone(&self.tally);
        let receipt = Receipt::call(move |result| lock(&tally).settle(result));
        self.producer.produce(&outgoing, receipt).map_err(|(error, receipt)| {
            receipt.cancel();
            lock(&self.tally).pending -= 1;
            error
        })
    }

    /// Waits until everything sent is acknowledged or has failed, at most `within`.
    pub fn flush(&self, within: Duration) -> Published {
        self.producer.flush(within);
        self.published()
    }

    /// The counts so far, without waiting.
    pub fn published(&self) -> Published {
        lock(&self.tally).clone()
    }

    /// Flushes, at most `within`, and gives up what is not acknowledged then: it counts as failed. Takes at most eleven
    /// seconds longer than `within`. Dropping a publisher is closing it without a flush.
    pub fn close(self, within: Duration) -> Published {
        self.producer.close(within);
        self.published()
    }
}

impl Published {
    fn settle(&mut self, result: Result<(), ProduceError>) {
        self.pending -= 1;
        match result {
            Ok(()) => self.acknowledged += 1,
            Err(error) => {
                self.failed += 1;
                self.first_failure.get_or_insert(error);
            }
        }
    }
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Publisher").field("published", &self.published()).finish_non_exhaustive()
    }
}

fn lock(tally: &Mutex<Published>) -> std::sync::MutexGuard<'_, Published> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}
