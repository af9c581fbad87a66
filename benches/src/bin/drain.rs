//! How fast records reach a handler that does nothing, and what that costs per record.
//!
//! Contenders, interleaved, each run in a process of its own: the framework (`ConsumeEach` and `Consume`, `Raw` payload),
//! `BaseConsumer::poll`, and `rd_kafka_consume_batch_queue` called directly. All have the same librdkafka settings; the raw
//! ones get their partitions by hand, so they pay for no group. Every run counts its records and adds up their numbers; a run
//! that lost or doubled a record ends the benchmark.
//!
//! `cargo xtask bench drain -- --records 3000000 --bytes 100`
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "drain/framework.rs"]
mod framework;
#[path = "drain/raw.rs"]
mod raw;

use std::process::ExitCode;

use anyhow::Context as _;
use karafka_benches::figures::{Spread, write_json};
use karafka_benches::fill::{Fill, rewind};
use karafka_benches::measure::{Run, in_child};
use karafka_benches::options::{number, option};
use serde::Serialize;

/// librdkafka properties that every contender has. The framework's own defaults, written out.
pub(crate) const SETTINGS: &[(&str, &str)] = &[
    ("fetch.queue.backoff.ms", "10"),
    ("fetch.wait.max.ms", "100"),
    ("fetch.max.bytes", "8388608"),
    ("check.crcs", "true"),
    ("isolation.level", "read_committed"),
];
/// Bytes fetched ahead: for each partition's queue in the framework, for the one queue of the raw ones, which is what
/// `queued.max.messages.kbytes` means there. The raw ones get the sum.
pub(crate) const BUFFER_KIB: u64 = 4096;

const CONTENDERS: &[&str] = &["framework, each", "framework, batches", "BaseConsumer::poll", "batch FFI"];

#[derive(Serialize)]
struct Row {
    contender: &'static str,
    records_per_second: Spread,
    cpu_nanoseconds_per_record: Spread,
    runs: Vec<Run>,
}

#[derive(Serialize)]
struct Result {
    records: u64,
    bytes: usize,
    partitions: i32,
    settings: &'static [(&'static str, &'static str)],
    buffer_kib_per_partition: u64,
    librdkafka: String,
    rows: Vec<Row>,
    /// Medians of `framework, each` over those of the raw contenders.
    ratio_to_poll: f64,
    ratio_to_batch: f64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(role) = option(&arguments, "--role") {
        return contender(&role, &arguments);
    }
    match compare(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("drain: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn compare(arguments: &[String]) -> anyhow::Result<()> {
    let servers = std::env::var("BENCH_BOOTSTRAP_SERVERS").context("BENCH_BOOTSTRAP_SERVERS names no brokers")?;
    let (records, bytes) = (number(arguments, "--records", 3_000_000)?, number(arguments, "--bytes", 100)? as usize);
    let (partitions, runs) = (number(arguments, "--partitions", 5)? as i32, number(arguments, "--runs", 5)?);
    let topic = format!("drain-{}.records", std::process::id());
    let fill = Fill { topic, partitions, records: records - records % partitions as u64, bytes };
    eprintln!("filling {} with {} records of {bytes} bytes", fill.topic, fill.records);
    fill.write(&servers)?;
    let mut measured: Vec<Vec<Run>> = CONTENDERS.iter().map(|_| Vec::new()).collect();
    // The first round warms the broker's page cache and is not counted.
    for round in 0..=runs {
        for (contender, runs) in CONTENDERS.iter().zip(&mut measured) {
            if let Some(group) = group_of(contender) {
                rewind(&servers, group, &fill)?;
            }
            let run = in_child(&child_arguments(contender, &servers, &fill, round), fill.records, fill.checksum())?;
            eprintln!("round {round}: {contender}: {:.2} M/s, {:.0} ns", run.rate() / 1e6, run.cpu_nanoseconds());
            if round > 0 {
                runs.push(run);
            }
        }
    }
    report(&fill, measured, option(arguments, "--json").as_deref())
}

/// The framework's groups are named in its routes.
fn group_of(contender: &str) -> Option<&'static str> {
    match contender {
        "framework, each" => Some("drain-each"),
        "framework, batches" => Some("drain-batches"),
        _ => None,
    }
}

fn child_arguments(contender: &str, servers: &str, fill: &Fill, round: u64) -> Vec<String> {
    let pairs = [
        ("--role", contender.to_owned()),
        ("--servers", servers.to_owned()),
        ("--topic", fill.topic.clone()),
        ("--records", fill.records.to_string()),
        ("--partitions", fill.partitions.to_string()),
        ("--round", round.to_string()),
    ];
    pairs.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect()
}

fn contender(role: &str, arguments: &[String]) -> ExitCode {
    let text = |name: &str| option(arguments, name).expect("the parent gives every argument");
    let number = |name: &str| text(name).parse().expect("the parent gives numbers");
    let task = Task {
        servers: text("--servers"),
        topic: text("--topic"),
        records: number("--records"),
        partitions: number("--partitions") as i32,
        round: number("--round"),
    };
    match role {
        "framework, each" => framework::each(task),
        "framework, batches" => framework::batches(task),
        "BaseConsumer::poll" => raw::poll(&task),
        "batch FFI" => raw::batch(&task),
        other => panic!("there is no contender `{other}`"),
    }
}

/// What a contender has to do.
pub(crate) struct Task {
    pub(crate) servers: String,
    pub(crate) topic: String,
    pub(crate) records: u64,
    pub(crate) partitions: i32,
    pub(crate) round: u64,
}

fn report(fill: &Fill, measured: Vec<Vec<Run>>, json: Option<&str>) -> anyhow::Result<()> {
    let rows: Vec<Row> = CONTENDERS
        .iter()
        .zip(measured)
        .map(|(contender, runs)| Row {
            contender,
            records_per_second: Spread::of(runs.iter().map(Run::rate)),
            cpu_nanoseconds_per_record: Spread::of(runs.iter().map(Run::cpu_nanoseconds)),
            runs,
        })
        .collect();
    println!("{:<20} {:>8} {:>8} {:>8}   {:>8}", "", "M/s", "min", "max", "ns CPU");
    for row in &rows {
        let Spread { median, min, max } = row.records_per_second;
        let (median, min, max) = (median / 1e6, min / 1e6, max / 1e6);
        let cpu = row.cpu_nanoseconds_per_record.median;
        println!("{:<20} {median:>8.2} {min:>8.2} {max:>8.2}   {cpu:>8.0}", row.contender);
    }
    let median = |index: usize| rows[index].records_per_second.median;
    let (ratio_to_poll, ratio_to_batch) = (median(0) / median(2), median(0) / median(3));
    println!("framework, each: {ratio_to_poll:.2} x BaseConsumer::poll, {ratio_to_batch:.2} x batch FFI");
    let result = Result {
        records: fill.records,
        bytes: fill.bytes,
        partitions: fill.partitions,
        settings: SETTINGS,
        buffer_kib_per_partition: BUFFER_KIB,
        librdkafka: rdkafka::util::get_rdkafka_version().1,
        rows,
        ratio_to_poll,
        ratio_to_batch,
    };
    write_json(json, &result)
}
