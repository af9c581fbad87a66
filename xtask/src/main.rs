//! `cargo xtask ..`: provisioning, checks and measurements of this workspace as plain Rust.

// A task runner talks to its user.
#![allow(clippy::print_stdout)]

mod kafka;
mod measure;
mod stat;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about, version, max_term_width = 110)]
enum Task {
    /// A real Apache Kafka on loopback, for tests and a first look
    Kafka(kafka::Arguments),
    /// Every test of the workspace, on a real Kafka
    Test(test::Arguments),
    /// A benchmark, on a local Kafka; its figures go to `benches/results/NAME.json`
    Bench(measure::BenchArguments),
    /// A long run under faults, on a local Kafka; its figures go to `tests/results/NAME.json`
    Soak(measure::SoakArguments),
}

fn main() -> ExitCode {
    workspace::program();
    let done = match Task::parse() {
        Task::Kafka(arguments) => arguments.run().map(|()| ExitCode::SUCCESS),
        Task::Test(arguments) => test::run(&arguments),
        Task::Bench(arguments) => arguments.run().map(|()| ExitCode::SUCCESS),
        Task::Soak(arguments) => arguments.run().map(|()| ExitCode::SUCCESS),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
