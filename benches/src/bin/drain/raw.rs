//! The raw contenders: one thread, no group, no commits.
#![allow(unsafe_code, reason = "what a hand-written loop around the C library would do")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use karafka_benches::measure::Run;
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message as _;
use rdkafka::{Offset, TopicPartitionList};
use rdkafka_sys as sys;

use super::{BUFFER_KIB, SETTINGS, Task};

/// Longest a run may last.
const LIMIT: Duration = Duration::from_mins(3);

struct Tally {
    task_records: u64,
    began: Option<Instant>,
    count: u64,
    sum: u64,
}

impl Tally {
    fn record(&mut self, bytes: &[u8]) {
        if self.count == 0 {
            self.began = Some(Instant::now());
        }
        self.count += 1;
        let number = bytes.first_chunk().map_or(u64::MAX, |chunk| u64::from_le_bytes(*chunk));
        self.sum = self.sum.wrapping_add(number);
    }

    fn end(&self) -> ExitCode {
        Run::finish(self.count, self.sum, self.began);
        ExitCode::SUCCESS
    }

    fn is_done(&self, since: Instant) -> bool {
        self.count >= self.task_records || since.elapsed() > LIMIT
    }
}

fn consumer(task: &Task) -> (BaseConsumer, Tally) {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &task.servers).set("group.id", format!("drain-raw-{}", task.round));
    config.set("enable.auto.commit", "false").set("enable.auto.offset.store", "false");
    config.set("queued.max.messages.kbytes", (BUFFER_KIB * task.partitions as u64).to_string());
    for (key, value) in SETTINGS {
        config.set(*key, *value);
    }
    let consumer: BaseConsumer = config.create().expect("the settings are legal");
    let mut partitions = TopicPartitionList::new();
    for partition in 0..task.partitions {
        partitions.add_partition_offset(&task.topic, partition, Offset::Beginning).expect("a legal offset");
    }
    consumer.assign(&partitions).expect("partitions can be assigned");
    (consumer, Tally { task_records: task.records, began: None, count: 0, sum: 0 })
}

pub(crate) fn poll(task: &Task) -> ExitCode {
    let (consumer, mut tally) = consumer(task);
    let since = Instant::now();
    while !tally.is_done(since) {
        match consumer.poll(Duration::from_millis(100)) {
            Some(Ok(message)) => tally.record(message.payload().unwrap_or_default()),
            Some(Err(error)) => eprintln!("{error}"),
            None => {}
        }
    }
    tally.end()
}

pub(crate) fn batch(task: &Task) -> ExitCode {
    let (consumer, mut tally) = consumer(task);
    // SAFETY: a live client.
    let queue = unsafe { sys::rd_kafka_queue_get_consumer(consumer.client().native_ptr()) };
    let mut buffer = [std::ptr::null_mut::<sys::rd_kafka_message_t>(); 512];
    let since = Instant::now();
    while !tally.is_done(since) {
        // SAFETY: a live queue and room for that many pointers.
        let count = unsafe { sys::rd_kafka_consume_batch_queue(queue, 100, buffer.as_mut_ptr(), buffer.len()) };
        for &message in &buffer[..count.max(0) as usize] {
            // SAFETY: the call filled that many pointers to messages that are ours.
            let raw = unsafe { &*message };
            if raw.err == sys::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR && !raw.payload.is_null() {
                // SAFETY: the payload has `len` bytes and lives as long as the message.
                tally.record(unsafe { std::slice::from_raw_parts(raw.payload.cast(), raw.len) });
            }
            // SAFETY: ours, and not used afterwards.
            unsafe { sys::rd_kafka_message_destroy(message) };
        }
    }
    // SAFETY: taken above.
    unsafe { sys::rd_kafka_queue_destroy(queue) };
    tally.end()
}
