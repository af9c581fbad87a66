//! Brokers that come and go: see `karafka_tests::faults::brokers`. `--seconds` of faults (600), then `--outage` seconds without any
//! broker (300).

use std::process::ExitCode;

use karafka_tests::faults::world::PATIENT_GROUPS;
use karafka_tests::faults::{brokers, soak};
use karafka_tests::kafka::OwnCluster;

fn main() -> ExitCode {
    soak::main_with(&["seconds", "outage"], |program, options| {
        let (length, outage) = (options.seconds("seconds", 600)?, options.seconds("outage", 300)?);
        let cluster = OwnCluster::start("soak-brokers", 3, PATIENT_GROUPS)?;
        brokers::run(program, &cluster, length, outage, options.seed)
    })
}
