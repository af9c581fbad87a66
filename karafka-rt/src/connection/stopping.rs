//! The end of a session: finish, hooks, commit, leave, close. Every step has a bound.

use std::time::Duration;

use super::session::Session;
use crate::consumer::EpochPhase;
use crate::failpoint::{self, Point};
use crate::processing::{Hook, Partition};

/// How far the stop has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Jobs are finishing; each partition's `Shutdown` hook runs as soon as it is idle.
    Draining,
    /// What is done is being committed.
    Committing,
    /// Nothing is left to do, and the stop has not been asked for yet.
    Quiet,
    /// The group is being left.
    Leaving { since: Duration },
    /// Left, or given up.
    Over { left: bool },
}

#[derive(Debug)]
pub(super) struct Stopping {
    pub(super) stage: Stage,
    /// `None` while only quiet was asked for.
    deadline: Option<Duration>,
    /// Jobs that were given up at the deadline, for the report.
    pub(super) given_up: Vec<String>,
}

/// Longest wait for the last commit when the jobs took all the time there was.
pub(super) const LAST_COMMIT: Duration = Duration::from_secs(1);
/// Longest wait for the group to be left; then the broker learns it by the session time-out.
pub(super) const LEAVE: Duration = Duration::from_millis(1500);

impl Stopping {
    /// Whether the process ends, instead of only taking no new work.
    pub(super) fn is_final(&self) -> bool {
        self.deadline.is_some()
    }
}

/// A partition whose job still runs, as a person reads it.
pub(super) fn describe(partition: &Partition) -> String {
    let origin = partition.seat().origin;
    let done = partition.seat().epoch.marked().map_or("nothing done".to_owned(), |next| format!("done below {next}"));
    format!("{}[{}] of group {} ({done})", origin.topic, origin.partition, partition.route().group)
}

impl Session<'_> {
    /// A stop, or a shorter deadline for the one that runs.
    pub(super) fn stop(&mut self, deadline: Duration, now: Duration) {
        self.begin_stop(Some(deadline), now);
    }

    /// No new work, `Shutdown` hooks, commits; the membership stays until the stop.
    pub(super) fn quiet(&mut self, now: Duration) {
        self.begin_stop(None, now);
    }

    fn begin_stop(&mut self, deadline: Option<Duration>, now: Duration) {
        if let Some(stopping) = &mut self.stopping {
            stopping.deadline = deadline.or(stopping.deadline);
        } else {
            self.stopping = Some(Stopping { stage: Stage::Draining, deadline, given_up: Vec::new() });
            self.slots.values_mut().for_each(|slot| slot.partition.retire());
        }
        self.stopping_step(now);
    }

    pub(super) fn stopping_step(&mut self, now: Duration) {
        while let Some(stage) = self.next_stop(now) {
            if let Some(stopping) = &mut self.stopping {
                stopping.stage = stage;
            }
            match stage {
                Stage::Draining | Stage::Quiet | Stage::Over { .. } => {}
                Stage::Committing => self.commits.soon(now),
                Stage::Leaving { .. } => self.leave(),
            }
        }
    }

    /// Whether the group is being left: a revocation is then answered at once.
    pub(super) fn is_leaving(&self) -> bool {
        matches!(&self.stopping, Some(Stopping { stage: Stage::Leaving { .. } | Stage::Over { .. }, .. }))
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(&self.stopping, Some(Stopping { stage: Stage::Over { .. }, .. }))
    }

    fn next_stop(&mut self, now: Duration) -> Option<Stage> {
        if matches!(&self.stopping, Some(Stopping { stage: Stage::Draining, .. })) {
            self.shutdown_hooks();
        }
        let stopping = self.stopping.as_ref()?;
        let deadline = stopping.deadline;
        let busy = self.slots.values().any(|slot| slot.partition.is_busy()) || !self.orphans.is_empty();
        let late = deadline.is_some_and(|deadline| now >= deadline);
        match stopping.stage {
            Stage::Draining if !busy => Some(Stage::Committing),
            Stage::Draining if late => {
                self.give_up();
                Some(Stage::Committing)
            }
            Stage::Committing => {
                let unsaved = self.slots.values().any(|slot| !slot.is_saved());
                let overdue = deadline.is_some_and(|deadline| now >= deadline + LAST_COMMIT);
                (!unsaved || overdue).then_some(Stage::Quiet)
            }
            Stage::Quiet if deadline.is_some() => Some(Stage::Leaving { since: now }),
            Stage::Leaving { .. } if self.client.is_closed() => Some(Stage::Over { left: true }),
            Stage::Leaving { since } if now >= since + LEAVE => Some(Stage::Over { left: false }),
            Stage::Draining | Stage::Quiet | Stage::Leaving { .. } | Stage::Over { .. } => None,
        }
    }

    fn shutdown_hooks(&mut self) {
        let jobs: Vec<_> =
            self.slots.values_mut().filter_map(|slot| slot.partition.last_hook(Hook::Shutdown)).collect();
        for job in jobs {
            self.submit(job);
        }
    }

    /// Jobs that are still running stay uncommitted beyond what they marked; their assignment ends after the last commit.
    fn give_up(&mut self) {
        let slots = self.slots.values().map(|slot| &slot.partition).chain(self.orphans.partitions());
        let given_up: Vec<String> = slots.filter(|partition| partition.is_busy()).map(describe).collect();
        if let Some(stopping) = &mut self.stopping {
            stopping.given_up = given_up;
        }
    }

    fn leave(&mut self) {
        failpoint::at(Point::InClose);
        // Whatever is still being drained for a revocation has had its time.
        self.answer_revocation();
        if self.client.begin_close().is_err() {
            if let Some(stopping) = &mut self.stopping {
                stopping.stage = Stage::Over { left: false };
            }
            self.slots.values().for_each(|slot| slot.partition.seat().epoch.advance(EpochPhase::Dead));
        }
    }
}
