//! What follows a death.

use std::time::Duration;

use crate::os::Ending;
use crate::vitals::Remains;

use super::super::blame;
use super::super::effect::{Effect, Notice, Sequel};
use super::super::event::NodeId;
use super::super::node::State;
use super::super::restart::{Restart, Rules};
use super::core::{Fleet, Phase};
use super::stop::{code_after, worse};

impl Fleet {
    pub(super) fn ended(
        &mut self,
        node: NodeId,
        (ending, out_of_memory): (Ending, bool),
        remains: &Remains,
        now: Duration,
        out: &mut Vec<Effect>,
    ) {
        let Some(death) = self.present(node).and_then(|slot| slot.died(ending, out_of_memory, now)) else { return };
        let suspects = blame::suspects(&death, remains);
        if !suspects.is_empty() {
            out.push(Effect::Accuse(suspects));
        }
        if let Phase::Stopping { leave_at, code } = self.phase {
            self.phase = Phase::Stopping { leave_at, code: worse(code, code_after(&death)) };
            return out.push(Effect::Tell(Notice::Died(death, Sequel::None)));
        }
        let rules = Rules { back_off: self.plan.back_off, stable_after: self.plan.stable_after };
        let random = self.random.f64();
        let slot = &mut self.slots[node.slot as usize];
        slot.last_end = Some(death.to_string());
        let sequel = match slot.history.died(&death, &rules, now, random) {
            Restart::After(delay) => Sequel::RestartIn(delay),
            Restart::AfterTooManyRecycles(delay, count) => {
                out.push(Effect::Tell(Notice::RecyclesTooOften(node, count, death.excess)));
                Sequel::RestartIn(delay)
            }
            Restart::GiveUp => Sequel::GiveUp,
        };
        slot.state = match sequel {
            Sequel::RestartIn(delay) => State::Waiting { until: now + delay },
            Sequel::GiveUp | Sequel::None => State::GivenUp,
        };
        out.push(Effect::Tell(Notice::Died(death, sequel)));
    }
}
