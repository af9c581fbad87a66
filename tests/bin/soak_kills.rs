//! The long version of the test `kills`: see `karafka_tests::faults::kills`.

use std::process::ExitCode;

use karafka_tests::faults::{kills, soak};
use karafka_tests::kafka::bootstrap_servers;

/// How often.
const ROUNDS: usize = 20;

fn main() -> ExitCode {
    soak::main(|program, seed| kills::run(program, &bootstrap_servers(), ROUNDS, seed))
}
