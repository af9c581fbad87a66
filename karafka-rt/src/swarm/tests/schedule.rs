//! Random schedules: whatever happens in whatever order, the simulated kernel's rules hold and the end is reached.

use proptest::prelude::*;

use crate::lifecycle::exit::Code;
use crate::os::Ending;
use crate::swarm::event::Event;
use crate::swarm::plan::SwarmPlan;
use crate::swarm::report::Report;
use crate::vitals::{Job, JobKind, LateJob, Silence, Survey};

use super::{ms, s};
use crate::swarm::simulation::World;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    Pass(u64),
    Sleep(u64),
    Up(u32),
    Joined(u32),
    Unhealthy(u32),
    Exit(u32, i32),
    Kill(u32, i32),
    Survey { slot: u32, frozen: bool, silent: bool, late: bool },
    ForksFail(bool),
    Quiet,
    Stop,
    StopNow,
}

fn step() -> impl Strategy<Value = Step> {
    let slot = 0..6_u32;
    let code = prop_oneof![0..4_i32, 74..80_i32, Just(101)];
    prop_oneof![
        20 => (1..3000_u64).prop_map(Step::Pass),
        3 => (30_000..120_000_u64).prop_map(Step::Pass),
        1 => (5_000..500_000_u64).prop_map(Step::Sleep),
        12 => slot.clone().prop_map(Step::Up),
        6 => slot.clone().prop_map(Step::Joined),
        2 => slot.clone().prop_map(Step::Unhealthy),
        8 => (slot.clone(), code).prop_map(|(slot, code)| Step::Exit(slot, code)),
        8 => (slot.clone(), 1..65_i32).prop_map(|(slot, signal)| Step::Kill(slot, signal)),
        8 => (slot, any::<bool>(), any::<bool>(), any::<bool>())
            .prop_map(|(slot, frozen, silent, late)| Step::Survey { slot, frozen, silent, late }),
        2 => any::<bool>().prop_map(Step::ForksFail),
        1 => Just(Step::Quiet),
        1 => Just(Step::Stop),
        1 => Just(Step::StopNow),
    ]
}

fn perform(world: &mut World, step: Step) {
    match step {
        Step::Pass(time) => world.pass(ms(time)),
        Step::Sleep(time) => {
            world.now += ms(time);
            world.step(Event::Woke);
        }
        Step::Up(slot) => world.report(slot, Report::Up),
        Step::Joined(slot) => world.report(slot, Report::Joined),
        Step::Unhealthy(slot) => world.report(slot, Report::Unhealthy("by chance".into())),
        Step::Exit(slot, code) => drop(world.end(slot, Ending::Exited(code))),
        Step::Kill(slot, signal) => drop(world.end(slot, Ending::Signalled(signal))),
        Step::Survey { slot, frozen, silent, late } => {
            let job = Job { budget: Some(s(1)), ..Job::of_kind(JobKind::Handler) };
            let silence = silent.then(|| Silence { listener: 0, since: world.now.saturating_sub(s(31)) });
            let late = late.then(|| LateJob { job, due: world.now.saturating_sub(ms(1)) });
            world.survey(slot, frozen, Survey { silence, late });
        }
        Step::ForksFail(fail) => world.forks_fail = fail,
        Step::Quiet => world.step(Event::Quiet),
        Step::Stop => world.step(Event::Stop),
        Step::StopNow => world.step(Event::StopNow),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_rules_hold_under_any_schedule(
        nodes in 1..6_u32,
        seed in any::<u64>(),
        steps in prop::collection::vec(step(), 1..250),
    ) {
        let mut world = World::new(SwarmPlan { nodes, seed, ..SwarmPlan::default() });
        for step in steps {
            if world.exit.is_none() {
                perform(&mut world, step);
            }
        }
        // Whatever happened before: a stop ends it, in time.
        let stop = world.now;
        if world.exit.is_none() {
            world.step(Event::Stop);
            world.pass(s(60));
        }
        prop_assert!(world.exit.is_some());
        prop_assert!(world.now <= stop + s(28));
        let codes = [Code::Clean, Code::RuntimeError, Code::ForcedStop, Code::CannotRun, Code::Configuration];
        prop_assert!(codes.contains(&world.exit.unwrap()));
    }
}
