//! All slots together: `step(event, now) -> effects`. Every decision of the supervisor is made here, with no clock and no
//! system call.

use std::time::Duration;

use crate::lifecycle::exit::Code;
use crate::os::{Ending, Signal};
use crate::vitals::{LateJob, Survey};

use super::death::{Cause, Death, StopReason};
use super::effect::{Effect, Notice, Sequel};
use super::event::{Event, NodeId};
use super::node::{Slot, State};
use super::pace::ForkPace;
use super::plan::{BOOTS_BEFORE_GIVING_UP, LEAVE_AFTER, SLEPT_AFTER, SwarmPlan};
use super::report::Report;
use super::restart::{Restart, Rules};

/// The fleet. It must be stepped at least once a second, because a longer gap means that the supervisor did not run.
pub(crate) struct Fleet {
    plan: SwarmPlan,
    slots: Vec<Slot>,
    phase: Phase,
    pace: ForkPace,
    random: fastrand::Rng,
    started: Duration,
    last_step: Duration,
    clock_floor: Duration,
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
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
            self.fork_one(now, &mut out);
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
            Event::Forked { node, pid } => {
                let stopping = self.is_stopping();
                if let Some(slot) = self.present(node).filter(|slot| matches!(slot.state, State::Forking)) {
                    slot.forked(pid, now, out);
                    if stopping {
                        self.stop_one(node, StopReason::Commanded, now, out);
                    }
                }
            }
            Event::ForkFailed { node, reason } => self.fork_failed(node, reason, now, out),
            Event::Reported { node, report } => self.reported(node, report, now, out),
            Event::Surveyed { node, frozen, survey } => self.surveyed(node, frozen, &survey, now, out),
            Event::Ended { node, ending } => self.ended(node, ending, now, out),
            Event::Stop => {
                if self.phase == Phase::Running {
                    out.push(Effect::Tell(Notice::Stopping(self.plan.shutdown_timeout + LEAVE_AFTER)));
                    self.stop_all(Code::Clean, now, out);
                }
            }
            Event::StopNow => {
                out.push(Effect::Tell(Notice::StoppingNow));
                self.stop_all(Code::Clean, now, out);
                for slot in &mut self.slots {
                    slot.kill("the swarm stops now", out);
                }
            }
            Event::Quiet => {
                out.push(Effect::Tell(Notice::Quiet));
                self.quiet = true;
                let up = self.slots.iter().filter(|slot| matches!(slot.state, State::Up { .. }));
                out.extend(up.map(|slot| Effect::Signal(slot.node, Signal::SIGTSTP)));
            }
        }
    }

    /// The slot of `node`, if that is the node in it now.
    fn present(&mut self, node: NodeId) -> Option<&mut Slot> {
        self.slots.get_mut(node.slot as usize).filter(|slot| slot.node == node)
    }

    fn reported(&mut self, node: NodeId, report: Report, now: Duration, out: &mut Vec<Effect>) {
        let quiet = self.quiet;
        match report {
            Report::Up => {
                let Some(slot) = self.present(node).filter(|slot| matches!(slot.state, State::Starting { .. })) else {
                    return;
                };
                slot.came_up(now, out);
                if quiet {
                    out.push(Effect::Signal(node, Signal::SIGTSTP));
                }
            }
            Report::Unhealthy(reason) => self.stop_one(node, StopReason::Unhealthy(reason), now, out),
        }
    }

    fn surveyed(&mut self, node: NodeId, frozen: bool, survey: &Survey, now: Duration, out: &mut Vec<Effect>) {
        let Some(slot) = self.present(node) else { return };
        match slot.state {
            State::Stopping(_) if frozen => slot.kill("its process is frozen", out),
            State::Up { .. } => {
                if let Some(reason) = reason_to_restart(survey, &self.plan, now) {
                    self.stop_one(node, reason, now, out);
                }
            }
            _ => {}
        }
    }

    fn fork_failed(&mut self, node: NodeId, reason: String, now: Duration, out: &mut Vec<Effect>) {
        let (back_off, random, stopping) = (self.plan.back_off, self.random.f64(), self.is_stopping());
        let Some(slot) = self.present(node).filter(|slot| matches!(slot.state, State::Forking)) else { return };
        let delay = slot.history.fork_failed(back_off, random);
        slot.state = if stopping { State::Vacant } else { State::Waiting { until: now + delay } };
        out.push(Effect::Tell(Notice::ForkFailed(node, reason, delay)));
    }

    fn ended(&mut self, node: NodeId, ending: Ending, now: Duration, out: &mut Vec<Effect>) {
        let Some(death) = self.present(node).and_then(|slot| slot.died(ending, now)) else { return };
        if let Phase::Stopping { leave_at, code } = self.phase {
            self.phase = Phase::Stopping { leave_at, code: worse(code, code_after(&death)) };
            return out.push(Effect::Tell(Notice::Died(death, Sequel::None)));
        }
        let rules = Rules { back_off: self.plan.back_off, stable_after: self.plan.stable_after };
        let random = self.random.f64();
        let slot = &mut self.slots[node.slot as usize];
        let sequel = match slot.history.died(&death, &rules, now, random) {
            Restart::After(delay) => Sequel::RestartIn(delay),
            Restart::AfterTooManyRecycles(delay, count) => {
                out.push(Effect::Tell(Notice::RecyclesTooOften(node, count)));
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

    fn stop_one(&mut self, node: NodeId, reason: StopReason, now: Duration, out: &mut Vec<Effect>) {
        if let Some(slot) = self.slots.get_mut(node.slot as usize).filter(|slot| slot.node == node) {
            slot.stop(reason, &self.plan, now, out);
        }
    }

    /// Leaves, with `code` or a worse one.
    fn stop_all(&mut self, code: Code, now: Duration, out: &mut Vec<Effect>) {
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

    /// Forks the slot that has waited longest, if one is due and the pace allows. One: the next step brings the next.
    fn fork_one(&mut self, now: Duration, out: &mut Vec<Effect>) {
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

    fn conclude(&mut self, now: Duration, out: &mut Vec<Effect>) {
        if self.phase == Phase::Running && self.slots.iter().all(|slot| matches!(slot.state, State::GivenUp)) {
            out.push(Effect::Tell(Notice::AllMisconfigured));
            self.stop_all(Code::Configuration, now, out);
        }
        if self.phase == Phase::Running && self.is_crash_loop(now) {
            out.push(Effect::Tell(Notice::CrashLoop(BOOTS_BEFORE_GIVING_UP)));
            self.stop_all(Code::CannotRun, now, out);
        }
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

    /// No slot was ever up, each failed often enough, and there was time.
    fn is_crash_loop(&self, now: Duration) -> bool {
        let hopeless = |slot: &Slot| {
            let tried = slot.history.failed_boots() >= BOOTS_BEFORE_GIVING_UP || matches!(slot.state, State::GivenUp);
            tried && !slot.history.was_ever_up()
        };
        now >= self.started + self.plan.give_up_after && self.slots.iter().all(hopeless)
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
        out.push(Effect::Tell(Notice::Slept(gap)));
    }
}

/// The only three reasons for which a node is restarted are these two and its own word.
fn reason_to_restart(survey: &Survey, plan: &SwarmPlan, now: Duration) -> Option<StopReason> {
    if let Some(silence) = survey.silence.filter(|silence| now >= silence.since + plan.silence_limit) {
        let time = now.saturating_sub(silence.since);
        return Some(StopReason::Silent { listener: silence.listener, time });
    }
    let LateJob { job, .. } = survey.late.filter(|late| now > late.due)?;
    Some(StopReason::Late { budget: job.budget?, job: job.in_words(&plan.topics) })
}

/// What a death during the stop means for the code of the whole.
fn code_after(death: &Death) -> Code {
    match death.cause {
        Cause::Restarted(_) if death.ending != Ending::Exited(0) => Code::ForcedStop,
        Cause::AsCommanded | Cause::Recycled | Cause::Restarted(_) => Code::Clean,
        Cause::ForcedStop => Code::ForcedStop,
        Cause::LeftByItself | Cause::Fenced | Cause::Misconfigured | Cause::Crashed => Code::RuntimeError,
    }
}

fn worse(one: Code, other: Code) -> Code {
    let rank = |code: Code| match code {
        Code::Clean => 0,
        Code::RuntimeError => 1,
        Code::ForcedStop => 2,
        _ => 3,
    };
    if rank(other) > rank(one) { other } else { one }
}
