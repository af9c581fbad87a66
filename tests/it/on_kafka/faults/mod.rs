//! Faults of processes and brokers, on a real Kafka and a program like a user's. One test a row of the fault matrix; those with a
//! long version (`cargo xtask soak NAME`) run the same scenario with smaller numbers.

mod boot;
mod ledger;
mod long;
mod orphans;
mod shared;
mod stop;

use std::path::Path;

/// The program under test.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_faults_fixture"))
}
