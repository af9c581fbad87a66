//! Which nodes are restarted for their health.

use std::time::Duration;

use crate::vitals::{LateJob, Survey};

use super::super::death::StopReason;
use super::super::effect::Effect;
use super::super::event::NodeId;
use super::super::node::State;
use super::super::plan::SwarmPlan;
use super::super::report::Report;
use super::core::Fleet;

impl Fleet {
    pub(super) fn reported(&mut self, node: NodeId, report: Report, now: Duration, out: &mut Vec<Effect>) {
        match report {
            Report::Up => self.came_up(node, now, out),
            Report::Joined => {
                if let Some(slot) = self.present(node) {
                    slot.joined(now, out);
                }
            }
            Report::RecycleWanted(excess) => self.recycle(node, excess, now, out),
            Report::Trouble(text) => {
                if let Some(slot) = self.present(node) {
                    slot.trouble = Some((now, text));
                }
            }
            Report::Unhealthy(reason) => self.stop_one(node, StopReason::Unhealthy(reason), now, out),
        }
    }

    pub(super) fn surveyed(
        &mut self,
        node: NodeId,
        frozen: bool,
        survey: &Survey,
        now: Duration,
        out: &mut Vec<Effect>,
    ) {
        let Some(slot) = self.present(node) else { return };
        match slot.state {
            State::Stopping(_) if frozen => slot.kill("its process is frozen", out),
            State::Up { .. } | State::Joined { .. } => {
                if frozen {
                    // No job is late and no listener lazy in a process that does not run.
                    self.thaw_or_end(node, survey, now, out);
                } else if let Some(reason) = reason_to_restart(survey, &self.plan, now) {
                    self.stop_one(node, reason, now, out);
                }
            }
            _ => {}
        }
    }

    /// A frozen node may wake up while it still is a member of its groups; afterwards it is ended without being woken.
    fn thaw_or_end(&mut self, node: NodeId, survey: &Survey, now: Duration, out: &mut Vec<Effect>) {
        let Some(silence) = survey.silence else { return };
        let time = now.saturating_sub(silence.since);
        if time < self.plan.frozen_limit {
            return;
        }
        self.stop_one(node, StopReason::Frozen(time), now, out);
        if let Some(slot) = self.present(node) {
            slot.kill("its process is frozen", out);
        }
    }
}

/// The only three reasons for which a node is restarted are these two and its own word.
fn reason_to_restart(survey: &Survey, plan: &SwarmPlan, now: Duration) -> Option<StopReason> {
    if let Some(silence) = survey.silence.filter(|silence| now >= silence.since + plan.silence_limit) {
        let time = now.saturating_sub(silence.since);
        return Some(StopReason::Silent { listener: silence.listener, time });
    }
    let LateJob { job, .. } = survey.late.filter(|late| now > late.due)?;
    Some(StopReason::Late { budget: job.budget?, job: job.in_words(&plan.topics), late: job })
}
