//! What loading before the fork saves: the memory of 1, 2, 4 and 8 nodes that all read one large table, measured while they work.
//!
//! ```sh
//! cargo run --release --example copy_on_write
//! cargo run --release --example copy_on_write -- --preload 1024 --chart target/memory.svg
//! ```
//!
//! Pages that were written before a fork are shared by all nodes until somebody writes to them. `PSS` of a process is what it has
//! alone plus its share of what it has with others, so the sum over a swarm counts every page once. The program prints the sums, draws
//! them, and ends with 1 when one more node costs more than a tenth of what was loaded.
//!
//! It brings an embedded broker; with `KARAFKA_BOOTSTRAP_SERVERS` it uses your cluster.

#![allow(clippy::print_stdout, reason = "the table is what it is run for")]

#[path = "copy_on_write/chart.rs"]
mod chart;
#[path = "copy_on_write/measure.rs"]
mod measure;
#[path = "copy_on_write/memory.rs"]
mod memory;

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use karafka_rt::message::Utf8;
use karafka_rt::prelude::*;

/// MiB that are loaded, for the swarm.
const PRELOAD: &str = "COPY_ON_WRITE_PRELOAD";
/// The folder in which each node writes how many records it has handled.
const PROGRESS: &str = "COPY_ON_WRITE_PROGRESS";
/// Steps through the table for one record.
const STEPS: usize = 500;

/// What is loaded once: numbers, each of which leads to another place of the table.
struct Table(Vec<u64>);

impl Table {
    fn load(mib: usize) -> Self {
        let length = (mib << 20) / size_of::<u64>();
        let mut next = 0x9e37_79b9_7f4a_7c15_u64;
        let numbers = (0..length).map(|_| {
            next ^= next << 13;
            next ^= next >> 7;
            next ^= next << 17;
            next
        });
        Self(numbers.collect())
    }

    /// Reads all over the table, so that every node really uses all of it.
    fn walk(&self, from: u64) -> u64 {
        (0..STEPS).fold(from, |at, _| self.0[at as usize % self.0.len()])
    }
}

static HANDLED: AtomicU64 = AtomicU64::new(0);

/// Looks something up for every record.
#[derive(Consumer)]
#[consumer(payload = String, codec = Utf8)]
struct LookUp {
    #[state]
    table: State<Table>,
}

impl ConsumeEach for LookUp {
    fn consume_each(&mut self, question: Message<'_, String>, _: &mut Context<'_>) -> Result {
        black_box(self.table.walk(question.payload()?.parse()?));
        HANDLED.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

routes! {
    mod questions as "copy-on-write";

    topic "questions" { consumer LookUp; }
}

fn main() -> ExitCode {
    if let Some(code) = karafka_rt::dev_broker::run_if_asked() {
        return code;
    }
    match std::env::var(PRELOAD).map(|mib| mib.parse::<usize>()) {
        Ok(Ok(mib)) => App::new(questions::ROUTES).state(move || Ok(Table::load(mib))).service(tell_progress).main(),
        Ok(Err(_)) => {
            eprintln!("`{PRELOAD}` must be a number of MiB");
            ExitCode::from(78)
        }
        Err(_) => match Options::read(std::env::args().skip(1)).and_then(|options| measure::run(&options)) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => {
                eprintln!("error: {error:#}");
                ExitCode::FAILURE
            }
        },
    }
}

/// Writes how many records this node has handled, until it stops.
fn tell_progress(node: &karafka_rt::Node) -> Result {
    let Some(folder) = std::env::var_os(PROGRESS).map(PathBuf::from) else { return Ok(()) };
    while !node.is_stopping() {
        std::fs::write(folder.join(node.slot().to_string()), HANDLED.load(Ordering::Relaxed).to_string())?;
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// What the command line says.
struct Options {
    /// MiB to load before the fork.
    preload: usize,
    /// Where the chart goes.
    chart: PathBuf,
}

impl Options {
    fn read(mut words: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut options = Self { preload: 512, chart: PathBuf::from("target/copy_on_write.svg") };
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| anyhow::anyhow!("`{word}` needs a value"))?;
            match word.as_str() {
                "--preload" => options.preload = value.parse()?,
                "--chart" => options.chart = PathBuf::from(value),
                _ => anyhow::bail!("unknown argument `{word}`, expected `--preload MIB` or `--chart PATH`"),
            }
        }
        anyhow::ensure!(options.preload > 0, "`--preload` must be at least 1");
        Ok(options)
    }
}
