//! Memory: planned recycles, the hard limit, and what the kernel does.

use crate::config::MemoryLimit;
use crate::lifecycle::exit::Code;
use crate::os::Ending::{Exited, Signalled};
use crate::os::Signal::{SIGABRT, SIGKILL, SIGTERM};
use crate::swarm::death::{Cause, StopReason};
use crate::swarm::effect::Sequel;
use crate::swarm::event::Event;
use crate::swarm::plan::SwarmPlan;
use crate::swarm::report::Report;
use crate::vitals::Excess;

use super::s;
use crate::swarm::simulation::World;

const LIMIT: u64 = 1000;
const EXCESS: Excess = Excess { private: 1010, limit: LIMIT };

fn up(nodes: u32) -> World {
    World::up(SwarmPlan { nodes, memory_limit: MemoryLimit::Bytes(LIMIT), ..SwarmPlan::default() })
}

#[test]
fn a_node_that_recycles_itself_gets_the_time_of_a_stop_and_comes_back_at_once() {
    let mut world = up(1);
    world.pass(s(60));
    world.report(0, Report::RecycleWanted(EXCESS));
    world.pass(s(4));
    let (cause, sequel) = world.end(0, Exited(75)).unwrap();
    assert_eq!((cause, sequel), (Cause::Recycled, Sequel::RestartIn(s(0))));
    assert_eq!(world.deaths[0].0.excess, Some(EXCESS));
}

#[test]
fn a_recycle_that_does_not_end_is_ended_like_any_stop() {
    let mut world = up(1);
    let asked = world.now;
    world.report(0, Report::RecycleWanted(EXCESS));
    world.pass(s(40));
    let sent: Vec<_> =
        world.signals.iter().map(|(_, signal, at)| (*signal, at.saturating_sub(asked).as_secs())).collect();
    assert_eq!(sent, [(SIGTERM, 0), (SIGABRT, 25), (SIGKILL, 27)]);
    assert_eq!(world.end(0, Signalled(9)).unwrap().0, Cause::Restarted(StopReason::Recycle(EXCESS)));
}

#[test]
fn the_supervisor_ends_a_node_at_one_and_a_half_times_the_limit_and_not_before() {
    let mut world = up(2);
    world.weigh(0, LIMIT);
    world.weigh(0, LIMIT * 3 / 2);
    assert_eq!(world.signals, []);
    world.weigh(0, LIMIT * 3 / 2 + 1);
    assert_eq!(world.signals.len(), 1);
    let excess = Excess { private: LIMIT * 3 / 2 + 1, limit: LIMIT };
    assert_eq!(world.end(0, Exited(0)).unwrap().0, Cause::Restarted(StopReason::Memory(excess)));
}

#[test]
fn without_a_limit_nobody_is_too_large() {
    let mut world = World::up(SwarmPlan { nodes: 1, ..SwarmPlan::default() });
    world.weigh(0, u64::MAX);
    assert_eq!(world.signals, []);
}

#[test]
fn a_kill_by_the_kernel_is_a_crash_with_a_cause_of_its_own() {
    let mut world = up(2);
    let (cause, sequel) = world.end_of(0, Signalled(9), true).unwrap();
    assert_eq!(cause, Cause::OutOfMemory);
    assert!(matches!(sequel, Sequel::RestartIn(delay) if delay > s(0)));
    world.step(Event::Stop);
    assert_eq!(world.end_of(1, Signalled(9), true).unwrap().0, Cause::OutOfMemory);
    assert_eq!(world.exit, Some(Code::RuntimeError));
}
