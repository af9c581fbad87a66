//! The restart table, row by row, and the waits.

use std::time::Duration;

use crate::lifecycle::exit::Code;
use crate::os::Ending::{self, Exited, Signalled};
use crate::swarm::death::Cause;
use crate::swarm::effect::Sequel;
use crate::swarm::plan::{BackOff, SwarmPlan};
use crate::swarm::report::Report;

use super::{ms, s};
use crate::swarm::simulation::World;

fn plan(nodes: u32) -> SwarmPlan {
    let back_off = BackOff { jitter: 0.0, ..SwarmPlan::default().back_off };
    SwarmPlan { nodes, back_off, ..SwarmPlan::default() }
}

const fn restart_in(milliseconds: u64) -> Sequel {
    Sequel::RestartIn(ms(milliseconds))
}

/// Lets slot 0 live through `lives` (time up, `None` for never, and its ending), and expects the last death's story.
fn check(lives: &[(Option<Duration>, Ending)], cause: &Cause, sequel: Sequel) {
    let mut world = World::new(plan(2));
    let mut last = None;
    for &(up_for, ending) in lives {
        let mut waits = 0;
        while world.node(0).is_none() {
            world.pass(s(1));
            waits += 1;
            assert!(waits < 200, "slot 0 is not forked again");
        }
        if let Some(time) = up_for {
            world.report(0, Report::Up);
            world.pass(time);
        }
        last = world.end(0, ending);
    }
    assert_eq!(last, Some((cause.clone(), sequel)), "{lives:?}");
}

#[test]
fn every_row_of_the_restart_table() {
    let brief = Some(s(5));
    let long = Some(s(60));
    check(&[(brief, Exited(0))], &Cause::LeftByItself, restart_in(500));
    check(&[(brief, Exited(2))], &Cause::Crashed, restart_in(500));
    check(&[(long, Exited(75))], &Cause::Recycled, restart_in(0));
    check(&[(brief, Exited(75))], &Cause::Recycled, restart_in(500));
    check(&[(brief, Exited(76))], &Cause::Fenced, restart_in(8000));
    check(&[(long, Exited(76))], &Cause::Fenced, restart_in(8000));
    check(&[(None, Exited(78))], &Cause::Misconfigured, Sequel::GiveUp);
    check(&[(brief, Exited(78))], &Cause::Misconfigured, restart_in(500));
    check(&[(None, Exited(101))], &Cause::Crashed, restart_in(500));
    check(&[(brief, Exited(1))], &Cause::Crashed, restart_in(500));
    check(&[(brief, Exited(3))], &Cause::Crashed, restart_in(500));
    check(&[(brief, Signalled(9))], &Cause::Crashed, restart_in(500));
    check(&[(None, Signalled(11))], &Cause::Crashed, restart_in(500));
    check(&[(long, Signalled(40))], &Cause::Crashed, restart_in(500));
}

#[test]
fn waits_double_and_start_again_after_a_stable_life() {
    let crash = (Some(s(1)), Exited(1));
    check(&[crash; 2], &Cause::Crashed, restart_in(1000));
    check(&[crash; 5], &Cause::Crashed, restart_in(8000));
    check(&[crash; 9], &Cause::Crashed, restart_in(60_000));
    check(&[crash, crash, crash, (Some(s(59)), Exited(1))], &Cause::Crashed, restart_in(4000));
    check(&[crash, crash, crash, (Some(s(60)), Exited(1))], &Cause::Crashed, restart_in(500));
    check(&[crash, (Some(s(1)), Exited(76)), crash], &Cause::Crashed, restart_in(16_000));
}

#[test]
fn the_third_recycle_in_ten_minutes_backs_off() {
    let recycle = (Some(s(100)), Exited(75));
    check(&[recycle; 2], &Cause::Recycled, restart_in(0));
    check(&[recycle; 3], &Cause::Recycled, restart_in(500));
    let seldom = (Some(s(400)), Exited(75));
    check(&[seldom; 6], &Cause::Recycled, restart_in(0));
}

#[test]
fn jitter_spreads_the_wait_by_its_fraction() {
    let back_off = BackOff { base: ms(1000), cap: s(60), jitter: 0.2 };
    for (random, expect) in [(0.0, 800), (0.5, 1000), (0.75, 1100)] {
        assert_eq!(back_off.delay(0, random), ms(expect));
    }
    assert_eq!(back_off.delay(u32::MAX, 0.5), s(60));
    assert_eq!(BackOff { base: Duration::ZERO, ..back_off }.delay(9, 0.9), Duration::ZERO);
}

#[test]
fn failed_forks_back_off_by_themselves_and_recover() {
    let mut world = World::new(plan(1));
    world.forks_fail = true;
    world.pass(ms(7600));
    let times: Vec<_> = world.forks.iter().map(|(_, at)| at.as_millis() - 1_000_000).collect();
    assert_eq!(times, [1, 501, 1501, 3501, 7501]);
    world.forks_fail = false;
    world.pass(s(8));
    world.report(0, Report::Up);
    assert_eq!(world.end(0, Exited(1)), Some((Cause::Crashed, restart_in(500))), "the two back-offs are apart");
}

#[test]
fn a_swarm_that_never_comes_up_exits_70_and_not_too_early() {
    let mut world = World::new(plan(2));
    let started = world.now;
    while world.exit.is_none() {
        world.pass(ms(100));
        for slot in world.live() {
            world.end(slot, Exited(101));
        }
        assert!(world.now < started + s(120), "never gives up");
    }
    assert_eq!(world.exit, Some(Code::CannotRun));
    assert!(world.now >= started + s(30));
    assert!(world.deaths.len() >= 6, "each slot had three boots");
}

#[test]
fn a_swarm_that_was_up_once_never_gives_up() {
    let mut world = World::new(plan(2));
    world.pass(s(1));
    world.report(1, Report::Up);
    for _ in 0..5000 {
        world.pass(ms(500));
        for slot in world.live() {
            world.end(slot, Signalled(11));
        }
    }
    assert_eq!(world.exit, None);
    assert!(world.deaths.len() > 50);
}

#[test]
fn every_slot_misconfigured_exits_78_and_one_of_two_does_not() {
    let mut world = World::new(plan(2));
    world.pass(s(1));
    assert_eq!(world.end(0, Exited(78)), Some((Cause::Misconfigured, Sequel::GiveUp)));
    world.report(1, Report::Up);
    world.pass(s(200));
    assert_eq!((world.exit, world.live()), (None, vec![1]));

    let mut world = World::new(plan(2));
    world.pass(s(1));
    world.end(0, Exited(78));
    assert_eq!(world.exit, None);
    world.end(1, Exited(78));
    assert_eq!(world.exit, Some(Code::Configuration));
}
