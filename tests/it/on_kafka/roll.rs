//! A rolling restart under load: nothing lost, nothing repeated, never two nodes away.

use karafka_tests::faults::program::until;

use super::killers::{PATIENCE, Run};

const NODES: usize = 4;
const RECORDS: usize = 4_000;

#[test]
fn four_nodes_are_started_anew_one_by_one_and_no_record_is_lost_or_repeated() {
    let records = vec![vec!["slow"; RECORDS]; NODES];
    let mut run = Run::start("roll", &records, &[("KARAFKA_SWARM__NODES", "4")], None);
    let joined = until(PATIENCE, || (run.count("has joined its groups") == NODES).then_some(()));
    assert!(joined.is_some(), "{}", run.program.log());
    let before = run.handled().len();
    let answer = run.operate(&["ctl", "roll"]);
    assert!(answer.contains("one by one"), "{answer}");
    run.program.says("the rolling restart is done: 4 nodes were started anew").unwrap();
    let during = run.handled().len() - before;
    assert!(during > 0 && before + during < NODES * RECORDS, "it was not under load: {before}, then {during}");
    assert!(run.operate(&["status"]).contains("nothing is wrong"), "{}", run.operate(&["status"]));

    run.wait_handled(NODES * RECORDS);
    run.program.stop().unwrap();
    let (handled, log) = (run.handled(), run.program.log());
    let repeated = handled.values().filter(|&&times| times > 1).count();
    assert_eq!((handled.len(), repeated, run.dead().len()), (NODES * RECORDS, 0, 0), "{log}");
    for slot in 0..NODES {
        assert!(log.contains(&format!("node {slot} (incarnation 2) has joined its groups")), "{log}");
    }
}
