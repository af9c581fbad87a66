//! Bringing nodes up: which slot is forked when, what a fork that fails means, and when there is no hope.

use std::time::Duration;

use crate::lifecycle::exit::Code;
use crate::os::{Pid, Signal};

use super::super::death::StopReason;
use super::super::effect::{Effect, Notice};
use super::super::event::NodeId;
use super::super::node::{Slot, State};
use super::super::plan::BOOTS_BEFORE_GIVING_UP;
use super::core::{Fleet, Phase};

impl Fleet {
    pub(super) fn forked(&mut self, node: NodeId, pid: Pid, now: Duration, out: &mut Vec<Effect>) {
        let stopping = self.is_stopping();
        if let Some(slot) = self.present(node).filter(|slot| matches!(slot.state, State::Forking)) {
            slot.forked(pid, now, out);
            if stopping {
                self.stop_one(node, StopReason::Commanded, now, out);
            }
        }
    }

    pub(super) fn fork_failed(&mut self, node: NodeId, reason: String, now: Duration, out: &mut Vec<Effect>) {
        let (back_off, random, stopping) = (self.plan.back_off, self.random.f64(), self.is_stopping());
        let Some(slot) = self.present(node).filter(|slot| matches!(slot.state, State::Forking)) else { return };
        let delay = slot.history.fork_failed(back_off, random);
        slot.last_end = Some(format!("it could not be forked: {reason}"));
        slot.state = if stopping { State::Vacant } else { State::Waiting { until: now + delay } };
        out.push(Effect::Tell(Notice::ForkFailed(node, reason, delay)));
    }

    pub(super) fn came_up(&mut self, node: NodeId, now: Duration, out: &mut Vec<Effect>) {
        let quiet = self.quiet;
        let Some(slot) = self.present(node).filter(|slot| matches!(slot.state, State::Starting { .. })) else { return };
        slot.came_up(now, out);
        if quiet {
            out.push(Effect::Signal(node, Signal::SIGTSTP));
        }
    }

    /// Forks the slot that has waited longest, if one is due and the pace allows. One: the next step brings the next.
    pub(super) fn fork_one(&mut self, now: Duration, out: &mut Vec<Effect>) {
        if self.is_stopping() || self.pace.next() > now {
            return;
        }
        let due = self.slots.iter_mut().filter_map(|slot| match slot.state {
            State::Waiting { until } if until <= now => Some((until, slot)),
            _ => None,
        });
        if let Some((_, slot)) = due.min_by_key(|(until, _)| *until) {
            self.pace.record(now);
            slot.forks(out);
        }
    }

    /// Leaves when no slot can ever come up.
    pub(super) fn despair(&mut self, now: Duration, out: &mut Vec<Effect>) {
        if self.phase == Phase::Running && self.slots.iter().all(|slot| matches!(slot.state, State::GivenUp)) {
            out.push(Effect::Tell(Notice::AllMisconfigured));
            self.stop_all(Code::Configuration, now, out);
        }
        if self.phase == Phase::Running && self.is_crash_loop(now) {
            out.push(Effect::Tell(Notice::CrashLoop(BOOTS_BEFORE_GIVING_UP)));
            self.stop_all(Code::CannotRun, now, out);
        }
    }

    /// No slot was ever up, each failed often enough, and there was time.
    fn is_crash_loop(&self, now: Duration) -> bool {
        let hopeless = |slot: &Slot| {
            let tried = slot.history.failed_boots() >= BOOTS_BEFORE_GIVING_UP || matches!(slot.state, State::GivenUp);
            tried && !slot.history.was_ever_up()
        };
        now >= self.started + self.plan.give_up_after && self.slots.iter().all(hopeless)
    }
}
