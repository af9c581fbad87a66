//! Publishing flights: JSON, keyed by the plane, so that its flights stay in order.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use karafka_rt::consumer::Record;
use karafka_rt::producer::{Published, Publisher};

use super::cluster::Cluster;
use super::progress::Progress;
use super::signals::Signals;
use crate::{Flight, delays};

/// Longest wait for the acknowledgement of everything that was sent.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_mins(1);
/// Between two looks at how far it is.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Flights sent between two looks.
const SENT_AT_ONCE: usize = 1_000;

/// Sends flights and counts what Kafka acknowledged.
#[derive(Debug)]
pub(super) struct FlightPublisher {
    publisher: Publisher,
    topic: String,
}

impl FlightPublisher {
    /// To the topic `flights` of this run.
    pub(super) fn new(cluster: &Cluster) -> anyhow::Result<Self> {
        let publisher = Publisher::new(cluster.producer_properties())?;
        Ok(Self { publisher, topic: cluster.topic::<delays::Flights>() })
    }

    /// Sends all and waits until all are acknowledged.
    pub(super) fn publish_all(&self, flights: &[Flight], signals: &Signals) -> anyhow::Result<()> {
        let progress = Progress::new("publishing", flights.len() as u64);
        for some in flights.chunks(SENT_AT_ONCE) {
            self.send(some)?;
            progress.at(self.publisher.published().acknowledged);
            signals.pause(Duration::ZERO)?;
        }
        self.wait(&progress, signals)
    }

    /// Waits until everything that was sent is acknowledged.
    pub(super) fn finish(&self, signals: &Signals) -> anyhow::Result<()> {
        let published = self.publisher.published();
        self.wait(&Progress::new("publishing", published.acknowledged + published.pending), signals)
    }

    fn wait(&self, progress: &Progress, signals: &Signals) -> anyhow::Result<()> {
        let deadline = Instant::now() + ACKNOWLEDGED_WITHIN;
        loop {
            let published = self.publisher.flush(LOOK_EVERY);
            progress.at(published.acknowledged);
            signals.pause(Duration::ZERO)?;
            check(&published)?;
            match published.pending {
                0 => return Ok(()),
                pending if Instant::now() > deadline => {
                    bail!("{pending} flights were not acknowledged within {ACKNOWLEDGED_WITHIN:?}")
                }
                _ => {}
            }
        }
    }

    /// Queues flights; waits for room.
    pub(super) fn send(&self, flights: &[Flight]) -> anyhow::Result<()> {
        for flight in flights {
            let payload = serde_json::to_vec(flight)?;
            let mut record = Record::new(payload.as_slice());
            if let Some(tailnum) = &flight.tailnum {
                record = record.key(tailnum);
            }
            self.publisher.send(&self.topic, &record).context("cannot publish a flight")?;
        }
        Ok(())
    }

    /// How many flights Kafka has acknowledged; an error when it has refused one.
    pub(super) fn acknowledged(&self) -> anyhow::Result<u64> {
        let published = self.publisher.published();
        check(&published)?;
        Ok(published.acknowledged)
    }
}

fn check(published: &Published) -> anyhow::Result<()> {
    match &published.first_failure {
        None => Ok(()),
        Some(error) => bail!("{} flights could not be published; the first one: {error}", published.failed),
    }
}
