//! The state of a fleet, one step of it, and when the next one is due.

use std::time::Duration;

use crate::lifecycle::exit::Code;

use super::super::effect::{Effect, Notice};
use super::super::event::{Event, NodeId};
use super::super::node::{Slot, State};
use super::super::pace::ForkPace;
use super::super::plan::{SLEPT_AFTER, SwarmPlan};
use super::roll::Roll;

/// The fleet. It must be stepped at least once a second, because a longer gap means that the supervisor did not run.
pub(crate) struct Fleet {
    pub(super) plan: SwarmPlan,
    pub(super) slots: Vec<Slot>,
    pub(super) phase: Phase,
    pub(super) pace: ForkPace,
    pub(super) random: fastrand::Rng,
    pub(super) started: Duration,
    pub(super) last_step: Duration,
    pub(super) clock_floor: Duration,
    pub(super) quiet: bool,
    pub(super) roll: Option<Roll>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Running,
    /// Leaving with this code, which can only get worse, and no later than that.
    Stopping {
        leave_at: Duration,
        code: Code,
    },
    Over,
}

impl Fleet {
    pub(crate) fn new(plan: SwarmPlan, now: Duration) -> Self {
        Self {
            slots: (0..plan.nodes).map(|slot| Slot::new(slot, now)).collect(),
            phase: Phase::Running,
            pace: ForkPace::default(),
            random: fastrand::Rng::with_seed(plan.seed),
            started: now,
            last_step: now,
            clock_floor: now,
            quiet: false,
            roll: None,
            plan,
        }
    }

    /// What to do about `event`. Effects are to be carried out in order, before the next step.
    pub(crate) fn step(&mut self, event: Event, now: Duration) -> Vec<Effect> {
        let mut out = Vec::new();
        if self.phase != Phase::Over {
            self.notice_own_sleep(now, &mut out);
            self.apply(event, now, &mut out);
            for slot in &mut self.slots {
                slot.on_time(&self.plan, now, &mut out);
            }
            self.roll_on(now, &mut out);
            self.fork_one(now, &mut out);
            self.despair(now, &mut out);
            self.conclude(now, &mut out);
        }
        out
    }

    /// When the next step is due without an event. Always later than the last step.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        let slots = self.slots.iter().filter_map(|slot| match slot.state {
            State::Waiting { until } => Some(until.max(self.pace.next())),
            _ => slot.deadline(&self.plan),
        });
        let give_up = self.started + self.plan.give_up_after;
        let own = match self.phase {
            Phase::Running => (give_up > self.last_step).then_some(give_up),
            Phase::Stopping { leave_at, .. } => Some(leave_at),
            Phase::Over => return None,
        };
        slots.chain(own).min()
    }

    /// No silence or lateness is counted from before this time.
    pub(crate) fn clock_floor(&self) -> Duration {
        self.clock_floor
    }

    /// Whether the swarm is on its way out.
    pub(crate) fn is_stopping(&self) -> bool {
        self.phase != Phase::Running
    }

    fn apply(&mut self, event: Event, now: Duration, out: &mut Vec<Effect>) {
        match event {
            Event::Woke => {}
            Event::Forked { node, pid } => self.forked(node, pid, now, out),
            Event::ForkFailed { node, reason } => self.fork_failed(node, reason, now, out),
            Event::Reported { node, report } => self.reported(node, report, now, out),
            Event::Surveyed { node, frozen, survey, private } => {
                self.surveyed(node, frozen, &survey, now, out);
                self.weighed(node, private, now, out);
            }
            Event::Ended { node, ending, out_of_memory, remains } => {
                self.ended(node, (ending, out_of_memory), &remains, now, out);
            }
            Event::Stop => self.stop(now, out),
            Event::StopNow => self.stop_now(now, out),
            Event::Quiet => self.go_quiet(out),
            Event::Roll => self.begin_roll(out),
            Event::Restart { slot } => self.restart(slot, now, out),
        }
    }

    /// The slot of `node`, if that is the node in it now.
    pub(super) fn present(&mut self, node: NodeId) -> Option<&mut Slot> {
        self.slots.get_mut(node.slot as usize).filter(|slot| slot.node == node)
    }

    /// A suspended machine or a stopped supervisor: nobody else is to blame for the time that is missing.
    fn notice_own_sleep(&mut self, now: Duration, out: &mut Vec<Effect>) {
        let gap = now.saturating_sub(self.last_step);
        self.last_step = self.last_step.max(now);
        if gap <= SLEPT_AFTER {
            return;
        }
        self.clock_floor = now;
        self.started += gap;
        if let Phase::Stopping { leave_at, .. } = &mut self.phase {
            *leave_at += gap;
        }
        for slot in &mut self.slots {
            slot.shift(gap);
        }
        self.shift_roll(gap);
        out.push(Effect::Tell(Notice::Slept(gap)));
    }
}
