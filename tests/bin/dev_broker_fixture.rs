//! Starts an embedded broker with the topics named `name:partitions`, prints where it is, and lives until its input ends.

#![allow(clippy::print_stdout, reason = "the address is what it is asked for")]

use std::io::Read as _;
use std::process::ExitCode;

use karafka_rt::dev_broker::{DevBroker, run_if_asked};

fn main() -> ExitCode {
    if let Some(code) = run_if_asked() {
        return code;
    }
    match hold() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn hold() -> anyhow::Result<()> {
    let mut broker = DevBroker::start()?;
    for topic in std::env::args().skip(1) {
        let (name, partitions) =
            topic.split_once(':').ok_or_else(|| anyhow::anyhow!("`{topic}` is no name:partitions"))?;
        broker.create_topic(name, partitions.parse()?)?;
    }
    println!("{}", broker.bootstrap_servers());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
