//! The same block without Kafka: in the testing kit, with the same consumers, scripts and journal.

use std::time::Duration;

use karafka_rt::consumer::{Routes, Topic};
use karafka_rt::testing::{Harness, Stored};
use serde_json::{Value, json};

use crate::blocks::producing;
use crate::journal;

/// Longer than all back-offs and pauses of a scenario.
const ALL: Duration = Duration::from_secs(30);

/// A block's topic `in`, whose type differs from block to block.
#[derive(Clone, Copy)]
pub(crate) struct Inlet {
    partitions: fn(Harness, u32) -> Harness,
    deliver: fn(&mut Harness, i32, &[u8]),
    progress: fn(&mut Harness, i32) -> Option<i64>,
}

impl Inlet {
    pub(crate) const fn of<T: Topic>() -> Self {
        Self {
            partitions: |harness, count| harness.partitions::<T>(count),
            deliver: |harness, partition, payload| harness.deliver_bytes_to::<T>(partition, (), payload),
            progress: |harness, partition| harness.progress::<T>(partition),
        }
    }
}

/// Runs the scripts, one list for each partition, and writes what is left as one line.
pub(crate) fn run(routes: Routes, inlet: Inlet, scenario: &str) {
    let scripts: Vec<Vec<String>> = serde_json::from_str(scenario).expect("a list of payloads for each partition");
    let mut harness = (inlet.partitions)(Harness::new(routes), scripts.len() as u32);
    for (payloads, partition) in scripts.iter().zip(0..) {
        for payload in payloads {
            (inlet.deliver)(&mut harness, partition, payload.as_bytes());
        }
    }
    harness.advance(ALL);
    harness.stop();
    let progress: Vec<_> =
        (0..scripts.len() as i32).map(|partition| (inlet.progress)(&mut harness, partition)).collect();
    let dead: Vec<_> = harness.dead_letters().iter().map(stored).collect();
    let out: Vec<_> = harness.produced::<producing::Out>().iter().map(stored).collect();
    let result = json!({ "progress": progress, "dead": dead, "out": out });
    journal::write(json!({ "event": "kit", "partition": 0, "result": result }));
}

fn stored(record: &Stored) -> Value {
    let headers = record.headers().iter();
    let headers: Vec<_> = headers.map(|(name, value)| (name, value.as_deref().map(text))).collect();
    json!({ "key": record.key().map(text), "payload": record.bytes().map(text), "headers": headers })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
