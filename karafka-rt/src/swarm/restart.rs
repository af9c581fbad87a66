//! The restart table: what follows which death, and how long to wait. One home for one rule.

use std::collections::VecDeque;
use std::time::Duration;

use super::death::{Cause, Death, StopReason};
use super::plan::{BackOff, FENCED_STEP, RECYCLE_WINDOW, RECYCLES_TOLERATED};

/// What one slot remembers of its earlier lives.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    /// The step of the back-off: deaths since the last stable life.
    step: u32,
    /// The step of failed forks, which have a back-off of their own.
    fork_step: u32,
    /// Boots that failed, forks included.
    failed_boots: u32,
    /// Whether any life was ever up.
    ever_up: bool,
    /// The latest planned recycles, bounded by the number from which on they are a problem.
    recycles: VecDeque<Duration>,
}

/// What follows a death.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Restart {
    /// Fork again after this time.
    After(Duration),
    /// As above, and this many recycles within the window are a problem.
    AfterTooManyRecycles(Duration, usize),
    /// Never again.
    GiveUp,
}

impl History {
    pub(crate) fn came_up(&mut self) {
        self.ever_up = true;
    }

    pub(crate) fn was_ever_up(&self) -> bool {
        self.ever_up
    }

    pub(crate) fn failed_boots(&self) -> u32 {
        self.failed_boots
    }

    pub(crate) fn forked(&mut self) {
        self.fork_step = 0;
    }

    /// A fork failed: how long to wait before the next.
    pub(crate) fn fork_failed(&mut self, back_off: BackOff, random: f64) -> Duration {
        self.failed_boots = self.failed_boots.saturating_add(1);
        let delay = back_off.delay(self.fork_step, random);
        self.fork_step = self.fork_step.saturating_add(1);
        delay
    }

    /// The restart table. `random` is in `0.0..1.0`.
    pub(crate) fn died(&mut self, death: &Death, rules: &Rules, now: Duration, random: f64) -> Restart {
        let stable = death.up_for.is_some_and(|time| time >= rules.stable_after);
        if stable {
            self.step = 0;
        }
        if death.up_for.is_none() {
            self.failed_boots = self.failed_boots.saturating_add(1);
        }
        match death.cause {
            Cause::Misconfigured if death.up_for.is_none() => Restart::GiveUp,
            Cause::Recycled => match self.recycled(now) {
                count if count > RECYCLES_TOLERATED => {
                    Restart::AfterTooManyRecycles(self.backed_off(rules.back_off, random), count)
                }
                _ if stable => Restart::After(Duration::ZERO),
                _ => Restart::After(self.backed_off(rules.back_off, random)),
            },
            Cause::Restarted(StopReason::Operator | StopReason::Roll) => Restart::After(Duration::ZERO),
            Cause::Fenced => {
                self.step = self.step.max(FENCED_STEP);
                Restart::After(self.backed_off(rules.back_off, random))
            }
            Cause::AsCommanded
            | Cause::ForcedStop
            | Cause::LeftByItself
            | Cause::Misconfigured
            | Cause::OutOfMemory
            | Cause::Crashed
            | Cause::Restarted(_) => Restart::After(self.backed_off(rules.back_off, random)),
        }
    }

    /// Moves the remembered times, when the supervisor itself did not run.
    pub(crate) fn shift(&mut self, by: Duration) {
        for at in &mut self.recycles {
            *at += by;
        }
    }

    fn backed_off(&mut self, back_off: BackOff, random: f64) -> Duration {
        let delay = back_off.delay(self.step, random);
        self.step = self.step.saturating_add(1);
        delay
    }

    /// Counts a recycle, and returns how many there were within the window.
    fn recycled(&mut self, now: Duration) -> usize {
        self.recycles.push_back(now);
        self.recycles.retain(|&at| at + RECYCLE_WINDOW > now);
        if self.recycles.len() > RECYCLES_TOLERATED + 1 {
            self.recycles.pop_front();
        }
        self.recycles.len()
    }
}

/// The numbers of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// How waits grow.
    pub(crate) back_off: BackOff,
    /// How long a life must be up to count as stable.
    pub(crate) stable_after: Duration,
}

impl BackOff {
    /// The wait at `step`; `random` in `0.0..1.0` spreads it over the jitter.
    pub(crate) fn delay(&self, step: u32, random: f64) -> Duration {
        let doubled = self.base.saturating_mul(1_u32.checked_shl(step).unwrap_or(u32::MAX));
        doubled.min(self.cap).mul_f64((1.0 + self.jitter * (2.0 * random - 1.0)).max(0.0))
    }
}
