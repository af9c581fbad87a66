//! What happens to a simulated swarm, by seeded chance: nodes that boot, join, work, crash, leak, freeze, hang or refuse to end;
//! forks that fail; storms of signals; a supervisor that does not run for a while.
//!
//! Each swarm lives until its events are used up or it ends by itself, and is then stopped. One seed gives one course of events.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use fastrand::Rng;

use super::world::World;
use crate::config::MemoryLimit;
use crate::lifecycle::exit::Code;
use crate::os::{Ending, Signal};
use crate::swarm::event::{Event, NodeId};
use crate::swarm::plan::SwarmPlan;
use crate::swarm::report::Report;
use crate::vitals::{Excess, Job, JobKind, LateJob, Silence, Survey};

/// Memory of a simulated node, in whatever unit.
const MEMORY_LIMIT: u64 = 1000;
/// The supervisor surveys its nodes this often.
const SURVEY_EVERY: Duration = Duration::from_secs(1);

/// What a run has seen, to show that it was not empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
#[cfg_attr(not(feature = "testing"), allow(unreachable_pub, reason = "public for fixture programs only"))]
pub struct Figures {
    pub events: u64,
    pub swarms: u64,
    pub forks: u64,
    pub failed_forks: u64,
    pub deaths: u64,
    pub kills: u64,
    pub accused: u64,
    pub slept: u64,
    pub stops: u64,
    pub given_up: u64,
    pub rolls: u64,
}

/// Runs simulated swarms of `nodes` nodes, or of 1 to 12 each with `None`, until so many events have happened. Panics, with the
/// seed of the swarm, when a rule is broken.
pub(crate) fn run(seed: u64, events: u64, nodes: Option<u32>) -> Figures {
    let mut figures = Figures::default();
    let mut seeds = Rng::with_seed(seed);
    while figures.events < events {
        let seed = seeds.u64(..);
        let left = events - figures.events;
        let course = std::panic::AssertUnwindSafe(|| Course::new(seed, nodes).live(left, &mut figures));
        if let Err(panic) = std::panic::catch_unwind(course) {
            tracing::error!(seed, "a simulated swarm broke a rule");
            std::panic::resume_unwind(panic);
        }
        figures.swarms += 1;
    }
    figures
}

/// Something that is going to happen in the simulated world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Coming {
    Up(NodeId),
    Joined(NodeId),
    Exit(NodeId, i32),
    Killed(NodeId, i32),
    OutOfMemory(NodeId),
    Unhealthy(NodeId),
    Recycle(NodeId),
    Grows(NodeId),
    Silent(NodeId),
    Late(NodeId),
    Frozen(NodeId),
    ForksFail(bool),
    Storm,
    Sleep(u64),
}

/// What ails the nodes, for the surveys.
#[derive(Clone, Copy, Debug)]
enum Ailment {
    Silent { since: Duration },
    Late { since: Duration },
    Frozen { since: Duration },
    Heavy,
}

struct Course {
    rng: Rng,
    world: World,
    coming: BinaryHeap<Reverse<(Duration, Coming)>>,
    ailments: Vec<Option<(NodeId, Ailment)>>,
    /// How many signals and forks of the world have been answered.
    signals_seen: usize,
    forks_seen: usize,
    next_survey: Duration,
    /// Of a hundred nodes, so many never boot, or die in their boot.
    bad_boots: u32,
    stubborn: u32,
}

