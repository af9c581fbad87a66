//! Stopping: the budget, the escalation, the codes.

use std::time::Duration;

use crate::lifecycle::exit::Code;
use crate::os::Ending::{self, Exited, Signalled};
use crate::os::Signal::{self, SIGABRT, SIGKILL, SIGTERM, SIGTSTP};
use crate::swarm::death::Cause;
use crate::swarm::effect::Sequel;
use crate::swarm::event::Event;
use crate::swarm::plan::SwarmPlan;
use crate::swarm::report::Report;
use crate::vitals::Survey;

use super::{ms, s};
use crate::swarm::simulation::World;

fn plan(nodes: u32) -> SwarmPlan {
    SwarmPlan { nodes, ..SwarmPlan::default() }
}

/// The signals sent since `since`, as (slot, signal, seconds after).
fn signals(world: &World, since: Duration) -> Vec<(u32, Signal, u64)> {
    let later = world.signals.iter().filter(|(_, _, at)| *at >= since);
    later.map(|(node, signal, at)| (node.slot, *signal, at.saturating_sub(since).as_secs())).collect()
}

/// Stops a fleet of one node that is up; it ends like this after `after`. Expects this cause and this code of the whole.
fn check(after: Duration, ending: Ending, cause: &Cause, code: Code) {
    let mut world = World::up(plan(1));
    world.step(Event::Stop);
    world.pass(after);
    assert_eq!(world.end(0, ending), Some((cause.clone(), Sequel::None)));
    assert_eq!(world.exit, Some(code), "{ending:?} after {after:?}");
}

#[test]
fn an_ending_in_the_stop_decides_the_code_of_the_whole() {
    check(s(1), Exited(0), &Cause::AsCommanded, Code::Clean);
    check(s(23), Exited(2), &Cause::ForcedStop, Code::ForcedStop);
    check(s(1), Exited(75), &Cause::AsCommanded, Code::Clean);
    check(s(1), Exited(101), &Cause::Crashed, Code::RuntimeError);
    check(s(1), Exited(76), &Cause::Fenced, Code::RuntimeError);
    check(s(1), Signalled(9), &Cause::Crashed, Code::RuntimeError);
    check(s(26), Signalled(6), &Cause::ForcedStop, Code::ForcedStop);
    check(ms(27_500), Signalled(9), &Cause::ForcedStop, Code::ForcedStop);
}

#[test]
fn pressure_rises_by_the_table_and_the_supervisor_leaves_in_time() {
    let mut world = World::up(plan(2));
    let stop = world.now;
    world.step(Event::Stop);
    world.pass(s(3));
    world.end(1, Exited(0));
    world.pass(s(60));
    assert_eq!(
        signals(&world, stop),
        [(0, SIGTERM, 0), (1, SIGTERM, 0), (0, SIGABRT, 25), (0, SIGKILL, 27)],
        "D + 5 s and D + 7 s"
    );
    assert_eq!(world.exit, Some(Code::ForcedStop));
    assert_eq!(world.now, stop + s(28), "gone by D + 8 s, even from a process that KILL does not end");
}

#[test]
fn a_repeated_stop_asks_nobody_twice_and_nothing_is_forked() {
    let mut world = World::new(plan(8));
    world.pass(ms(45));
    assert_eq!(world.live().len(), 5, "the pace lets five through");
    let stop = world.now;
    world.step(Event::Stop);
    world.pass(s(2));
    world.step(Event::Stop);
    assert_eq!(signals(&world, stop).len(), 5);
    for slot in world.live() {
        world.end(slot, Exited(0));
    }
    assert_eq!((world.exit, world.forks.len()), (Some(Code::Clean), 5));
}

#[test]
fn a_frozen_process_is_killed_at_once_but_only_in_a_stop() {
    let mut world = World::up(plan(2));
    world.survey(0, true, Survey::default());
    assert_eq!(world.signals, []);
    let stop = world.now;
    world.step(Event::Stop);
    world.survey(0, true, Survey::default());
    world.survey(0, true, Survey::default());
    world.survey(1, false, Survey::default());
    assert_eq!(signals(&world, stop), [(0, SIGTERM, 0), (1, SIGTERM, 0), (0, SIGKILL, 0)]);
    assert_eq!(world.end(0, Signalled(9)), Some((Cause::ForcedStop, Sequel::None)));
    world.end(1, Exited(0));
    assert_eq!(world.exit, Some(Code::ForcedStop));
}

#[test]
fn stopping_now_kills_whatever_state_a_node_is_in() {
    let mut world = World::new(plan(3));
    world.pass(s(1));
    world.report(0, Report::Up);
    world.report(1, Report::Up);
    world.report(1, Report::Unhealthy("tired".into()));
    let now = world.now;
    world.step(Event::StopNow);
    let killed: Vec<_> = signals(&world, now).into_iter().filter(|(_, signal, _)| *signal == SIGKILL).collect();
    assert_eq!(killed, [(0, SIGKILL, 0), (1, SIGKILL, 0), (2, SIGKILL, 0)]);
    for slot in [0, 1, 2] {
        world.end(slot, Signalled(9));
    }
    assert_eq!(world.exit, Some(Code::ForcedStop));
}

#[test]
fn stopping_with_every_slot_waiting_exits_at_once() {
    let mut world = World::up(plan(1));
    world.end(0, Exited(1));
    world.step(Event::Stop);
    assert_eq!((world.exit, world.forks.len()), (Some(Code::Clean), 1));
}

#[test]
fn a_node_that_comes_up_in_a_quiet_swarm_is_told() {
    let mut world = World::up(plan(2));
    let quiet = world.now;
    world.step(Event::Quiet);
    assert_eq!(signals(&world, quiet), [(0, SIGTSTP, 0), (1, SIGTSTP, 0)]);
    world.end(1, Exited(1));
    world.pass(s(1));
    let forked = world.now;
    world.report(1, Report::Up);
    assert_eq!(signals(&world, forked), [(1, SIGTSTP, 0)]);
}

#[test]
fn a_supervisor_that_slept_through_the_stop_gives_its_nodes_the_rest_of_their_time() {
    let mut world = World::up(plan(1));
    let stop = world.now;
    world.step(Event::Stop);
    world.pass(s(2));
    world.now += s(600);
    world.step(Event::Woke);
    assert_eq!(signals(&world, stop), [(0, SIGTERM, 0)]);
    world.pass(s(30));
    assert_eq!(signals(&world, stop), [(0, SIGTERM, 0), (0, SIGABRT, 625), (0, SIGKILL, 627)]);
}
