//! The memory of records is bounded by one setting.

use std::path::Path;
use std::time::Duration;

use karafka_tests::faults::stuck::{Plan, run};
use karafka_tests::kafka::bootstrap_servers;

#[test]
fn forty_partitions_with_a_backlog_and_one_that_is_stuck_stay_within_the_setting() {
    let program = Path::new(env!("CARGO_BIN_EXE_faults_fixture"));
    let plan = Plan { stuck: Duration::from_secs(6), backlog: 512, memory: 48 };
    let figures = run(program, &bootstrap_servers(), plan).unwrap();
    assert_eq!(figures.handled, figures.produced);
}
