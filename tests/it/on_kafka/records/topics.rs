//! The Kafka side of a test: topics under a prefix of the test's own, records byte by byte, committed offsets.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use karafka_rt::admin::{Admin, Creation, NewTopic};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::{BorrowedMessage, Header, Headers as _, Message as _, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

pub(crate) const LONG: Duration = Duration::from_secs(30);

/// The topics of one test.
pub(crate) struct Topics {
    pub(crate) servers: String,
    /// Before every name.
    pub(crate) prefix: String,
    admin: Admin,
    producer: BaseProducer,
}

/// A record as Kafka keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) payload: Option<Vec<u8>>,
    pub(crate) headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Topics {
    /// `name` is the test's own. The process makes the prefix new, so that a test can run again on the same brokers.
    pub(crate) fn new(servers: &str, name: &str) -> Self {
        let producer = ClientConfig::new().set("bootstrap.servers", servers).set("linger.ms", "5").create().unwrap();
        Self {
            servers: servers.to_owned(),
            prefix: format!("records.{name}.{}.", std::process::id()),
            admin: admin(servers),
            producer,
        }
    }

    pub(crate) fn name(&self, topic: &str) -> String {
        format!("{}{topic}", self.prefix)
    }

    pub(crate) fn create(&self, topic: &str, partitions: i32) {
        self.create_with(topic, partitions, &[]);
    }

    pub(crate) fn create_with(&self, topic: &str, partitions: i32, config: &[(&str, &str)]) {
        let topic = NewTopic::new(self.name(topic), partitions);
        let topic = config.iter().fold(topic, |topic, (key, value)| topic.config(*key, *value));
        assert_eq!(admin(&self.servers).create_topics(&[topic], LONG), [Ok(Creation::Created)]);
    }

    /// Queues a record; `flush` waits for all.
    pub(crate) fn send(&self, topic: &str, record: &Kept) {
        let name = self.name(topic);
        let headers = record.headers.iter().fold(OwnedHeaders::new(), |headers, (name, value)| {
            headers.insert(Header { key: name, value: value.as_deref() })
        });
        let mut outgoing = BaseRecord::<[u8], [u8]>::to(&name).partition(record.partition);
        outgoing.key = record.key.as_deref();
        outgoing.payload = record.payload.as_deref();
        if !record.headers.is_empty() {
            outgoing = outgoing.headers(headers);
        }
        self.producer.send(outgoing).map_err(|(error, _)| error).unwrap();
    }

    pub(crate) fn flush(&self) {
        self.producer.flush(LONG).unwrap();
    }

    /// Sends payloads to one partition, in order.
    pub(crate) fn send_all<T: AsRef<str>>(&self, topic: &str, partition: i32, payloads: &[T]) {
        for payload in payloads {
            let payload = Some(payload.as_ref().as_bytes().to_vec());
            self.send(topic, &Kept { partition, payload, ..Kept::default() });
        }
        self.flush();
    }

    /// Everything that the topic holds now, by partition and offset.
    pub(crate) fn read(&self, topic: &str) -> Vec<Kept> {
        let (name, deadline) = (self.name(topic), Instant::now() + LONG);
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", &self.servers)
            .set("group.id", "records-reader")
            .set("enable.auto.commit", "false")
            .create()
            .unwrap();
        let ranges = self.admin.ranges(&name, LONG).unwrap();
        let mut assignment = TopicPartitionList::new();
        for range in &ranges {
            assignment.add_partition_offset(&name, range.partition, Offset::Offset(range.earliest)).unwrap();
        }
        consumer.assign(&assignment).unwrap();
        let mut left: i64 = ranges.iter().map(|range| range.latest - range.earliest).sum();
        let mut kept = Vec::new();
        while left > 0 {
            assert!(Instant::now() < deadline, "{left} records of {name} were not read");
            let Some(message) = consumer.poll(Duration::from_millis(100)) else { continue };
            kept.push(Kept::of(&message.unwrap()));
            left -= 1;
        }
        kept.sort_by_key(|record| (record.partition, record.offset));
        kept
    }

    /// Everything that a reader of committed records sees now: transactions that are open or aborted are not in it.
    pub(crate) fn read_committed(&self, topic: &str) -> Vec<Kept> {
        let (name, deadline) = (self.name(topic), Instant::now() + LONG);
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", &self.servers)
            .set("group.id", "records-reader")
            .set("enable.auto.commit", "false")
            .set("enable.partition.eof", "true")
            .set("isolation.level", "read_committed")
            .create()
            .unwrap();
        let partitions = self.admin.ranges(&name, LONG).unwrap();
        let mut assignment = TopicPartitionList::new();
        for range in &partitions {
            assignment.add_partition_offset(&name, range.partition, Offset::Beginning).unwrap();
        }
        consumer.assign(&assignment).unwrap();
        let (mut ends, mut kept) = (0, Vec::new());
        while ends < partitions.len() {
            assert!(Instant::now() < deadline, "{name} was not read to its end");
            match consumer.poll(Duration::from_millis(100)) {
                None => {}
                Some(Err(rdkafka::error::KafkaError::PartitionEOF(_))) => ends += 1,
                Some(message) => kept.push(Kept::of(&message.unwrap())),
            }
        }
        kept.sort_by_key(|record| (record.partition, record.offset));
        kept
    }

    /// What the group has committed, by partition.
    pub(crate) fn committed(&self, group: &str, topic: &str) -> Vec<Option<i64>> {
        let committed = self.admin.committed(group, &self.name(topic), LONG).unwrap();
        committed.into_iter().map(|entry| entry.offset).collect()
    }
}

impl Kept {
    fn of(message: &BorrowedMessage<'_>) -> Self {
        let headers = message.headers().map_or_else(Vec::new, |headers| {
            headers.iter().map(|header| (header.key.to_owned(), header.value.map(<[u8]>::to_vec))).collect()
        });
        Self {
            partition: message.partition(),
            offset: message.offset(),
            key: message.key().map(<[u8]>::to_vec),
            payload: message.payload().map(<[u8]>::to_vec),
            headers,
        }
    }

    /// A header as text; the last one of the name.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let value = self.headers.iter().rev().find(|(candidate, _)| candidate == name)?.1.as_deref()?;
        Some(String::from_utf8_lossy(value).into_owned())
    }
}

fn admin(servers: &str) -> Admin {
    Admin::new(&BTreeMap::from([("bootstrap.servers".to_owned(), servers.to_owned())])).unwrap()
}
