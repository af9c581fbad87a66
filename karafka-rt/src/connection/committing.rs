//! Commits: collecting what is due, sending it, reading the answers.
//!
//! The broker checks membership, not ownership: it accepts a commit for a partition that is somebody else's. Only entries of
//! living assignments are ever sent.

use std::sync::mpsc::SyncSender;
use std::time::Duration;

use super::commits::Said;
use super::holding::Hold;
use super::session::Session;
use super::slot::{Key, Slot};
use crate::consumer::Marked;
use crate::failpoint::{self, Point};
use crate::ledger::CommitOutcome;
use crate::librdkafka::{Code, CommitAnswer, CommitEntry};
use crate::message::Origin;
use crate::telemetry::{Event, emit};

impl Session<'_> {
    pub(super) fn commit_step(&mut self, now: Duration) {
        let overdue = self.commits.overdue(now);
        if !overdue.is_empty() {
            let error = "no answer within the commit deadline";
            emit(Event::CommitFailed { group: self.plan.group, error });
        }
        self.settle(overdue);
        self.hold_step();
        // The topic may be another one of the same name, where this progress means nothing.
        let is_unsure = self.topics.is_suspicious() && self.stopping.is_none();
        if let Some(most) = self.commits.batch(now).filter(|_| !is_unsure) {
            self.commit(most, now);
        }
        self.reply();
    }

    fn commit(&mut self, most: usize, now: Duration) {
        let free = self.slots.values().filter(|slot| !self.commits.is_held(slot.key(), now));
        let due: Vec<Due> = free.filter_map(entry).collect();
        if due.is_empty() {
            self.commits.nothing_due(now);
            return;
        }
        let more = due.len() > most;
        let chosen: Vec<_> = due.into_iter().take(most).collect();
        let entries: Vec<CommitEntry> = chosen.iter().map(|due| due.entry.clone()).collect();
        failpoint::at(Point::BeforeCommit);
        match self.client.commit(&entries) {
            Ok(ticket) => {
                failpoint::at(Point::CommitSent);
                for Due { key, entry, revision, .. } in &chosen {
                    if let Some(slot) = self.slots.get_mut(key) {
                        slot.progress.sent((entry.offset, *revision));
                    }
                }
                let sent = chosen.into_iter().map(|due| (due.key, due.epoch)).collect();
                self.commits.sent(ticket, sent, now, more);
            }
            Err(error) => {
                self.commits.refused(now);
                emit(Event::CommitFailed { group: self.plan.group, error: &error.to_string() });
            }
        }
    }

    pub(super) fn commit_answered(&mut self, answer: &CommitAnswer, now: Duration) {
        failpoint::at(Point::CommitAnswered);
        let codes = answer.entries.iter().map(|(_, _, code)| code.or(answer.error));
        let said: Vec<Said> = codes.clone().map(said).collect();
        let outcomes = self.commits.answered(answer.ticket, &said, now);
        if !outcomes.is_empty()
            && let Some(code) = codes.flatten().next()
        {
            let error = format!("{} ({code})", code.name());
            emit(Event::CommitFailed { group: self.plan.group, error: &error });
        }
        self.settle(outcomes);
    }

    fn settle(&mut self, outcomes: Vec<(Key, u64, CommitOutcome)>) {
        for (key, epoch, outcome) in outcomes {
            let Some(slot) = self.slots.get_mut(&key).filter(|slot| slot.origin().epoch == epoch) else { continue };
            slot.progress.answered(outcome);
            if outcome != CommitOutcome::Stored {
                self.refuse(epoch);
            }
        }
    }

    /// A handler waits for the commit of what it marked.
    pub(super) fn commit_asked(&mut self, origin: Origin, reply: SyncSender<bool>, now: Duration) {
        self.waiting.push((origin, reply));
        self.commits.soon(now);
    }

    /// Answers those whose marks are stored, or whose assignment is gone.
    fn reply(&mut self) {
        let slots = &self.slots;
        self.waiting.retain(|(origin, reply)| {
            let slot = slots.get(&(origin.topic, origin.partition)).filter(|slot| slot.origin().epoch == origin.epoch);
            let verdict = match slot {
                None => Some(false),
                Some(slot) if slot.partition.seat().epoch.phase().is_over() => Some(false),
                Some(slot) if slot.is_saved() => Some(true),
                Some(_) => None,
            };
            if let Some(verdict) = verdict {
                // The handler may have given up waiting: then nobody needs the answer.
                let _ = reply.try_send(verdict);
            }
            verdict.is_none()
        });
    }

    fn refuse(&mut self, epoch: u64) {
        self.waiting.retain(|(origin, reply)| {
            let concerned = origin.epoch == epoch;
            if concerned {
                let _ = reply.try_send(false);
            }
            !concerned
        });
    }
}

/// One partition of a commit.
struct Due {
    key: Key,
    epoch: u64,
    entry: CommitEntry,
    revision: u64,
}

fn entry(slot: &Slot) -> Option<Due> {
    let epoch = &slot.partition.seat().epoch;
    if !slot.is_due() || matches!(slot.hold, Hold::Held) || epoch.phase().is_over() {
        return None;
    }
    let Marked { next, metadata, revision } = epoch.to_commit()?;
    let metadata = metadata.as_deref().map(str::to_owned);
    let entry = CommitEntry { at: slot.at.clone(), offset: next, metadata };
    Some(Due { key: slot.key(), epoch: epoch.number, entry, revision })
}

fn said(code: Option<Code>) -> Said {
    match code {
        None => Said::Stored,
        Some(code) if code.is_retriable_commit() => Said::Retry,
        Some(_) => Said::Error,
    }
}
