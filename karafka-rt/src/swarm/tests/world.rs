//! A simulated kernel. It carries out the fleet's effects in virtual time and checks, after every step, what must always hold:
//! at most N processes, one per slot; no effect on a reaped node; forks paced; one cause per death; no deadline in the past.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::lifecycle::exit::Code;
use crate::os::{Ending, Pid, Signal};
use crate::swarm::death::{Cause, Death};
use crate::swarm::effect::{Effect, Notice, Sequel};
use crate::swarm::event::{Event, NodeId};
use crate::swarm::fleet::Fleet;
use crate::swarm::plan::SwarmPlan;
use crate::swarm::report::Report;
use crate::vitals::{Job, Remains, Survey};

use super::ms;

pub(super) struct World {
    pub(super) fleet: Fleet,
    pub(super) now: Duration,
    pub(super) exit: Option<Code>,
    /// Whether the next forks fail.
    pub(super) forks_fail: bool,
    /// Signals sent so far, with their time.
    pub(super) signals: Vec<(NodeId, Signal, Duration)>,
    /// Deaths told so far.
    pub(super) deaths: Vec<(Death, Sequel)>,
    /// Times of the forks.
    pub(super) forks: Vec<(NodeId, Duration)>,
    /// What the next processes that end leave in their cells.
    pub(super) remains: Remains,
    /// Jobs that were accused so far.
    pub(super) accused: Vec<Job>,
    nodes: u32,
    live: BTreeMap<u32, NodeId>,
    ended: BTreeSet<NodeId>,
    left_behind: bool,
}

impl World {
    pub(super) fn new(plan: SwarmPlan) -> Self {
        let nodes = plan.nodes;
        let now = ms(1_000_000);
        Self {
            fleet: Fleet::new(plan, now),
            now,
            exit: None,
            forks_fail: false,
            signals: Vec::new(),
            deaths: Vec::new(),
            forks: Vec::new(),
            remains: Remains::default(),
            accused: Vec::new(),
            nodes,
            live: BTreeMap::new(),
            ended: BTreeSet::new(),
            left_behind: false,
        }
    }

    /// A fleet with every node up.
    pub(super) fn up(plan: SwarmPlan) -> Self {
        let nodes = plan.nodes;
        let mut world = Self::new(plan);
        world.pass(s_until_forked(nodes));
        for slot in 0..nodes {
            world.report(slot, Report::Up);
        }
        world
    }

    pub(super) fn node(&self, slot: u32) -> Option<NodeId> {
        self.live.get(&slot).copied()
    }

    pub(super) fn live(&self) -> Vec<u32> {
        self.live.keys().copied().collect()
    }

    /// Virtual time goes on, in steps that an awake supervisor would make.
    pub(super) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while self.now < until && self.exit.is_none() {
            let next = self.fleet.deadline().unwrap_or(until).min(self.now + ms(500)).min(until);
            self.now = next.max(self.now + ms(1));
            self.step(Event::Woke);
        }
    }

    pub(super) fn report(&mut self, slot: u32, report: Report) {
        if let Some(node) = self.node(slot) {
            self.step(Event::Reported { node, report });
        }
    }

    pub(super) fn survey(&mut self, slot: u32, frozen: bool, survey: Survey) {
        if let Some(node) = self.node(slot) {
            self.step(Event::Surveyed { node, frozen, survey, private: None });
        }
    }

    /// So many bytes of private memory are found in `slot`.
    pub(super) fn weigh(&mut self, slot: u32, private: u64) {
        if let Some(node) = self.node(slot) {
            self.step(Event::Surveyed { node, frozen: false, survey: Survey::default(), private: Some(private) });
        }
    }

    /// The process in `slot` ends and is reaped; the cause that the fleet tells.
    pub(super) fn end(&mut self, slot: u32, ending: Ending) -> Option<(Cause, Sequel)> {
        self.end_of(slot, ending, false)
    }

    /// The same; `out_of_memory` when the kernel has killed it.
    pub(super) fn end_of(&mut self, slot: u32, ending: Ending, out_of_memory: bool) -> Option<(Cause, Sequel)> {
        let node = self.live.remove(&slot)?;
        assert!(self.ended.insert(node), "{node:?} ended twice");
        let told = self.deaths.len();
        self.step(Event::Ended { node, ending, out_of_memory, remains: self.remains.clone() });
        assert_eq!(self.deaths.len(), told + 1, "{node:?} must have one cause");
        let (death, sequel) = &self.deaths[told];
        assert_eq!(death.node, node);
        Some((death.cause.clone(), *sequel))
    }

    pub(super) fn step(&mut self, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            if self.exit.is_some() {
                return;
            }
            for effect in self.fleet.step(event, self.now) {
                self.apply(effect, &mut events);
            }
            let deadline = self.fleet.deadline();
            assert!(events.len() == 1 || self.exit.is_some() || deadline.is_none_or(|at| at > self.now), "busy loop");
        }
    }

    fn apply(&mut self, effect: Effect, events: &mut Vec<Event>) {
        assert_eq!(self.exit, None, "nothing comes after the exit: {effect:?}");
        match effect {
            Effect::Fork(node) => {
                self.check_fork(node);
                if self.forks_fail {
                    events.push(Event::ForkFailed { node, reason: "no memory".into() });
                } else {
                    self.live.insert(node.slot, node);
                    events.push(Event::Forked { node, pid: Pid::from_number(100 + node.slot as i32) });
                }
            }
            Effect::Signal(node, signal) => {
                assert_eq!(self.node(node.slot), Some(node), "{signal} to a node that was reaped");
                self.signals.push((node, signal, self.now));
            }
            Effect::Accuse(jobs) => {
                assert!(!jobs.is_empty());
                self.accused.extend(jobs);
            }
            Effect::Describe(node) => assert_eq!(self.node(node.slot), Some(node)),
            Effect::Tell(notice) => {
                assert!(!notice.to_string().is_empty());
                match notice {
                    Notice::Died(death, sequel) => self.deaths.push((death, sequel)),
                    Notice::LeftBehind(_) => self.left_behind = true,
                    _ => {}
                }
            }
            Effect::Exit(code) => {
                assert!(self.live.is_empty() || self.left_behind, "left {:?} alive without a word", self.live);
                self.exit = Some(code);
            }
        }
    }

    fn check_fork(&mut self, node: NodeId) {
        assert!(node.slot < self.nodes);
        assert_eq!(self.node(node.slot), None, "two processes in one slot");
        let earlier = self.forks.iter().filter(|(other, _)| other.slot == node.slot);
        assert!(earlier.clone().all(|(other, _)| other.incarnation < node.incarnation), "an incarnation came twice");
        if let Some((_, last)) = self.forks.last() {
            assert!(self.now >= *last + ms(10), "forks too close");
        }
        let within_a_second = self.forks.iter().filter(|(_, at)| *at + ms(1000) > self.now).count();
        assert!(within_a_second < 5, "too many forks in a second");
        self.forks.push((node, self.now));
    }
}

/// Long enough for the pace of forks to let every slot through.
fn s_until_forked(nodes: u32) -> Duration {
    ms(u64::from(nodes) * 250 + 100)
}
