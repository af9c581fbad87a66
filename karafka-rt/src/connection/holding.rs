//! A transaction commits the progress of a partition: the listener steps back from that partition for as long.
//!
//! Two ways to commit one offset would overtake each other: a plain commit that arrives late would take back what a transaction
//! has committed. So a transaction begins its end only when no plain commit of its partition is on its way, and none is sent
//! before it is over.

use std::sync::mpsc::SyncSender;
use std::time::Duration;

use super::session::Session;
use crate::consumer::{Membership, Settled};
use crate::message::Origin;
use crate::telemetry::{Event, emit};

/// Who commits the progress of a partition.
#[derive(Debug, Default)]
pub(super) enum Hold {
    /// The listener.
    #[default]
    Free,
    /// A transaction, as soon as no commit is on its way.
    Asked(SyncSender<Option<Membership>>),
    /// A transaction.
    Held,
}

impl Session<'_> {
    /// A transaction wants to commit progress of this assignment.
    pub(super) fn hold_asked(&mut self, origin: Origin, reply: SyncSender<Option<Membership>>, now: Duration) {
        let slot = self.slots.get_mut(&(origin.topic, origin.partition));
        match slot.filter(|slot| slot.origin().epoch == origin.epoch) {
            Some(slot) => {
                slot.hold = Hold::Asked(reply);
                // One that is not certain is sent again at once, to be.
                self.commits.soon(now);
            }
            // The worker may have given up waiting.
            None => drop(reply.try_send(None)),
        }
    }

    /// The transaction is over. While its outcome is unknown the partition stays held: it goes back to what is stored, and is free
    /// from there on.
    pub(super) fn settled(&mut self, origin: Origin, settled: Settled) {
        let slot = self.slots.get_mut(&(origin.topic, origin.partition));
        let Some(slot) = slot.filter(|slot| slot.origin().epoch == origin.epoch) else { return };
        match settled {
            Settled::Unknown => {}
            Settled::NotStored => slot.hold = Hold::Free,
            Settled::Stored(next) => {
                slot.hold = Hold::Free;
                let revision = slot.partition.seat().epoch.mark_and_revision().map_or(0, |(_, revision)| revision);
                slot.progress.stored((next, revision));
            }
        }
    }

    /// Answers transactions whose partitions have no commit on its way any more.
    pub(super) fn hold_step(&mut self) {
        if !self.slots.values().any(|slot| matches!(slot.hold, Hold::Asked(_)) && slot.progress.is_certain()) {
            return;
        }
        let membership = match self.client.group_metadata() {
            Ok(bytes) => Some(Membership::from(bytes)),
            Err(error) => {
                let error = format!("the membership cannot be read: {error}");
                emit(Event::ClientTrouble { group: self.plan.group, error: &error });
                None
            }
        };
        for slot in self.slots.values_mut().filter(|slot| slot.progress.is_certain()) {
            let Hold::Asked(reply) = &slot.hold else { continue };
            let alive = !slot.partition.seat().epoch.phase().is_over();
            let answer = membership.clone().filter(|_| alive);
            let holds = answer.is_some();
            // A worker that gave up waiting aborts its transaction.
            let heard = reply.try_send(answer).is_ok();
            slot.hold = if holds && heard { Hold::Held } else { Hold::Free };
        }
    }
}
