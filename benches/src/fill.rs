//! Fills a topic with records of a known number, size and checksum.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use karafka_rt::admin::{Admin, NewTopic};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

/// What a topic holds.
#[derive(Debug, Clone)]
pub struct Fill {
    /// The topic's name.
    pub topic: String,
    /// Its partitions.
    pub partitions: i32,
    /// Records over all partitions.
    pub records: u64,
    /// Bytes of each payload, at least 8: it begins with the record's number, little endian.
    pub bytes: usize,
}

impl Fill {
    /// The sum of all record numbers: what a run that saw each record once adds up to.
    pub fn checksum(&self) -> u64 {
        self.records * (self.records - 1) / 2
    }

    /// Creates the topic and produces every record, acknowledged.
    pub fn write(&self, servers: &str) -> anyhow::Result<()> {
        ensure!(self.bytes >= 8, "a payload needs at least 8 bytes for its number");
        let properties = BTreeMap::from([("bootstrap.servers".to_owned(), servers.to_owned())]);
        let admin = Admin::new(&properties)?;
        for result in admin.create_topics(&[NewTopic::new(&self.topic, self.partitions)], Duration::from_secs(30)) {
            result?;
        }
        let acknowledged = Arc::new(AtomicU64::new(0));
        let producer: BaseProducer<Acknowledged> = ClientConfig::new()
            .set("bootstrap.servers", servers)
            .set("linger.ms", "20")
            .set("enable.idempotence", "true")
            .create_with_context(Acknowledged(Arc::clone(&acknowledged)))?;
        let mut payload = vec![b'x'; self.bytes];
        for number in 0..self.records {
            payload[..8].copy_from_slice(&number.to_le_bytes());
            let partition = (number % self.partitions as u64) as i32;
            let mut record = BaseRecord::<(), [u8]>::to(&self.topic).partition(partition).payload(&payload);
            while let Err((error, back)) = producer.send(record) {
                let full = rdkafka::types::RDKafkaErrorCode::QueueFull;
                if error.rdkafka_error_code() != Some(full) {
                    bail!("record {number} was not produced: {error}");
                }
                producer.poll(Duration::from_millis(5));
                record = back;
            }
            if number % 1024 == 0 {
                producer.poll(Duration::ZERO);
            }
        }
        producer.flush(Duration::from_mins(2)).context("the records were not acknowledged in two minutes")?;
        let acknowledged = acknowledged.load(Ordering::SeqCst);
        ensure!(acknowledged == self.records, "{acknowledged} of {} records were acknowledged", self.records);
        Ok(())
    }
}

/// Takes a group back to the start of a topic, so that the next run reads everything again. The group must be empty.
pub fn rewind(servers: &str, group: &str, fill: &Fill) -> anyhow::Result<()> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", servers)
        .set("group.id", group)
        .set("enable.auto.commit", "false")
        .create()?;
    let mut offsets = TopicPartitionList::new();
    for partition in 0..fill.partitions {
        offsets.add_partition_offset(&fill.topic, partition, Offset::Offset(0))?;
    }
    let deadline = Instant::now() + Duration::from_secs(30);
    // The members of the run before may still be leaving.
    while let Err(error) = consumer.commit(&offsets, CommitMode::Sync) {
        ensure!(Instant::now() < deadline, "group {group} cannot be taken back to the start: {error}");
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

struct Acknowledged(Arc<AtomicU64>);

impl rdkafka::ClientContext for Acknowledged {}

impl ProducerContext for Acknowledged {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if result.is_ok() {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}
