//! Ten planted bugs, all of which must be caught: see `karafka_tests::faults::sabotage`.

use std::process::ExitCode;

use karafka_tests::faults::crash_points::QUICK_GROUPS;
use karafka_tests::faults::{sabotage, soak};
use karafka_tests::kafka::OwnCluster;

fn main() -> ExitCode {
    soak::main(|program, _| {
        let cluster = OwnCluster::start("soak-sabotage", 1, QUICK_GROUPS)?;
        sabotage::run(program, &cluster.description().bootstrap_servers)
    })
}