impl Course {
    fn new(seed: u64, nodes: Option<u32>) -> Self {
        let mut rng = Rng::with_seed(seed);
        let nodes = nodes.unwrap_or_else(|| rng.u32(1..=12));
        let memory_limit = if rng.bool() { MemoryLimit::Bytes(MEMORY_LIMIT) } else { MemoryLimit::Off };
        let shutdown_timeout = Duration::from_millis(rng.u64(10..20_000));
        let world = World::new(SwarmPlan { nodes, memory_limit, shutdown_timeout, seed, ..SwarmPlan::default() });
        // One swarm in ten never comes up at all.
        let bad_boots = if rng.u32(0..10) == 0 { 100 } else { rng.u32(0..40) };
        let stubborn = rng.u32(0..50);
        Self {
            next_survey: world.now,
            rng,
            world,
            coming: BinaryHeap::new(),
            ailments: vec![None; nodes as usize],
            signals_seen: 0,
            forks_seen: 0,
            bad_boots,
            stubborn,
        }
    }

    /// Lives until `most` events have happened; then it is stopped, and its end is part of it.
    fn live(mut self, most: u64, figures: &mut Figures) {
        let lifetime = self.rng.u64(2_000..40_000).min(most);
        for _ in 0..self.rng.u32(0..20) {
            self.misfortune();
        }
        while self.world.steps < lifetime && self.world.exit.is_none() {
            self.go_on();
            if self.rng.u32(0..2_000) == 0 {
                self.misfortune();
            }
        }
        if self.world.exit.is_none() && !self.world.fleet.is_stopping() {
            figures.stops += 1;
            self.world.step(Event::Stop);
        }
        // However it was asked to stop: by D + 8 s of its own running time nobody waits any more.
        let mut asleep = self.world.slept;
        let mut until = self.world.now + self.world.shutdown_timeout + Duration::from_secs(9);
        while self.world.exit.is_none() {
            self.go_on();
            until += std::mem::replace(&mut asleep, self.world.slept).abs_diff(self.world.slept);
            assert!(self.world.now <= until, "the stop has no end");
        }
        let codes = [Code::Clean, Code::RuntimeError, Code::ForcedStop, Code::CannotRun, Code::Configuration];
        assert!(codes.contains(&self.world.exit.expect("it ended")));
        let World { steps, counts, .. } = self.world;
        figures.events += steps;
        figures.forks += counts.forks;
        figures.failed_forks += counts.failed_forks;
        figures.deaths += counts.deaths;
        figures.kills += counts.kills;
        figures.accused += counts.accused;
        figures.slept += counts.slept;
        figures.given_up += counts.given_up;
        figures.rolls += counts.rolls;
    }

    /// Time goes on to whatever is next: the fleet's own deadline, a survey, or something that was coming.
    fn go_on(&mut self) {
        let coming = self.coming.peek().map(|Reverse((at, _))| *at);
        let deadline = self.world.fleet.deadline();
        let next = [coming, deadline, Some(self.next_survey)].into_iter().flatten().min().unwrap_or(self.world.now);
        self.world.now = self.world.now.max(next);
        if self.next_survey <= self.world.now {
            self.survey();
            self.next_survey = self.world.now + SURVEY_EVERY;
        }
        match self.coming.peek() {
            Some(Reverse((at, _))) if *at <= self.world.now => {
                if let Some(Reverse((_, coming))) = self.coming.pop() {
                    self.happens(coming);
                }
            }
            _ => self.world.step(Event::Woke),
        }
        self.answer();
    }

    fn after(&mut self, milliseconds: std::ops::Range<u64>, coming: Coming) {
        let at = self.world.now + Duration::from_millis(self.rng.u64(milliseconds));
        self.coming.push(Reverse((at, coming)));
    }

    /// New processes begin their lives, and those that were sent signals obey them, or do not.
    fn answer(&mut self) {
        for index in self.forks_seen..self.world.forks.len() {
            let (node, _) = self.world.forks[index];
            if self.world.node(node.slot) == Some(node) {
                self.born(node);
            }
        }
        for index in self.signals_seen..self.world.signals.len() {
            let (node, signal, _) = self.world.signals[index];
            let obeys = self.rng.u32(0..100) >= self.stubborn;
            match signal {
                // A process that the kernel itself cannot end is rare, and there.
                Signal::SIGKILL if self.rng.u32(0..50) > 0 => self.after(0..5, Coming::Killed(node, 9)),
                Signal::SIGABRT if obeys => self.after(0..20, Coming::Killed(node, 6)),
                Signal::SIGTERM if obeys => {
                    let code = [0, 0, 0, 2, 75][self.rng.usize(0..5)];
                    self.after(0..4_000, Coming::Exit(node, code));
                }
                _ => {}
            }
        }
        // What was answered is not needed any more: runs are long.
        self.world.forget();
        (self.forks_seen, self.signals_seen) = (self.world.forks.len(), self.world.signals.len());
    }

