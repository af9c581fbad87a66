//! One client of a producer, and how many of its records are not settled.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::consumer::{ProduceError, Receipt};
use crate::librdkafka::{CallError, DeliveryFailure, LogLine, LogSink, ProducerClient, RecordToSend, Report};

use super::failure::produce_error;
use super::limits::{PRODUCER_PURGE, PRODUCER_PURGE_INTERVAL};
use super::settings::ProducerSettings;

/// A client with its reports. Producing goes on any thread, reports are read by one.
pub(super) struct Link {
    client: ProducerClient<Receipt>,
    unsettled: AtomicUsize,
    client_limit: String,
}

/// What serving one event led to.
pub(super) enum Served {
    /// There was none.
    Nothing,
    /// Nothing that anybody waits for.
    Noted,
    /// Records were settled: there is room for as many.
    Settled,
    /// This client will not work again.
    Fatal(String),
}

impl Link {
    pub(super) fn open(settings: &ProducerSettings) -> Result<Arc<Self>, CallError> {
        let client = ProducerClient::create(&settings.complete())?;
        Ok(Arc::new(Self { client, unsettled: AtomicUsize::new(0), client_limit: settings.client_limit() }))
    }

    /// Queues a record, never waits.
    pub(super) fn send(
        &self,
        record: RecordToSend<'_>,
        receipt: Box<Receipt>,
    ) -> Result<(), (CallError, Box<Receipt>)> {
        self.unsettled.fetch_add(1, Ordering::SeqCst);
        self.client.send(record, receipt).inspect_err(|_| {
            self.unsettled.fetch_sub(1, Ordering::SeqCst);
        })
    }

    /// How many partitions a topic has. Waits.
    pub(super) fn partitions(&self, topic: &std::ffi::CStr, bound: Duration) -> Result<i32, CallError> {
        self.client.partition_count(topic, bound)
    }

    /// Makes the thread that serves the reports look around.
    pub(super) fn wake(&self) {
        self.client.wake();
    }

    /// Records that were queued and whose receipts are not settled.
    pub(super) fn unsettled(&self) -> usize {
        self.unsettled.load(Ordering::SeqCst)
    }

    /// What a refused or failed record means.
    pub(super) fn explain(&self, failure: DeliveryFailure) -> ProduceError {
        produce_error(failure, &self.client_limit)
    }

    /// Waits for one event, at most `bound`, and acts on it.
    pub(super) fn serve(&self, bound: Duration, log: &mut LogSink) -> Served {
        let (mut settled, mut fatal) = (0, None);
        let found = self.client.poll(bound, |report| match report {
            Report::Delivery(receipt, failure) => {
                receipt.settle(failure.map_or(Ok(()), |failure| Err(self.explain(failure))));
                settled += 1;
            }
            // Asked for instead of read from the event, which carries the underlying code.
            Report::ClientError(code, text) => match self.client.fatal_error() {
                Some(reason) => fatal = Some(reason),
                None => log(&LogLine { level: 4, facility: &code.name(), text: &text }),
            },
            Report::Log(line) => log(line),
        });
        self.unsettled.fetch_sub(settled, Ordering::SeqCst);
        match fatal {
            Some(reason) => Served::Fatal(reason),
            None if settled > 0 => Served::Settled,
            None if found => Served::Noted,
            None => Served::Nothing,
        }
    }

    /// Fails all that is left and settles it, within [`PRODUCER_PURGE`]. Returns how many records are not settled even so.
    pub(super) fn purge(&self, log: &mut LogSink) -> usize {
        let deadline = Instant::now() + PRODUCER_PURGE;
        while self.unsettled() > 0 && Instant::now() < deadline {
            self.client.purge();
            let again = Instant::now() + PRODUCER_PURGE_INTERVAL;
            while self.unsettled() > 0 && Instant::now() < again {
                self.serve(again.saturating_duration_since(Instant::now()), log);
            }
        }
        self.unsettled()
    }

    #[cfg(test)]
    pub(super) fn client(&self) -> &ProducerClient<Receipt> {
        &self.client
    }
}
