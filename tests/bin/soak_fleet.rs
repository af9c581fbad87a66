//! A swarm over many lives, simulated and real: see `karafka_tests::faults::fleet`. Needs no Kafka.

use std::process::ExitCode;
use std::time::Duration;

use karafka_tests::faults::fleet::{self, Amount};
use karafka_tests::faults::soak;

const AMOUNT: Amount = Amount {
    events: 20_000_000,
    events_of_many: 500_000,
    restarts: 1000,
    node_kills: 300,
    supervisor_kills: 30,
    idle: Duration::from_secs(30),
};

fn main() -> ExitCode {
    if fleet::is_asked_for() {
        return fleet::main();
    }
    soak::main(|program, seed| fleet::run(program, AMOUNT, seed))
}
