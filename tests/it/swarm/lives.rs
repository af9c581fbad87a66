//! Many lives of one swarm, in small: `cargo xtask soak fleet` is the long version.

use std::path::Path;
use std::time::Duration;

use karafka_tests::faults::fleet::{self, Amount};

#[test]
fn lives_that_come_and_go_leave_nothing_behind() {
    let amount = Amount {
        events: 100_000,
        events_of_many: 1_000,
        restarts: 40,
        node_kills: 20,
        supervisor_kills: 3,
        idle: Duration::from_secs(2),
    };
    let figures = fleet::run(Path::new(env!("CARGO_BIN_EXE_soak_fleet")), amount, 1).unwrap();
    println!("{figures:#}");
}
