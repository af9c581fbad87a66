//! What a stuck partition costs its siblings: one of five partitions is stuck in its handler, or fails every attempt, and the
//! other four are drained. Compared with the same four while the fifth is empty.
//!
//! Cases are interleaved, each run in a process of its own with the default settings and as many workers as cores. A run counts
//! the siblings' records and adds up their numbers.
//!
//! `cargo xtask bench stuck -- --records 2000000`
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "stuck/program.rs"]
mod program;

use std::process::ExitCode;

use anyhow::Context as _;
use karafka_benches::figures::{Spread, write_json};
use karafka_benches::fill::{Fill, rewind};
use karafka_benches::measure::{Run, in_child};
use karafka_benches::options::{number, option};
use serde::Serialize;

const PARTITIONS: u64 = 5;
const CASES: &[&str] = &["none", "stuck", "retrying"];

#[derive(Serialize)]
struct Row {
    case: &'static str,
    siblings_records_per_second: Spread,
    runs: Vec<Run>,
}

#[derive(Serialize)]
struct Result {
    records_of_siblings: u64,
    bytes: usize,
    partitions: u64,
    rows: Vec<Row>,
    /// Median over that of `none`.
    ratio_stuck: f64,
    ratio_retrying: f64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(case) = option(&arguments, "--role") {
        return program::run(&case, &arguments);
    }
    match compare(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stuck: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn compare(arguments: &[String]) -> anyhow::Result<()> {
    let servers = std::env::var("BENCH_BOOTSTRAP_SERVERS").context("BENCH_BOOTSTRAP_SERVERS names no brokers")?;
    let (records, bytes) = (number(arguments, "--records", 2_000_000)?, number(arguments, "--bytes", 100)? as usize);
    let runs = number(arguments, "--runs", 5)?;
    let records = records - records % PARTITIONS;
    let topic = format!("stuck-{}.records", std::process::id());
    let fill = Fill { topic, partitions: PARTITIONS as i32, records, bytes };
    eprintln!("filling {} with {records} records of {bytes} bytes", fill.topic);
    fill.write(&servers)?;
    // Records go round the partitions, so partition 0 has the multiples of five.
    let siblings = records / PARTITIONS * (PARTITIONS - 1);
    let of_first: u64 = (0..records / PARTITIONS).map(|index| index * PARTITIONS).sum();
    let checksum = fill.checksum() - of_first;
    let mut measured: Vec<Vec<Run>> = CASES.iter().map(|_| Vec::new()).collect();
    // The first round warms the broker's page cache and is not counted.
    for round in 0..=runs {
        for (case, runs) in CASES.iter().zip(&mut measured) {
            let arguments = ["--role", case, "--servers", &servers, "--topic", &fill.topic].map(str::to_owned);
            let arguments: Vec<String> =
                arguments.into_iter().chain(["--siblings".to_owned(), siblings.to_string()]).collect();
            let arguments: Vec<String> =
                arguments.into_iter().chain(["--round".to_owned(), round.to_string()]).collect();
            rewind(&servers, "stuck", &fill)?;
            let run = in_child(&arguments, siblings, checksum)?;
            eprintln!("round {round}: {case}: {:.2} M/s", run.rate() / 1e6);
            if round > 0 {
                runs.push(run);
            }
        }
    }
    report(siblings, bytes, measured, option(arguments, "--json").as_deref())
}

fn report(siblings: u64, bytes: usize, measured: Vec<Vec<Run>>, json: Option<&str>) -> anyhow::Result<()> {
    let row = |(case, runs): (&&'static str, Vec<Run>)| Row {
        case,
        siblings_records_per_second: Spread::of(runs.iter().map(Run::rate)),
        runs,
    };
    let rows: Vec<Row> = CASES.iter().zip(measured).map(row).collect();
    println!("{:<12} {:>14} {:>8} {:>8}", "fifth", "siblings M/s", "min", "max");
    for row in &rows {
        let Spread { median, min, max } = row.siblings_records_per_second;
        println!("{:<12} {:>14.2} {:>8.2} {:>8.2}", row.case, median / 1e6, min / 1e6, max / 1e6);
    }
    let median = |index: usize| rows[index].siblings_records_per_second.median;
    let (ratio_stuck, ratio_retrying) = (median(1) / median(0), median(2) / median(0));
    println!("siblings of a stuck partition: {ratio_stuck:.2} x, of a retrying one: {ratio_retrying:.2} x");
    let result =
        Result { records_of_siblings: siblings, bytes, partitions: PARTITIONS, rows, ratio_stuck, ratio_retrying };
    write_json(json, &result)
}
