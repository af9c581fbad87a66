//! Watching: boots, health, and a supervisor that did not run itself.

use crate::os::Ending::{Exited, Signalled};
use crate::os::Signal::{SIGABRT, SIGKILL, SIGTERM};
use crate::swarm::death::{Cause, StopReason};
use crate::swarm::effect::Sequel;
use crate::swarm::event::Event;
use crate::swarm::plan::SwarmPlan;
use crate::swarm::report::Report;
use crate::vitals::{Job, JobKind, LateJob, Remains, Silence, Survey};

use super::{ms, s};
use crate::swarm::simulation::World;

fn plan(nodes: u32) -> SwarmPlan {
    let topics = ["a", "b", "orders"].map(str::to_owned).to_vec();
    SwarmPlan { nodes, topics, ..SwarmPlan::default() }
}

fn job() -> Job {
    Job {
        kind: JobKind::Handler,
        topic: 2,
        partition: 7,
        offset: 41,
        attempt: 1,
        budget: Some(s(30)),
        ..Job::of_kind(JobKind::Handler)
    }
}

/// Surveys node 0 of two that are up, after they have been up for 100 s, and expects this reason to restart it.
fn check(survey: impl FnOnce(&World) -> Survey, reason: Option<StopReason>) {
    let mut world = World::up(plan(2));
    world.pass(s(100));
    let survey = survey(&world);
    world.survey(0, false, survey);
    assert_eq!(world.signals.len(), usize::from(reason.is_some()), "{reason:?}");
    if let Some(reason) = reason {
        assert_eq!((world.signals[0].0.slot, world.signals[0].1), (0, SIGTERM));
        let (cause, sequel) = world.end(0, Exited(0)).unwrap();
        assert_eq!(cause, Cause::Restarted(reason));
        assert!(matches!(sequel, Sequel::RestartIn(delay) if delay >= ms(400)));
    }
}

fn silent_since(since: std::time::Duration) -> Survey {
    Survey { silence: Some(Silence { listener: 1, since }), late: None }
}

#[test]
fn a_silent_listener_and_a_late_job_restart_their_node_and_less_does_not() {
    check(|_| Survey::default(), None);
    check(|world| silent_since(world.now.saturating_sub(ms(29_900))), None);
    check(|world| silent_since(world.now.saturating_sub(s(30))), Some(StopReason::Silent { listener: 1, time: s(30) }));
    check(|world| Survey { silence: None, late: Some(LateJob { job: job(), due: world.now }) }, None);
    let late = |world: &World| Survey {
        silence: None,
        late: Some(LateJob { job: job(), due: world.now.saturating_sub(ms(1)) }),
    };
    let words = "in its handler, orders/7 offset 41".to_owned();
    check(late, Some(StopReason::Late { budget: s(30), job: words, late: job() }));
}

#[test]
fn a_node_is_believed_when_it_says_that_it_is_unhealthy() {
    let mut world = World::up(plan(1));
    world.report(0, Report::Unhealthy("disk full".into()));
    world.report(0, Report::Unhealthy("still full".into()));
    assert_eq!(world.signals.len(), 1);
    let (cause, _) = world.end(0, Exited(2)).unwrap();
    assert_eq!(cause, Cause::Restarted(StopReason::Unhealthy("disk full".into())));
}

#[test]
fn a_node_frozen_beyond_its_session_is_killed_and_not_woken_and_no_job_of_it_is_late() {
    let mut world = World::up(SwarmPlan { frozen_limit: s(6), ..plan(1) });
    world.pass(s(100));
    let frozen_since = world.now;
    let late = Some(LateJob { job: job(), due: frozen_since });
    let survey = || Survey { silence: Some(Silence { listener: 0, since: frozen_since }), late };
    world.pass(ms(5_900));
    world.survey(0, true, survey());
    assert_eq!(world.signals, [], "it may still wake up in time");
    world.pass(ms(100));
    world.survey(0, true, survey());
    let sent: Vec<_> = world.signals.iter().map(|(_, signal, _)| *signal).collect();
    assert_eq!(sent, [SIGTERM, SIGKILL]);
    assert_eq!(world.end(0, Signalled(9)).unwrap().0, Cause::Restarted(StopReason::Frozen(s(6))));
    assert_eq!(world.accused, []);
}

#[test]
fn joined_is_a_way_of_being_up() {
    let mut world = World::up(plan(1));
    world.report(0, Report::Joined);
    world.report(0, Report::Joined);
    world.pass(s(60));
    world.survey(0, false, silent_since(world.now.saturating_sub(s(30))));
    assert_eq!(world.signals.len(), 1, "health is judged as before");
    world.report(0, Report::Joined);
    let (_, sequel) = world.end(0, Signalled(9)).unwrap();
    assert!(matches!(sequel, Sequel::RestartIn(delay) if delay <= ms(600)), "{sequel:?}");
}

#[test]
fn cells_are_not_judged_before_a_node_is_up_nor_while_it_stops() {
    let mut world = World::new(plan(1));
    world.pass(s(1));
    world.survey(0, false, silent_since(ms(0)));
    assert_eq!(world.signals, []);
    world.report(0, Report::Up);
    world.step(Event::Stop);
    world.survey(0, false, silent_since(ms(0)));
    let (cause, _) = world.end(0, Exited(0)).unwrap();
    assert_eq!(cause, Cause::AsCommanded);
}

#[test]
fn a_boot_that_takes_too_long_is_ended_without_the_patience_of_a_stop() {
    let mut world = World::new(plan(1));
    world.pass(s(1));
    let forked = world.forks[0].1;
    world.pass(s(70));
    let sent: Vec<_> =
        world.signals.iter().map(|(_, signal, at)| (*signal, at.saturating_sub(forked).as_secs())).collect();
    assert_eq!(sent, [(SIGTERM, 60), (SIGABRT, 60), (SIGKILL, 62)]);
    let (cause, _) = world.end(0, Signalled(9)).unwrap();
    assert_eq!(cause, Cause::Restarted(StopReason::BootTimeout(s(60))));
}

#[test]
fn a_supervisor_that_slept_blames_nobody() {
    let mut world = World::new(plan(2));
    world.pass(s(1));
    world.report(0, Report::Up);
    world.pass(s(20));
    assert!(world.fleet.clock_floor() < world.now);
    world.now += s(3600);
    world.step(Event::Woke);
    assert_eq!(world.fleet.clock_floor(), world.now, "surveys count from here");
    world.pass(s(10));
    assert_eq!(world.signals, [], "node 1 still has the rest of its boot time");
    world.pass(s(35));
    assert_eq!(world.signals[0].0.slot, 1);
}

#[test]
fn events_about_an_earlier_life_change_nothing() {
    let mut world = World::up(plan(1));
    let earlier = world.node(0).unwrap();
    world.end(0, Exited(1));
    world.pass(s(2));
    assert_ne!(world.node(0), Some(earlier));
    world.step(Event::Reported { node: earlier, report: Report::Unhealthy("late words".into()) });
    world.step(Event::Ended { node: earlier, ending: Exited(0), out_of_memory: false, remains: Remains::default() });
    world.step(Event::ForkFailed { node: earlier, reason: "late".into() });
    assert_eq!((world.signals.len(), world.deaths.len()), (0, 1));
    world.report(0, Report::Up);
    assert_eq!(world.end(0, Exited(1)).unwrap().0, Cause::Crashed);
}
