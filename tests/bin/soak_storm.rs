//! The long version of the test `storm`: one storm for KIP-848 and one for classic cooperative groups (the runtime has no eager ones),
//! `--seconds` long each (60). `--case` runs one of them.

use std::process::ExitCode;
use std::time::Duration;

use karafka_tests::faults::clerk::{AUTOMATIC, CLASSIC};
use karafka_tests::faults::soak;
use karafka_tests::faults::storm::{Storm, run};
use karafka_tests::kafka::bootstrap_servers;

/// Between two changes of the group.
const EVERY: Duration = Duration::from_millis(300);

fn main() -> ExitCode {
    soak::main_with(&["seconds", "case"], |program, options| {
        let length = options.seconds("seconds", 60)?;
        let storms = [AUTOMATIC[4], CLASSIC[0]].map(|case| Storm { case, length, every: EVERY });
        let chosen = storms.into_iter().filter(|storm| options.text("case").is_none_or(|case| case == storm.case));
        let chosen: Vec<Storm> = chosen.collect();
        anyhow::ensure!(!chosen.is_empty(), "`--case` is one of {:?}", storms.map(|storm| storm.case));
        chosen
            .into_iter()
            .map(|storm| run(program, &bootstrap_servers(), storm, options.seed))
            .collect::<anyhow::Result<Vec<_>>>()
    })
}
