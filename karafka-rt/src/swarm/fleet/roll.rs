//! A rolling restart: one node at a time, the next when the last one has joined its groups. While brokers are away it waits.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::death::StopReason;
use super::super::effect::{Effect, Notice};
use super::super::event::NodeId;
use super::super::node::State;
use super::super::plan::JOINS_WITHIN;
use super::core::{Fleet, Phase};

/// How far a rolling restart is.
#[derive(Clone, Debug)]
pub(super) struct Roll {
    /// Slots whose node is still the old one.
    left: VecDeque<u32>,
    /// The node that was told to leave, and until when the one after it has to have joined.
    current: Option<(NodeId, Duration)>,
    done: usize,
}

impl Fleet {
    /// Begins a rolling restart of the nodes that are up.
    pub(super) fn begin_roll(&mut self, out: &mut Vec<Effect>) {
        if self.phase != Phase::Running || self.roll.is_some() {
            return;
        }
        let left: VecDeque<u32> = self.slots.iter().filter(|slot| slot.is_up()).map(|slot| slot.node.slot).collect();
        out.push(Effect::Tell(Notice::RollBegins(left.len())));
        self.roll = Some(Roll { left, current: None, done: 0 });
    }

    /// How many nodes a rolling restart still has to start anew, the present one included; `None` without one.
    pub(crate) fn rolling(&self) -> Option<usize> {
        self.roll.as_ref().map(|roll| roll.left.len() + usize::from(roll.current.is_some()))
    }

    /// Goes on with a rolling restart, if it is time.
    pub(super) fn roll_on(&mut self, now: Duration, out: &mut Vec<Effect>) {
        let Some(mut roll) = self.roll.take().filter(|_| self.phase == Phase::Running) else { return };
        if let Some((old, until)) = roll.current {
            let Some(slot) = self.slots.get(old.slot as usize) else { return };
            let has_joined = slot.node.incarnation > old.incarnation && matches!(slot.state, State::Joined { .. });
            if !has_joined
                && now >= until
                && let Some(text) = slot.complaint(now)
            {
                // Not the node's fault: it joins when the brokers are back.
                out.push(Effect::Tell(Notice::RollWaits(slot.node, text.to_owned())));
                roll.current = Some((old, now + JOINS_WITHIN));
                self.roll = Some(roll);
                return;
            }
            if !has_joined && now >= until {
                // Going on would take down one node after the other.
                return out.push(Effect::Tell(Notice::RollAborted(slot.node, roll.left.len())));
            }
            if !has_joined {
                self.roll = Some(roll);
                return;
            }
            roll.done += 1;
            roll.current = None;
        }
        while let Some(next) = roll.left.pop_front() {
            // One that is not up will be, by itself, and then is a new one.
            let Some(slot) = self.slots.get(next as usize).filter(|slot| slot.is_up()) else { continue };
            let node = slot.node;
            let until = now + self.plan.shutdown_timeout + self.plan.boot_timeout + JOINS_WITHIN;
            roll.current = Some((node, until));
            self.roll = Some(roll);
            return self.stop_one(node, StopReason::Roll, now, out);
        }
        out.push(Effect::Tell(Notice::Rolled(roll.done)));
    }

    /// The supervisor did not run for this long.
    pub(super) fn shift_roll(&mut self, by: Duration) {
        if let Some((_, until)) = self.roll.as_mut().and_then(|roll| roll.current.as_mut()) {
            *until += by;
        }
    }
}
