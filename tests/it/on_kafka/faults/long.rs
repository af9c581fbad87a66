//! The short versions of the soaks.

use std::time::Duration;

use karafka_tests::faults::world::PATIENT_GROUPS;
use karafka_tests::faults::{cycles, frozen, kills, listener};
use karafka_tests::kafka::{OwnCluster, bootstrap_servers};

use super::program;

/// Where the random choices of the short versions start: the same in every run.
const SEED: u64 = 1;

#[test]
fn three_killed_nodes_lose_nothing_and_repeat_only_what_was_in_flight() {
    let figures = kills::run(program(), &bootstrap_servers(), 3, SEED).unwrap();
    assert_eq!((figures.kills.len(), figures.lost, figures.unexplained), (3, 0, 0));
    assert_eq!(figures.handled as u64, figures.produced);
    assert!(figures.repeated <= figures.kills.iter().map(|kill| kill.in_flight).sum(), "{figures:?}");
}

#[test]
fn five_orderly_stops_lose_nothing_and_repeat_nothing() {
    let figures = cycles::run(program(), &bootstrap_servers(), 5, SEED).unwrap();
    assert_eq!((figures.lost, figures.repeated, figures.handled as u64), (0, 0, figures.produced));
}

#[test]
fn a_frozen_broker_restarts_no_node_and_repeats_nothing() {
    let cluster = OwnCluster::start("it-frozen", 1, PATIENT_GROUPS).unwrap();
    let figures = frozen::run(program(), &cluster, Duration::from_secs(10)).unwrap();
    assert_eq!((figures.restarts, figures.lost, figures.repeated), (0, 0, 0));
    assert_eq!(figures.handled as u64, figures.produced);
}

#[test]
fn the_listener_waits_neither_for_a_frozen_broker_nor_for_a_handler() {
    let cluster = OwnCluster::start("it-listener", 1, PATIENT_GROUPS).unwrap();
    let figures = listener::run(program(), &cluster, Duration::from_secs(3), Duration::from_secs(5)).unwrap();
    assert!(figures.longest_gap < 1_000, "{figures:?}");
    assert_eq!(figures.handled as u64, figures.produced);
}
