//! A program like a user's, for what must go wrong with it. See `karafka_tests::faults::fixture`.

use std::process::ExitCode;

fn main() -> ExitCode {
    karafka_tests::faults::fixture::main()
}
