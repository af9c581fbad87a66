//! Topics in memory, and the ports that handlers reach them through.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::clock::Clock;
use super::seen::Stored;
use crate::consumer::{Destination, Outgoing, Port, ProduceError, Receipt};
use crate::message::OwnedMessage;
use crate::processing::Watch as _;

/// Everything that Kafka would keep.
pub(super) struct Broker {
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    partitions: BTreeMap<String, i32>,
    logs: BTreeMap<(String, i32), Log>,
    /// Which of the stored records came from where, in the order of arrival.
    arrivals: Vec<(Writer, String, i32, i64)>,
    refusals: BTreeMap<Writer, VecDeque<ProduceError>>,
}

/// One partition.
#[derive(Default)]
struct Log {
    /// The offset of the first record that is kept.
    start: i64,
    records: VecDeque<OwnedMessage>,
}

/// Who wrote a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Writer {
    Test,
    Handler,
    DeadLetters,
}

impl Broker {
    pub(super) fn new(clock: Clock) -> Arc<Self> {
        Arc::new(Self { clock, state: Mutex::default() })
    }

    /// Sets a topic's number of partitions; never fewer than it has.
    pub(super) fn partition(&self, topic: &str, count: i32) {
        let mut state = self.lock();
        let known = state.partitions.entry(topic.to_owned()).or_insert(1);
        *known = (*known).max(count);
    }

    pub(super) fn partitions(&self, topic: &str) -> i32 {
        self.lock().partitions.get(topic).copied().unwrap_or(1)
    }

    /// The next `count` records of this writer are refused.
    pub(super) fn refuse(&self, writer: Writer, error: &ProduceError, count: usize) {
        let mut state = self.lock();
        state.refusals.entry(writer).or_default().extend(std::iter::repeat_n(error.clone(), count));
    }

    /// Why this record of this writer is refused, if it is.
    pub(super) fn refusal(&self, writer: Writer, record: &Outgoing<'_>) -> Option<ProduceError> {
        let (Destination::Declared(topic) | Destination::External(topic)) = record.destination;
        let count = self.partitions(topic);
        let missing = record.partition.filter(|partition| !(0..count).contains(partition)).map(|partition| {
            ProduceError::Topic { topic: topic.to_owned(), reason: format!("it has no partition {partition}") }
        });
        missing.or_else(|| self.lock().refusals.get_mut(&writer).and_then(VecDeque::pop_front))
    }

    /// Appends a record and returns where it stands.
    pub(super) fn append(&self, writer: Writer, record: &Outgoing<'_>) -> (i32, i64) {
        let topic = match record.destination {
            Destination::Declared(name) | Destination::External(name) => name,
        };
        let partition = record.partition.unwrap_or_else(|| self.choose(topic, record.key));
        self.partition(topic, partition + 1);
        let now = i64::try_from(self.clock.now().as_millis()).unwrap_or(i64::MAX);
        let mut state = self.lock();
        let log = state.logs.entry((topic.to_owned(), partition)).or_default();
        let offset = log.end();
        log.records.push_back(OwnedMessage {
            offset,
            timestamp: Some(record.timestamp.unwrap_or(now)),
            key: record.key.map(<[u8]>::to_vec),
            payload: record.payload.map(<[u8]>::to_vec),
            headers: record.headers.to_vec(),
        });
        state.arrivals.push((writer, topic.to_owned(), partition, offset));
        (partition, offset)
    }

    /// The first offset that is kept, and the one that the next record will have.
    pub(super) fn range(&self, topic: &str, partition: i32) -> (i64, i64) {
        let state = self.lock();
        state.logs.get(&(topic.to_owned(), partition)).map_or((0, 0), |log| (log.start, log.end()))
    }

    /// Up to `most` records from `offset` on.
    pub(super) fn read(&self, topic: &str, partition: i32, offset: i64, most: usize) -> Vec<OwnedMessage> {
        let state = self.lock();
        let Some(log) = state.logs.get(&(topic.to_owned(), partition)) else { return Vec::new() };
        let skip = usize::try_from(offset - log.start).unwrap_or(0);
        log.records.iter().skip(skip).take(most).cloned().collect()
    }

    /// The first record with this timestamp or a later one, as a broker answers it: -1 when there is none.
    pub(super) fn at_time(&self, topic: &str, partition: i32, time: i64) -> i64 {
        let state = self.lock();
        let log = state.logs.get(&(topic.to_owned(), partition));
        let found =
            log.and_then(|log| log.records.iter().find(|record| record.timestamp.is_some_and(|own| own >= time)));
        found.map_or(-1, |record| record.offset)
    }

    /// How many records there are in all topics.
    pub(super) fn records(&self) -> usize {
        self.lock().arrivals.len()
    }

    /// Drops what is below `offset`, as retention does.
    pub(super) fn expire(&self, topic: &str, partition: i32, offset: i64) {
        let mut state = self.lock();
        let Some(log) = state.logs.get_mut(&(topic.to_owned(), partition)) else { return };
        while log.start < offset && log.records.pop_front().is_some() {
            log.start += 1;
        }
    }

    /// What a writer wrote, in order; of one topic, or of all.
    pub(super) fn written(&self, writer: Writer, topic: Option<&str>) -> Vec<Stored> {
        let state = self.lock();
        let mine = state.arrivals.iter().filter(|(by, to, ..)| *by == writer && topic.is_none_or(|topic| topic == to));
        mine.filter_map(|(_, topic, partition, offset)| {
            let log = state.logs.get(&(topic.clone(), *partition))?;
            let message = log.records.get(usize::try_from(offset - log.start).ok()?)?.clone();
            Some(Stored { topic: topic.clone(), partition: *partition, message })
        })
        .collect()
    }

    fn choose(&self, topic: &str, key: Option<&[u8]>) -> i32 {
        let Some(key) = key else { return 0 };
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let count = self.partitions(topic).max(1).unsigned_abs();
        i32::try_from(hasher.finish() % u64::from(count)).unwrap_or(0)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn end(&self) -> i64 {
        self.start + self.records.len() as i64
    }
}

/// The producing side of one writer.
pub(super) struct BrokerPort {
    pub(super) broker: Arc<Broker>,
    pub(super) writer: Writer,
}

impl Port for BrokerPort {
    /// A refusal comes as a delivery report, as a broker's does.
    fn produce(&self, record: &Outgoing<'_>, receipt: Receipt) -> Result<(), (ProduceError, Receipt)> {
        let refusal = self.broker.refusal(self.writer, record);
        if refusal.is_none() {
            self.broker.append(self.writer, record);
        }
        receipt.settle(refusal.map_or(Ok(()), Err));
        Ok(())
    }

    fn partitions(&self, destination: Destination<'_>, _: Duration) -> Result<i32, ProduceError> {
        let (Destination::Declared(topic) | Destination::External(topic)) = destination;
        Ok(self.broker.partitions(topic))
    }
}
