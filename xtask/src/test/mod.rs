//! `cargo xtask test`: every check of the workspace, against a real Apache Kafka, with one closing line that counts them all.
//!
//! Read [`run`] first: static checks, build, brokers, tests, verdict. `cargo test` is run in [`runner`]; what it
//! prints is read in [`libtest`] and counted in [`tally`], both pure. Measurements and long runs are not here: see `bench` and `soak`.

mod brokers;
mod libtest;
mod runner;
mod tally;

use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use self::brokers::Brokers;
use self::tally::Tally;
use crate::workspace;

/// Formatting, lints, docs, then unit, ui, doc and integration tests on a real Kafka.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Leaves out what needs Kafka, and counts it as skipped: for a short round while developing
    #[arg(long)]
    quick: bool,
    /// Fails when `Cargo.lock` would have to change
    #[arg(long)]
    locked: bool,
}

/// Longest time for all tests together; the whole run has 40 minutes on two cores.
const TEST_LIMIT: Duration = Duration::from_mins(30);
/// Tests that need brokers stand in modules of these names; a tidy test sees to it.
const NEEDS_KAFKA: [&str; 2] = ["on_kafka::", "live_tests::"];

/// A call of cargo that counts as one test.
struct Check {
    name: &'static str,
    words: &'static [&'static str],
    variable: Option<(&'static str, &'static str)>,
}

const BUILD: &str = "build (`cargo build`)";
const CHECKS: [Check; 4] = [
    Check { name: "formatting (`cargo fmt`)", words: &["fmt", "--all", "--check"], variable: None },
    Check {
        name: "lints (`cargo clippy`)",
        words: &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
        variable: None,
    },
    Check {
        name: "docs (`cargo doc`)",
        words: &["doc", "--workspace", "--no-deps"],
        variable: Some(("RUSTDOCFLAGS", "-D warnings")),
    },
    Check { name: BUILD, words: &["build", "--workspace", "--all-targets"], variable: None },
];

/// Runs everything that can be run, prints the closing line last, and says whether all was well.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let brokers = if arguments.quick { None } else { Some(Brokers::choose()?) };
    let mut tally = Tally::default();
    for check in &CHECKS {
        let good = check.run(arguments.locked)?;
        tally.count(check.name, good);
    }
    if tally.has_failed(BUILD) {
        tally.skip("all tests".into(), "they do not build".into());
    } else if let Err(error) = test(brokers, arguments.locked, &mut tally) {
        tally.fail(format!("the tests could not be run to their end: {error:#}"));
    }
    print!("{}", tally.closing());
    Ok(if tally.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Check {
    fn run(&self, locked: bool) -> anyhow::Result<bool> {
        let (command, rest) = self.words.split_first().expect("every check names a command of cargo");
        let mut cargo = workspace::cargo();
        // Formatting resolves no dependencies and knows no `--locked`.
        let locked = (locked && *command != "fmt").then_some("--locked");
        cargo.arg(command).args(locked).args(rest).envs(self.variable);
        println!("\n=== {}", self.name);
        let begin = Instant::now();
        let status = cargo.stdin(Stdio::null()).status();
        let good = status.with_context(|| format!("cannot run cargo for {}", self.name))?.success();
        println!("=== {}: {} after {} s", self.name, if good { "ok" } else { "FAILED" }, begin.elapsed().as_secs());
        Ok(good)
    }
}

fn test(brokers: Option<Brokers>, locked: bool, tally: &mut Tally) -> anyhow::Result<()> {
    let mut cargo = workspace::cargo();
    cargo.args(["test", "--workspace", "--no-fail-fast"]).args(locked.then_some("--locked")).arg("--");
    match &brokers {
        None => _ = cargo.args(NEEDS_KAFKA.iter().flat_map(|module| ["--skip", module])),
        Some(Brokers::Named(_)) => {}
        Some(Brokers::Local) => println!("\n=== starting a local Kafka"),
    }
    let running = brokers.map(Brokers::start).transpose()?;
    if let Some(running) = &running {
        println!("\n=== tests, on {running}");
        cargo.envs(running.variables());
    } else {
        println!("\n=== tests, without Kafka");
    }
    runner::run(&mut cargo, TEST_LIMIT, tally)?;
    running.map_or(Ok(()), brokers::Running::end)
}
