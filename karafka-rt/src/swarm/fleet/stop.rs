//! Ending everything: who is told, when the supervisor leaves, and with which code.

use std::time::Duration;

use crate::lifecycle::exit::Code;
use crate::os::{Ending, Signal};

use super::super::death::{Cause, Death, StopReason};
use super::super::effect::{Effect, Notice};
use super::super::event::NodeId;
use super::super::node::State;
use super::super::plan::LEAVE_AFTER;
use super::core::{Fleet, Phase};

impl Fleet {
    pub(super) fn stop(&mut self, now: Duration, out: &mut Vec<Effect>) {
        if self.phase == Phase::Running {
            out.push(Effect::Tell(Notice::Stopping(self.plan.shutdown_timeout + LEAVE_AFTER)));
            self.stop_all(Code::Clean, now, out);
        }
    }

    pub(super) fn stop_now(&mut self, now: Duration, out: &mut Vec<Effect>) {
        out.push(Effect::Tell(Notice::StoppingNow));
        self.stop_all(Code::Clean, now, out);
        for slot in &mut self.slots {
            slot.kill("the swarm stops now", out);
        }
    }

    pub(super) fn go_quiet(&mut self, out: &mut Vec<Effect>) {
        out.push(Effect::Tell(Notice::Quiet));
        self.quiet = true;
        let up = self.slots.iter().filter(|slot| slot.is_up());
        out.extend(up.map(|slot| Effect::Signal(slot.node, Signal::SIGTSTP)));
    }

    /// Why the node in `slot` cannot be started anew by an operator now.
    pub(crate) fn refuses_restart(&self, slot: u32) -> Option<String> {
        let last = self.slots.len().saturating_sub(1);
        match self.slots.get(slot as usize) {
            None => Some(format!("there is no node {slot}: they are numbered 0 to {last}")),
            Some(_) if self.is_stopping() => Some("the swarm is stopping".to_owned()),
            Some(found) if !found.is_up() => Some(format!("node {slot} is not up: nothing of it can be started anew")),
            Some(_) => None,
        }
    }

    pub(super) fn restart(&mut self, slot: u32, now: Duration, out: &mut Vec<Effect>) {
        if self.refuses_restart(slot).is_none()
            && let Some(node) = self.slots.get(slot as usize).map(|found| found.node)
        {
            self.stop_one(node, StopReason::Operator, now, out);
        }
    }

    pub(super) fn stop_one(&mut self, node: NodeId, reason: StopReason, now: Duration, out: &mut Vec<Effect>) {
        if let Some(slot) = self.slots.get_mut(node.slot as usize).filter(|slot| slot.node == node) {
            slot.stop(reason, &self.plan, now, out);
        }
    }

    /// Leaves, with `code` or a worse one.
    pub(super) fn stop_all(&mut self, code: Code, now: Duration, out: &mut Vec<Effect>) {
        if self.phase == Phase::Running {
            self.phase = Phase::Stopping { leave_at: now + self.plan.shutdown_timeout + LEAVE_AFTER, code };
        }
        for slot in &mut self.slots {
            if matches!(slot.state, State::Waiting { .. } | State::GivenUp) {
                slot.state = State::Vacant;
            }
            slot.stop(StopReason::Commanded, &self.plan, now, out);
        }
    }

    /// Exits once nobody is left, or the time is up.
    pub(super) fn conclude(&mut self, now: Duration, out: &mut Vec<Effect>) {
        let Phase::Stopping { leave_at, code } = self.phase else { return };
        let live: Vec<NodeId> = self.slots.iter().filter(|slot| slot.is_live()).map(|slot| slot.node).collect();
        if live.is_empty() {
            out.push(Effect::Exit(code));
            self.phase = Phase::Over;
        } else if now >= leave_at {
            out.push(Effect::Tell(Notice::LeftBehind(live)));
            out.push(Effect::Exit(worse(code, Code::ForcedStop)));
            self.phase = Phase::Over;
        }
    }
}

/// What a death during the stop means for the code of the whole.
pub(super) fn code_after(death: &Death) -> Code {
    match death.cause {
        Cause::Restarted(_) if death.ending != Ending::Exited(0) => Code::ForcedStop,
        Cause::AsCommanded | Cause::Recycled | Cause::Restarted(_) => Code::Clean,
        Cause::ForcedStop => Code::ForcedStop,
        Cause::LeftByItself | Cause::Fenced | Cause::Misconfigured | Cause::OutOfMemory | Cause::Crashed => {
            Code::RuntimeError
        }
    }
}

pub(super) fn worse(one: Code, other: Code) -> Code {
    let rank = |code: Code| match code {
        Code::Clean => 0,
        Code::RuntimeError => 1,
        Code::ForcedStop => 2,
        _ => 3,
    };
    if rank(other) > rank(one) { other } else { one }
}
