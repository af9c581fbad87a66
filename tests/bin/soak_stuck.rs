//! The long version of the test `stuck`: 40 partitions with records of 1 KiB, one of them stuck for `--seconds` (300);
//! `--backlog` records in front of each (4,096), `--memory` mebibytes (64).

use std::process::ExitCode;

use karafka_tests::faults::soak;
use karafka_tests::faults::stuck::{Plan, run};
use karafka_tests::kafka::bootstrap_servers;

fn main() -> ExitCode {
    soak::main_with(&["seconds", "backlog", "memory"], |program, options| {
        let plan = Plan {
            stuck: options.seconds("seconds", 300)?,
            backlog: options.number("backlog", 4_096)? as u32,
            memory: options.number("memory", 64)?,
        };
        run(program, &bootstrap_servers(), plan)
    })
}
