//! TERM in the middle of a long handler call.

use std::collections::BTreeMap;
use std::time::Duration;

use karafka_tests::faults::fixture::WORK;
use karafka_tests::faults::history::Event;
use karafka_tests::faults::program::{PATIENCE, Program};
use karafka_tests::faults::world::World;
use karafka_tests::kafka::bootstrap_servers;
use nix::sys::signal::Signal;

use super::program;

/// Starts a server and sends TERM once its handler is in the middle of the first record.
fn stopped_in_a_handler(world: &World, budget: &str) -> Program {
    let server = world.start("server", &[("KARAFKA_SWARM__SHUTDOWN_TIMEOUT", budget)]).unwrap();
    let has_begun = |events: &[Event]| events.iter().any(|event| matches!(event, Event::Begin { .. })).then_some(());
    world.wait("handler call", PATIENCE, || world.history(has_begun)).unwrap();
    server.signal(Signal::SIGTERM).unwrap();
    assert_eq!(world.handled().unwrap(), 0, "TERM came too late: the handler had returned");
    server
}

#[test]
fn a_handler_that_returns_within_the_budget_is_finished_and_committed() {
    let world = World::create(program(), &bootstrap_servers(), "faults-stop-within", 1).unwrap();
    world.write(0, Duration::from_secs(2)).unwrap();
    let mut server = stopped_in_a_handler(&world, "30s");
    let (status, _) = server.exit(PATIENCE).unwrap();
    assert_eq!(status.code(), Some(0), "{}", server.log());
    assert_eq!(world.handled().unwrap(), 1);
    world.all_committed().unwrap();
}

#[test]
fn a_handler_beyond_the_budget_is_given_up_uncommitted_and_its_record_handled_by_the_next_start() {
    let world = World::create(program(), &bootstrap_servers(), "faults-stop-beyond", 1).unwrap();
    world.write(0, Duration::ZERO).unwrap();
    world.write(0, Duration::from_mins(10)).unwrap();
    world.write(0, Duration::ZERO).unwrap();
    let server = world.start("server", &[("KARAFKA_SWARM__SHUTDOWN_TIMEOUT", "1s")]).unwrap();
    let second = |events: &[Event]| {
        events.iter().any(|event| matches!(event, Event::Begin { at, .. } if at.offset == 1)).then_some(())
    };
    world.wait("call for the second record", PATIENCE, || world.history(second)).unwrap();
    let mut server = server;
    server.signal(Signal::SIGTERM).unwrap();
    let (status, took) = server.exit(PATIENCE).unwrap();
    let log = server.log();
    assert_eq!(status.code(), Some(2), "{log}");
    // Its budget, the last commit and leaving; then it does not wait for the handler.
    assert!(took < Duration::from_secs(10), "{took:?}");
    let topic = world.topic();
    for expect in
        [format!("uncommitted: {topic}[0] of group faults-stop-beyond"), format!("in its handler, {topic}/0 offset")]
    {
        assert!(log.contains(&expect), "expected `{expect}`, found {log}");
    }
    let committed = world.note_death(server.pid()).unwrap();
    assert!(committed.get(&0).is_none_or(|next| *next <= 1), "{committed:?}");

    let mut next = world.start("server", &[(WORK, "0")]).unwrap();
    world.wait_for_all(PATIENCE).unwrap();
    next.stop().unwrap();
    world.all_committed().unwrap();
    let verdict = world.verdict().unwrap();
    assert!(verdict.is_clean(), "{verdict}");
    assert!(verdict.explained[&server.pid()].iter().any(|at| at.offset == 1), "{verdict}");
    assert_eq!(verdict.handled, 3, "{verdict}");
    assert_ne!(committed, BTreeMap::from([(0, 3)]));
}
