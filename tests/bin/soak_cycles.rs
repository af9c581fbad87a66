//! The long version of the test `cycles`: see `karafka_tests::faults::cycles`.

use std::process::ExitCode;

use karafka_tests::faults::{cycles, soak};
use karafka_tests::kafka::bootstrap_servers;

/// How often.
const ROUNDS: usize = 100;

fn main() -> ExitCode {
    soak::main(|program, seed| cycles::run(program, &bootstrap_servers(), ROUNDS, seed))
}
