//! Reads what became of the flights: reports of the handlers and dead letters.
//!
//! With a plain client that knows nothing of the framework, so that the books are not kept by those who are checked.

use std::collections::BTreeMap;
use std::str;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use karafka_rt::admin::Range;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::message::{BorrowedMessage, Headers as _, Message as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use super::cluster::{ANSWER_WITHIN, Cluster};
use super::signals::Signals;
use super::tally::Tally;
use crate::{Report, delays};

/// Longest time to read what is there.
const READ_WITHIN: Duration = Duration::from_mins(1);
/// Between two looks at the signals.
const POLL: Duration = Duration::from_millis(100);

/// A reader of both topics, from their beginning.
pub(super) struct Outcomes {
    consumer: BaseConsumer,
    reports: String,
    dead_letters: String,
    /// The next offset to read of every partition.
    next: BTreeMap<(String, i32), i64>,
    /// What was read so far.
    pub(super) tally: Tally,
}

impl Outcomes {
    /// Reads nothing yet.
    pub(super) fn new(cluster: &Cluster) -> anyhow::Result<Self> {
        let mut config: ClientConfig = cluster.admin_properties().clone().into_iter().collect();
        // librdkafka wants a group's name even from readers that are no members.
        config.set("group.id", "quickstart-outcomes").set("enable.auto.commit", "false");
        config.set("auto.offset.reset", "error").set("fetch.wait.max.ms", "50");
        let consumer: BaseConsumer = config.create().context("cannot make a client that reads the outcomes")?;
        let reports = cluster.topic::<delays::Reports>();
        let dead_letters = cluster.topic::<delays::FlightsDead>();
        let mut list = TopicPartitionList::new();
        let mut next = BTreeMap::new();
        for topic in [&reports, &dead_letters] {
            for Range { partition, earliest, .. } in cluster.admin.ranges(topic, ANSWER_WITHIN)? {
                list.add_partition_offset(topic, partition, Offset::Offset(earliest))?;
                next.insert((topic.clone(), partition), earliest);
            }
        }
        consumer.assign(&list)?;
        Ok(Self { consumer, reports, dead_letters, next, tally: Tally::default() })
    }

    /// Reads on to what is the end now.
    pub(super) fn catch_up(&mut self, cluster: &Cluster, signals: &Signals) -> anyhow::Result<()> {
        let deadline = Instant::now() + READ_WITHIN;
        let mut ends = BTreeMap::new();
        for topic in [&self.reports, &self.dead_letters] {
            for range in cluster.admin.ranges(topic, ANSWER_WITHIN)? {
                ends.insert((topic.clone(), range.partition), range.latest);
            }
        }
        while self.next.iter().any(|(place, next)| next < &ends[place]) {
            signals.pause(Duration::ZERO)?;
            match self.consumer.poll(POLL) {
                Some(Ok(message)) => {
                    count(&mut self.tally, &message, &self.reports)?;
                    self.next.insert((message.topic().to_owned(), message.partition()), message.offset() + 1);
                }
                // The client tries again by itself.
                Some(Err(error)) if Instant::now() > deadline => return Err(error).context("cannot read the outcomes"),
                Some(Err(_)) => {}
                None => ensure!(Instant::now() < deadline, "the outcomes could not be read within {READ_WITHIN:?}"),
            }
        }
        Ok(())
    }

    /// The place of the first flight without an outcome.
    pub(super) fn first_missing(&self, cluster: &Cluster) -> anyhow::Result<Option<String>> {
        let topic = cluster.topic::<delays::Flights>();
        let ranges = cluster.admin.ranges(&topic, ANSWER_WITHIN)?;
        let mut places = ranges.iter().map(|range| (range, self.tally.first_missing(range.partition)));
        let missing = places.find(|(range, first)| *first < range.latest);
        Ok(missing.map(|(range, first)| format!("{topic}[{}]@{first}", range.partition)))
    }
}

/// Has the group pass over the first flight as if it had been handled: what an operator could do by mistake.
pub(super) fn lose_one(cluster: &Cluster) -> anyhow::Result<()> {
    let mut config: ClientConfig = cluster.admin_properties().clone().into_iter().collect();
    config.set("group.id", delays::TOPOLOGY.application).set("enable.auto.commit", "false");
    let consumer: BaseConsumer = config.create().context("cannot make a client that commits")?;
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(&cluster.topic::<delays::Flights>(), 0, Offset::Offset(1))?;
    consumer.commit(&list, CommitMode::Sync).context("cannot commit for the group")
}

fn count(tally: &mut Tally, message: &BorrowedMessage<'_>, reports: &str) -> anyhow::Result<()> {
    let place = || format!("{}[{}]@{}", message.topic(), message.partition(), message.offset());
    if message.topic() == reports {
        let report: Report = serde_json::from_slice(message.payload().unwrap_or_default())
            .with_context(|| format!("expected a report, found something else at {}", place()))?;
        tally.reported(report);
    } else {
        let (partition, offset) =
            source(message).with_context(|| format!("the dead letter at {} does not name its source", place()))?;
        tally.dead_lettered(partition, offset);
    }
    Ok(())
}

/// Where a dead letter comes from: the framework says so in its headers.
fn source(letter: &BorrowedMessage<'_>) -> Option<(i32, i64)> {
    let headers = letter.headers()?;
    let text = |name: &str| {
        let value = headers.iter().find(|header| header.key == name)?.value?;
        str::from_utf8(value).ok()
    };
    Some((text("karafka-source-partition")?.parse().ok()?, text("karafka-source-offset")?.parse().ok()?))
}
