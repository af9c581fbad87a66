//! Two processes in one group.

use std::collections::BTreeSet;
use std::time::Duration;

use karafka_tests::faults::history::Event;
use karafka_tests::faults::program::PATIENCE;
use karafka_tests::faults::world::World;
use karafka_tests::kafka::bootstrap_servers;

use super::program;

const PARTITIONS: i32 = 6;

/// The partitions in which this process has begun records among the last `count` ones of all.
fn partitions_of(world: &World, process: i32, count: usize) -> BTreeSet<i32> {
    let by = |event: &Event| match event {
        Event::Begin { at, pid, .. } if *pid == process => Some(at.partition),
        _ => None,
    };
    world.history(|events| events.iter().rev().take(count).filter_map(by).collect()).unwrap()
}

#[test]
fn two_processes_share_the_partitions_and_one_that_leaves_hands_over_in_order() {
    hands_over_in_order("faults-shared");
}

#[test]
fn with_the_classic_protocol_too() {
    hands_over_in_order("faults-shared-classic");
}

fn hands_over_in_order(case: &'static str) {
    let world = World::create(program(), &bootstrap_servers(), case, PARTITIONS).unwrap();
    let feed = world.feed(200, Duration::from_millis(2)).unwrap();
    let owns = |process: i32, partitions: usize| {
        world.wait("such share of the partitions", PATIENCE, || {
            Ok((partitions_of(&world, process, 200).len() == partitions).then_some(()))
        })
    };
    let mut first = world.start("server", &[]).unwrap();
    owns(first.pid(), 6).unwrap();
    let mut second = world.start("server", &[]).unwrap();
    owns(second.pid(), 3).unwrap();
    owns(first.pid(), 3).unwrap();

    first.stop().unwrap();
    assert!(feed.is_running(), "the stop came while records were coming");
    owns(second.pid(), 6).unwrap();

    let produced = feed.end().unwrap();
    world.wait_for_all(PATIENCE).unwrap();
    second.stop().unwrap();
    world.all_committed().unwrap();
    let verdict = world.verdict().unwrap();
    assert!(verdict.is_clean(), "{verdict}");
    assert_eq!((verdict.handled as u64, verdict.repeated()), (produced, 0));
}
