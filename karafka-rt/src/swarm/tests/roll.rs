//! Rolling restarts, and restarts that an operator asks for.

use crate::os::Ending::Exited;
use crate::os::Signal::SIGTERM;
use crate::swarm::death::{Cause, StopReason};
use crate::swarm::effect::Sequel;
use crate::swarm::event::Event;
use crate::swarm::plan::SwarmPlan;
use crate::swarm::report::Report;
use crate::swarm::simulation::World;

use super::{ms, s};

fn joined(nodes: u32) -> World {
    let mut world = World::up(SwarmPlan { nodes, ..SwarmPlan::default() });
    for slot in 0..nodes {
        world.report(slot, Report::Joined);
    }
    world
}

fn told(world: &World) -> Vec<u32> {
    world.signals.iter().filter(|(_, signal, _)| *signal == SIGTERM).map(|(node, _, _)| node.slot).collect()
}

#[test]
fn the_next_node_leaves_when_the_last_one_has_joined() {
    let mut world = joined(3);
    world.step(Event::Roll);
    for slot in 0..3 {
        assert_eq!(told(&world), (0..=slot).collect::<Vec<_>>());
        assert_eq!(world.fleet.rolling(), Some(3 - slot as usize));
        let (cause, sequel) = world.end(slot, Exited(0)).unwrap();
        assert_eq!((cause, sequel), (Cause::Restarted(StopReason::Roll), Sequel::RestartIn(s(0))));
        world.pass(s(1));
        world.report(slot, Report::Up);
        world.pass(s(20));
        assert_eq!(told(&world).len() as u32, slot + 1, "up is not joined");
        world.report(slot, Report::Joined);
    }
    assert_eq!(world.fleet.rolling(), None);
}

#[test]
fn a_node_that_does_not_join_ends_the_roll_and_the_others_stay() {
    let mut world = joined(3);
    world.step(Event::Roll);
    world.end(0, Exited(0));
    world.pass(s(1));
    world.report(0, Report::Up);
    // The stop (20 s), the boot (60 s), and a minute to join.
    world.pass(s(138));
    assert_eq!(world.fleet.rolling(), Some(3));
    world.pass(s(2));
    assert_eq!((world.fleet.rolling(), told(&world)), (None, vec![0]));
    world.report(0, Report::Joined);
    world.pass(s(5));
    assert_eq!(told(&world), [0], "it is over, and does not begin again by itself");
}

#[test]
fn a_roll_waits_while_brokers_are_away_and_goes_on_by_itself() {
    let mut world = joined(2);
    world.step(Event::Roll);
    world.end(0, Exited(0));
    world.pass(s(1));
    world.report(0, Report::Up);
    for _ in 0..20 {
        world.pass(s(30));
        world.report(0, Report::Trouble("all brokers are down".into()));
    }
    assert_eq!((world.fleet.rolling(), told(&world)), (Some(2), vec![0]), "ten minutes later");
    world.report(0, Report::Joined);
    assert_eq!(told(&world), [0, 1]);
    world.end(1, Exited(0));
    world.pass(s(1));
    world.report(1, Report::Up);
    world.pass(s(300));
    assert_eq!(world.fleet.rolling(), None, "nobody complains, and it has not joined");
}

#[test]
fn a_roll_leaves_out_who_is_away_and_ends_with_the_swarm() {
    let mut world = joined(3);
    world.end(1, Exited(1));
    world.step(Event::Roll);
    world.step(Event::Roll);
    assert_eq!(world.fleet.rolling(), Some(2), "node 1 will be a new one anyway");
    world.step(Event::Stop);
    world.pass(ms(10));
    assert_eq!(world.fleet.rolling(), None);
    world.step(Event::Roll);
    assert_eq!(world.fleet.rolling(), None);
}

#[test]
fn an_operator_restarts_one_node_at_once_and_only_one_that_is_there() {
    let mut world = joined(2);
    for (slot, refused) in [(0, false), (1, false), (2, true)] {
        assert_eq!(world.fleet.refuses_restart(slot).is_some(), refused, "{slot}");
    }
    world.step(Event::Restart { slot: 1 });
    world.step(Event::Restart { slot: 7 });
    assert!(world.fleet.refuses_restart(1).is_some(), "it is leaving");
    assert_eq!(told(&world), [1]);
    let (cause, sequel) = world.end(1, Exited(0)).unwrap();
    assert_eq!((cause, sequel), (Cause::Restarted(StopReason::Operator), Sequel::RestartIn(s(0))));
}
