//! The long version of the test `frozen`: a broker frozen for 10 s under load.

use std::process::ExitCode;
use std::time::Duration;

use karafka_tests::faults::world::PATIENT_GROUPS;
use karafka_tests::faults::{frozen, soak};
use karafka_tests::kafka::OwnCluster;

fn main() -> ExitCode {
    soak::main(|program, _| {
        let cluster = OwnCluster::start("soak-frozen", 1, PATIENT_GROUPS)?;
        frozen::run(program, &cluster, Duration::from_secs(10))
    })
}