    fn born(&mut self, node: NodeId) {
        self.ailments[node.slot as usize] = None;
        if self.rng.u32(0..100) < self.bad_boots {
            let code = [101, 1, 78, 0][self.rng.usize(0..4)];
            match self.rng.u32(0..3) {
                0 => {} // boots for ever
                1 => self.after(0..3_000, Coming::Killed(node, 11)),
                _ => self.after(0..3_000, Coming::Exit(node, code)),
            }
            return;
        }
        self.after(5..2_000, Coming::Up(node));
        self.after(1_000..10_000, Coming::Joined(node));
        let long = if self.rng.bool() { 10_000 } else { 200_000 };
        let range = 100..long;
        match self.rng.u32(0..12) {
            0 => self.after(range, Coming::Killed(node, 9)),
            1 => self.after(range, Coming::Killed(node, 11)),
            2 => self.after(range, Coming::OutOfMemory(node)),
            3 => self.after(range, Coming::Exit(node, 0)),
            4 => self.after(range, Coming::Exit(node, [1, 75, 76, 78, 101, 255][node.incarnation as usize % 6])),
            5 => self.after(range, Coming::Unhealthy(node)),
            6 => self.after(range, Coming::Recycle(node)),
            7 => self.after(range, Coming::Grows(node)),
            8 => self.after(range, Coming::Silent(node)),
            9 => self.after(range, Coming::Late(node)),
            10 => self.after(range, Coming::Frozen(node)),
            _ => {} // works
        }
    }

    /// Something that concerns them all.
    fn misfortune(&mut self) {
        match self.rng.u32(0..8) {
            0 | 1 => {
                self.after(0..60_000, Coming::ForksFail(true));
                self.after(60_000..120_000, Coming::ForksFail(false));
            }
            2 => self.after(0..600_000, Coming::Storm),
            _ => {
                let milliseconds = self.rng.u64(4_000..900_000);
                self.after(0..300_000, Coming::Sleep(milliseconds));
            }
        }
    }

    fn happens(&mut self, coming: Coming) {
        let now = self.world.now;
        let here = |world: &World, node: NodeId| world.node(node.slot) == Some(node);
        match coming {
            Coming::Up(node) => self.report(node, Report::Up),
            Coming::Joined(node) => self.report(node, Report::Joined),
            Coming::Unhealthy(node) => self.report(node, Report::Unhealthy("by chance".into())),
            Coming::Recycle(node) => {
                self.report(node, Report::RecycleWanted(Excess { private: MEMORY_LIMIT + 1, limit: MEMORY_LIMIT }));
                self.after(0..3_000, Coming::Exit(node, 75));
            }
            Coming::Exit(node, code) if here(&self.world, node) => self.end(node, Ending::Exited(code), false),
            Coming::Killed(node, number) if here(&self.world, node) => self.end(node, Ending::Signalled(number), false),
            Coming::OutOfMemory(node) if here(&self.world, node) => self.end(node, Ending::Signalled(9), true),
            Coming::Grows(node) => self.ails(node, Ailment::Heavy),
            Coming::Silent(node) => self.ails(node, Ailment::Silent { since: now }),
            Coming::Late(node) => self.ails(node, Ailment::Late { since: now }),
            Coming::Frozen(node) => self.ails(node, Ailment::Frozen { since: now }),
            Coming::ForksFail(fail) => self.world.forks_fail = fail,
            Coming::Storm => {
                for _ in 0..self.rng.u32(1..60) {
                    match self.rng.u32(0..40) {
                        0 => self.world.step(Event::Stop),
                        1 => self.world.step(Event::StopNow),
                        2..10 => {
                            let slot = self.rng.u32(0..20);
                            self.world.step(Event::Restart { slot });
                        }
                        10..13 => self.world.step(Event::Roll),
                        13..20 => self.world.step(Event::Quiet),
                        _ => self.world.step(Event::Woke),
                    }
                }
            }
            Coming::Sleep(milliseconds) => self.world.sleep(Duration::from_millis(milliseconds)),
            Coming::Exit(..) | Coming::Killed(..) | Coming::OutOfMemory(_) => {}
        }
    }

