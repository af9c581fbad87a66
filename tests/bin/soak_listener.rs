//! The long version of the test `listener`: a broker frozen for 20 s beside a handler that sleeps for 60 s.

use std::process::ExitCode;
use std::time::Duration;

use karafka_tests::faults::world::PATIENT_GROUPS;
use karafka_tests::faults::{listener, soak};
use karafka_tests::kafka::OwnCluster;

fn main() -> ExitCode {
    soak::main(|program, _| {
        let cluster = OwnCluster::start("soak-listener", 1, PATIENT_GROUPS)?;
        listener::run(program, &cluster, Duration::from_secs(20), Duration::from_mins(1))
    })
}
