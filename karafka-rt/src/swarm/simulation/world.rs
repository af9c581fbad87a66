//! A simulated kernel. It carries out the fleet's effects in virtual time and checks, after every step, what must always hold:
//! at most N processes, one per slot; no effect on a reaped node; forks paced; one cause per death; no deadline in the past.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::control::NodeState;
use crate::lifecycle::exit::Code;
use crate::os::{Ending, Pid, Signal};
use crate::swarm::death::{Cause, Death, StopReason};
use crate::swarm::effect::{Effect, Notice, Sequel};
use crate::swarm::event::{Event, NodeId};
use crate::swarm::fleet::Fleet;
use crate::swarm::plan::SwarmPlan;
use crate::vitals::{Job, Remains};

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

pub(crate) struct World {
    pub(crate) fleet: Fleet,
    pub(crate) now: Duration,
    pub(crate) exit: Option<Code>,
    /// Whether the next forks fail.
    pub(crate) forks_fail: bool,
    /// Signals sent so far, with their time.
    pub(crate) signals: Vec<(NodeId, Signal, Duration)>,
    /// Deaths told so far.
    pub(crate) deaths: Vec<(Death, Sequel)>,
    /// Times of the forks.
    pub(crate) forks: Vec<(NodeId, Duration)>,
    /// What the next processes that end leave in their cells.
    pub(crate) remains: Remains,
    /// Jobs that were accused so far.
    pub(crate) accused: Vec<Job>,
    /// Steps so far.
    pub(crate) steps: u64,
    /// How long the supervisor did not run, in all.
    pub(crate) slept: Duration,
    pub(crate) shutdown_timeout: Duration,
    pub(crate) counts: Counts,
    nodes: u32,
    live: BTreeMap<u32, NodeId>,
    left_behind: bool,
    /// By slot: what the next fork has to come after.
    slots: Vec<SlotRules>,
    /// The node that was started anew last in the present rolling restart.
    rolled: Option<NodeId>,
    /// The forks of the last second.
    recent: VecDeque<Duration>,
}

/// What has happened, in numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) forks: u64,
    pub(crate) failed_forks: u64,
    pub(crate) deaths: u64,
    pub(crate) kills: u64,
    pub(crate) accused: u64,
    pub(crate) slept: u64,
    pub(crate) given_up: u64,
    pub(crate) rolls: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct SlotRules {
    incarnation: u64,
    not_before: Duration,
    given_up: bool,
}