    fn report(&mut self, node: NodeId, report: Report) {
        self.world.step(Event::Reported { node, report });
    }

    fn ails(&mut self, node: NodeId, ailment: Ailment) {
        self.ailments[node.slot as usize] = Some((node, ailment));
    }

    fn end(&mut self, node: NodeId, ending: Ending, out_of_memory: bool) {
        let partition = node.slot as i32;
        let job = Job { partition, offset: node.incarnation as i64, ..Job::of_kind(JobKind::Handler) };
        self.world.remains.jobs = if self.rng.bool() { vec![job] } else { Vec::new() };
        self.world.end_of(node.slot, ending, out_of_memory);
    }

    fn survey(&mut self) {
        let floor = self.world.fleet.clock_floor();
        for slot in self.world.live() {
            let Some(node) = self.world.node(slot) else { continue };
            let ailment = self.ailments[slot as usize].filter(|(sick, _)| *sick == node).map(|(_, ailment)| ailment);
            let silence = |since: Duration| Some(Silence { listener: 0, since: since.max(floor) });
            let job = Job {
                partition: 0,
                offset: 1,
                budget: Some(Duration::from_secs(30)),
                ..Job::of_kind(JobKind::Handler)
            };
            let due = |since: Duration| since.max(floor) + Duration::from_secs(30);
            let (survey, frozen, private) = match ailment {
                None => (Survey::default(), false, Some(MEMORY_LIMIT / 2)),
                Some(Ailment::Silent { since }) => (Survey { silence: silence(since), late: None }, false, None),
                Some(Ailment::Frozen { since }) => (Survey { silence: silence(since), late: None }, true, None),
                Some(Ailment::Late { since }) => {
                    (Survey { silence: None, late: Some(LateJob { job, due: due(since) }) }, false, None)
                }
                Some(Ailment::Heavy) => (Survey::default(), false, Some(MEMORY_LIMIT * 2)),
            };
            self.world.step(Event::Surveyed { node, frozen, survey, private });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A seed of one's own: `FLEET_SEED`; more events: `FLEET_EVENTS`.
    fn number(name: &str, default: u64) -> u64 {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    }

    #[test]
    fn the_rules_hold_whatever_happens_in_whatever_order() {
        let figures = run(number("FLEET_SEED", 20_251_126), number("FLEET_EVENTS", 500_000), None);
        let Figures { swarms, forks, failed_forks, deaths, kills, accused, slept, stops, rolls, .. } = figures;
        assert!(
            [swarms, forks, failed_forks, deaths, kills, accused, slept, stops, rolls].iter().all(|&seen| seen > 0),
            "{figures:?}"
        );
    }

    #[test]
    fn the_rules_hold_for_a_thousand_nodes() {
        let figures = run(number("FLEET_SEED", 7), 4_000, Some(1000));
        assert!(figures.forks > 100 && figures.deaths > 10, "{figures:?}");
    }

    #[test]
    fn one_seed_gives_one_course_of_events() {
        assert_eq!(run(3, 5_000, None), run(3, 5_000, None));
    }
}
