//! How the fleet is, for those who ask.

use std::time::Duration;

use crate::control::{Node, NodeState, Phase as Shown};

use super::super::node::{Slot, State};
use super::core::{Fleet, Phase};

impl Fleet {
    /// What the swarm as a whole is doing.
    pub(crate) fn phase(&self) -> Shown {
        match self.phase {
            Phase::Running if self.quiet => Shown::Quiet,
            Phase::Running => Shown::Running,
            Phase::Stopping { .. } | Phase::Over => Shown::Stopping,
        }
    }

    /// Every slot; processes are not known here.
    pub(crate) fn nodes(&self, now: Duration) -> Vec<Node> {
        self.slots.iter().map(|slot| shown(slot, now)).collect()
    }
}

fn shown(slot: &Slot, now: Duration) -> Node {
    let since = |at: Duration| now.saturating_sub(at);
    let (state, time) = match &slot.state {
        State::Waiting { until } => (NodeState::Waiting, until.saturating_sub(now)),
        State::Forking => (NodeState::Starting, Duration::ZERO),
        State::Starting { since: at } => (NodeState::Starting, since(*at)),
        State::Up { since: at } => (NodeState::Up, since(*at)),
        State::Joined { since: at } => (NodeState::Joined, since(*at)),
        State::Stopping(stopping) => (NodeState::Stopping, since(stopping.since)),
        State::GivenUp => (NodeState::GivenUp, Duration::ZERO),
        State::Vacant => (NodeState::Vacant, Duration::ZERO),
    };
    let reason = match &slot.state {
        State::Stopping(stopping) => Some(stopping.reason.to_string()),
        State::Waiting { .. } | State::GivenUp => slot.last_end.clone(),
        _ => None,
    };
    let trouble = slot.complaint(now).map(str::to_owned);
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Node { slot: slot.node.slot, incarnation: slot.node.incarnation, state, milliseconds, pid: None, reason, trouble }
}
