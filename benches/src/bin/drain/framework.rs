//! The framework: a server in this process, whose handlers count.

use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use karafka_benches::measure::Run;
use karafka_rt::prelude::*;

use super::{BUFFER_KIB, SETTINGS, Task};

/// The topic's name is known only at run time: the routes name it without its prefix.
const SUFFIX: &str = "records";

static PER_PARTITION: OnceLock<u64> = OnceLock::new();
static TOTAL: OnceLock<u64> = OnceLock::new();
static BEGAN: OnceLock<Instant> = OnceLock::new();
static COUNT: AtomicU64 = AtomicU64::new(0);
static SUM: AtomicU64 = AtomicU64::new(0);

/// Counts in its own fields; publishes once its partition is through.
#[derive(Default)]
struct Tally {
    count: u64,
    sum: u64,
}

impl Tally {
    fn record(&mut self, bytes: &[u8]) {
        if self.count == 0 {
            BEGAN.get_or_init(Instant::now);
        }
        self.count += 1;
        let number = bytes.first_chunk().map_or(u64::MAX, |chunk| u64::from_le_bytes(*chunk));
        self.sum = self.sum.wrapping_add(number);
        if Some(&self.count) == PER_PARTITION.get() {
            self.publish();
        }
    }

    fn publish(&self) {
        SUM.fetch_add(self.sum, Ordering::SeqCst);
        let count = COUNT.fetch_add(self.count, Ordering::SeqCst) + self.count;
        if Some(&count) == TOTAL.get() {
            Run::finish(count, SUM.load(Ordering::SeqCst), BEGAN.get().copied());
            // A signal to this very process, so that it stops in order.
            nix::sys::signal::raise(nix::sys::signal::Signal::SIGTERM).expect("a process may signal itself");
        }
    }
}

#[derive(Consumer)]
#[consumer(payload = Raw)]
struct Each {
    tally: Tally,
}

impl ConsumeEach for Each {
    fn consume_each(&mut self, message: Message<'_, Raw>, _cx: &mut Context<'_>) -> Result {
        self.tally.record(message.payload()?);
        Ok(())
    }
}

#[derive(Consumer)]
#[consumer(payload = Raw)]
struct Batches {
    tally: Tally,
}

impl Consume for Batches {
    fn consume(&mut self, batch: Batch<'_, Raw>, _cx: &mut Context<'_>) -> Result {
        for message in batch {
            self.tally.record(message.payload()?);
        }
        Ok(())
    }
}

karafka_rt::routes! {
    mod of_each as "drain-each";
    topic "records" { consumer Each; }
}

karafka_rt::routes! {
    mod of_batches as "drain-batches";
    topic "records" { consumer Batches; }
}

pub(crate) fn each(task: Task) -> ExitCode {
    run(App::new(of_each::ROUTES), task)
}

pub(crate) fn batches(task: Task) -> ExitCode {
    run(App::new(of_batches::ROUTES), task)
}

fn run(app: App, task: Task) -> ExitCode {
    let prefix = task.topic.strip_suffix(SUFFIX).expect("the topic is named for these routes").to_owned();
    PER_PARTITION.get_or_init(|| task.records / task.partitions as u64);
    TOTAL.get_or_init(|| task.records);
    app.server_by_default()
        .defaults(|defaults| {
            defaults.set("kafka.bootstrap.servers", &task.servers);
            defaults.set("application.topic_prefix", prefix);
            defaults.set("processing.partition_buffer", format!("{BUFFER_KIB}KiB"));
            defaults.set("telemetry.log", "warn");
            for (key, value) in SETTINGS.iter().filter(|(key, _)| *key != "isolation.level") {
                defaults.set(format!("kafka.consumer.{key}"), value);
            }
        })
        .run(["drain"])
}