impl World {
    pub(crate) fn new(plan: SwarmPlan) -> Self {
        let (nodes, shutdown_timeout) = (plan.nodes, plan.shutdown_timeout);
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
            steps: 0,
            slept: Duration::ZERO,
            shutdown_timeout,
            counts: Counts::default(),
            nodes,
            live: BTreeMap::new(),
            left_behind: false,
            slots: vec![SlotRules::default(); nodes as usize],
            rolled: None,
            recent: VecDeque::new(),
        }
    }

    pub(crate) fn node(&self, slot: u32) -> Option<NodeId> {
        self.live.get(&slot).copied()
    }

    pub(crate) fn live(&self) -> Vec<u32> {
        self.live.keys().copied().collect()
    }

    /// The process in `slot` ends and is reaped; the cause that the fleet tells. `out_of_memory` when the kernel has killed it.
    pub(crate) fn end_of(&mut self, slot: u32, ending: Ending, out_of_memory: bool) -> Option<(Cause, Sequel)> {
        let node = self.live.remove(&slot)?;
        let told = self.deaths.len();
        self.step(Event::Ended { node, ending, out_of_memory, remains: self.remains.clone() });
        assert_eq!(self.deaths.len(), told + 1, "{node:?} must have one cause");
        let (death, sequel) = &self.deaths[told];
        assert_eq!(death.node, node);
        Some((death.cause.clone(), *sequel))
    }

    pub(crate) fn step(&mut self, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            if self.exit.is_some() {
                return;
            }
            self.steps += 1;
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
                    self.counts.failed_forks += 1;
                    events.push(Event::ForkFailed { node, reason: "no memory".into() });
                } else {
                    self.live.insert(node.slot, node);
                    events.push(Event::Forked { node, pid: Pid::from_number(100 + node.slot as i32) });
                }
            }
            Effect::Signal(node, signal) => {
                assert_eq!(self.node(node.slot), Some(node), "{signal} to a node that was reaped");
                self.counts.kills += u64::from(signal == Signal::SIGKILL);
                self.signals.push((node, signal, self.now));
            }
            Effect::Accuse(jobs) => {
                assert!(!jobs.is_empty());
                self.counts.accused += jobs.len() as u64;
                self.accused.extend(jobs);
            }
            Effect::Describe(node) => assert_eq!(self.node(node.slot), Some(node)),
            Effect::Tell(notice) => {
                assert!(!notice.to_string().is_empty());
                match notice {
                    Notice::Died(death, sequel) => self.died(death, sequel),
                    Notice::Asked(node, StopReason::Roll) => self.check_roll(node),
                    Notice::RollBegins(_) => self.rolled = None,
                    Notice::Rolled(_) => self.counts.rolls += 1,
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

    fn died(&mut self, death: Death, sequel: Sequel) {
        let rules = &mut self.slots[death.node.slot as usize];
        assert!(!death.to_string().is_empty());
        match sequel {
            Sequel::RestartIn(delay) => rules.not_before = self.now + delay,
            Sequel::GiveUp => {
                rules.given_up = true;
                self.counts.given_up += 1;
            }
            Sequel::None => assert!(self.fleet.is_stopping(), "{death}: a slot is left empty in a swarm that runs"),
        }
        self.counts.deaths += 1;
        self.deaths.push((death, sequel));
    }

    /// In a rolling restart the node before has joined when the next one is told to leave.
    fn check_roll(&mut self, node: NodeId) {
        let joined = |before: NodeId| {
            let slot = &self.fleet.nodes(self.now)[before.slot as usize];
            slot.incarnation > before.incarnation && slot.state == NodeState::Joined
        };
        assert!(self.rolled.is_none_or(joined), "two nodes are away in a rolling restart");
        self.rolled = Some(node);
    }

    fn check_fork(&mut self, node: NodeId) {
        assert!(node.slot < self.nodes);
        assert!(!self.fleet.is_stopping(), "{node} is forked in a swarm that stops");
        assert_eq!(self.node(node.slot), None, "two processes in one slot");
        assert!(self.live.len() < self.nodes as usize);
        let rules = &mut self.slots[node.slot as usize];
        assert!(node.incarnation > rules.incarnation, "an incarnation came twice");
        assert!(self.now >= rules.not_before && !rules.given_up, "{node} is forked before its time");
        rules.incarnation = node.incarnation;
        if let Some(last) = self.recent.back() {
            assert!(self.now >= *last + ms(10), "forks too close");
        }
        while self.recent.front().is_some_and(|at| *at + ms(1000) <= self.now) {
            self.recent.pop_front();
        }
        assert!(self.recent.len() < 5, "too many forks in a second");
        self.recent.push_back(self.now);
        self.counts.forks += 1;
        self.forks.push((node, self.now));
    }

    /// The supervisor does not run for this long, and then looks at the clock.
    pub(crate) fn sleep(&mut self, time: Duration) {
        self.now += time;
        self.slept += time;
        self.counts.slept += 1;
        // Its waits have grown by that.
        self.step(Event::Woke);
    }

    /// Drops what was remembered for tests.
    pub(crate) fn forget(&mut self) {
        self.forks.clear();
        self.signals.clear();
        self.deaths.clear();
        self.accused.clear();
    }
}

/// What tests write out by hand.
#[cfg(test)]
impl World {
    /// A fleet with every node up.
    pub(crate) fn up(plan: SwarmPlan) -> Self {
        let nodes = plan.nodes;
        let mut world = Self::new(plan);
        world.pass(s_until_forked(nodes));
        for slot in 0..nodes {
            world.report(slot, crate::swarm::report::Report::Up);
        }
        world
    }

    /// Virtual time goes on, in steps that an awake supervisor would make.
    pub(crate) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while self.now < until && self.exit.is_none() {
            let next = self.fleet.deadline().unwrap_or(until).min(self.now + ms(500)).min(until);
            self.now = next.max(self.now + ms(1));
            self.step(Event::Woke);
        }
    }

    pub(crate) fn report(&mut self, slot: u32, report: crate::swarm::report::Report) {
        if let Some(node) = self.node(slot) {
            self.step(Event::Reported { node, report });
        }
    }

    pub(crate) fn survey(&mut self, slot: u32, frozen: bool, survey: crate::vitals::Survey) {
        if let Some(node) = self.node(slot) {
            self.step(Event::Surveyed { node, frozen, survey, private: None });
        }
    }

    /// So many bytes of private memory are found in `slot`.
    pub(crate) fn weigh(&mut self, slot: u32, private: u64) {
        if let Some(node) = self.node(slot) {
            self.step(Event::Surveyed {
                node,
                frozen: false,
                survey: crate::vitals::Survey::default(),
                private: Some(private),
            });
        }
    }

    /// The process in `slot` ends and is reaped; the cause that the fleet tells.
    pub(crate) fn end(&mut self, slot: u32, ending: Ending) -> Option<(Cause, Sequel)> {
        self.end_of(slot, ending, false)
    }
}

/// Long enough for the pace of forks to let every slot through.
#[cfg(test)]
fn s_until_forked(nodes: u32) -> Duration {
    ms(u64::from(nodes) * 250 + 100)
}
