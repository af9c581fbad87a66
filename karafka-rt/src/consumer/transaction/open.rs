//! `cx.transaction(..)`: begin, run the user's closure, commit or abort.

use std::sync::Arc;

use serde::Serialize;

use super::error::TransactionError;
use super::port::{OpenTransaction, Settled, TransactionProgress};
use crate::consumer::context::{Aftermath, Call, Context, Seat, SeekTo};
use crate::consumer::epoch::EpochPhase;
use crate::consumer::metadata;
use crate::consumer::produce::{Destination, Key, Outgoing, PayloadOf, ProduceError, Record, Topic};
use crate::message::{HandlerError, Position, Result};

/// A transaction that has begun. What is produced and marked through it commits together, or not at all.
pub struct Transaction<'t> {
    seat: &'t Seat,
    attempt: u32,
    /// Which record of its batch the handler works on.
    index: usize,
    open: Box<dyn OpenTransaction>,
    /// The next offset to read, and the metadata beside it.
    mark: Option<(i64, Option<Arc<str>>)>,
}

/// See [`Context::transaction`].
pub(in crate::consumer) fn run<R>(
    cx: &mut Context<'_>,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<R>,
) -> Result<R> {
    let Context { seat, call } = cx;
    if let Some(error) = call.aftermath.error() {
        return Err(error);
    }
    let open = call.waiting(|| seat.transactions.begin()).map_err(TransactionError::into_handler_error)?;
    let mut transaction = Transaction { seat, attempt: call.attempt, index: call.finished, open, mark: None };
    // A panic drops the transaction, which aborts it.
    let result = work(&mut transaction);
    let Transaction { open, mark, .. } = transaction;
    match result {
        Ok(value) => call_end(seat, call, open, mark).map(|()| value),
        Err(error) => {
            call.waiting(|| open.abort());
            call.aftermath = Aftermath::Aborted(error.kind());
            Err(error)
        }
    }
}

fn call_end(
    seat: &Seat,
    call: &mut Call,
    open: Box<dyn OpenTransaction>,
    mark: Option<(i64, Option<Arc<str>>)>,
) -> Result {
    let committed = call.waiting(|| commit(seat, open, mark));
    match committed {
        Ok(next) => {
            call.marked = next.or(call.marked);
            Ok(())
        }
        Err(error) => {
            if let TransactionError::OutcomeUnknown(_) = error {
                // What is stored says whether it happened.
                call.seek = Some(SeekTo::Committed);
            }
            let error = error.into_handler_error();
            call.aftermath = Aftermath::Aborted(error.kind());
            Err(error)
        }
    }
}

/// The progress that is stored with it, if any.
fn commit(
    seat: &Seat,
    open: Box<dyn OpenTransaction>,
    mark: Option<(i64, Option<Arc<str>>)>,
) -> std::result::Result<Option<i64>, TransactionError> {
    // Not while the process waits for brokers that are away: a partition that is lost meanwhile goes on elsewhere, from what is
    // stored.
    let goes_on = || !seat.epoch.phase().is_over();
    let Some((next, metadata)) = mark else { return open.commit(None, &goes_on).map(|()| None) };
    let origin = seat.origin;
    let Some(membership) = seat.membership.hold_commits(origin) else {
        open.abort();
        return Err(TransactionError::AssignmentLost);
    };
    let progress = TransactionProgress {
        topic: origin.topic,
        partition: origin.partition,
        next,
        metadata: metadata.clone(),
        membership,
    };
    let result = open.commit(Some(&progress), &goes_on);
    let settled = match &result {
        Ok(()) => {
            // Before the listener commits again: an older mark would take back what is stored.
            seat.epoch.mark_maybe_with(next, metadata);
            Settled::Stored(next)
        }
        Err(TransactionError::OutcomeUnknown(_)) => Settled::Unknown,
        Err(_) => Settled::NotStored,
    };
    seat.membership.settled(origin, settled);
    result.map(|()| Some(next))
}

impl Transaction<'_> {
    /// Marks everything up to and including this record as done, when the transaction commits. `Ok(false)` when the partition was
    /// lost meanwhile: the commit will then be refused. An error for a position of another partition.
    pub fn mark(&mut self, position: impl Into<Position>) -> Result<bool> {
        self.mark_place(position.into(), None)
    }

    /// The same, with a value that is kept beside the offset: see [`Context::mark_with`].
    pub fn mark_with<M: Serialize + ?Sized>(&mut self, position: impl Into<Position>, value: &M) -> Result<bool> {
        let metadata = metadata::encode(value)?;
        self.mark_place(position.into(), Some(metadata))
    }

    fn mark_place(&mut self, position: Position, metadata: Option<Arc<str>>) -> Result<bool> {
        self.seat.check_place(position, "mark")?;
        if position.origin.epoch != self.seat.origin.epoch || self.seat.epoch.phase().is_over() {
            return Err(TransactionError::AssignmentLost.into_handler_error());
        }
        self.mark = Some((position.offset + 1, metadata));
        Ok(true)
    }

    /// Produces a record as part of the transaction: see [`Context::produce`].
    pub fn produce<T: Topic>(&mut self, key: impl Key, payload: &(impl PayloadOf<T> + ?Sized)) -> Result {
        let mut record = Record::new(payload);
        record.key = key.bytes();
        self.produce_record::<T>(record)
    }

    /// The same for headers, partition, timestamp or a tombstone.
    pub fn produce_record<T: Topic>(&mut self, record: Record<'_, impl PayloadOf<T> + ?Sized>) -> Result {
        let mut bytes = Vec::new();
        if let Some(payload) = record.payload {
            let encoded = payload.encode(&mut bytes);
            encoded.map_err(|error| HandlerError::from(ProduceError::Encode(error.to_string())))?;
        }
        let outgoing = Outgoing {
            destination: Destination::Declared(T::NAME),
            partition: record.partition,
            key: record.key,
            payload: record.payload.map(|_| bytes.as_slice()),
            headers: &record.headers,
            timestamp: record.timestamp,
        };
        self.open.produce(&outgoing, self.index).map_err(ProduceError::into_handler_error)
    }

    /// Which attempt of the handler call this is, 1 for the first.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Whether the partition is being taken away: finish soon.
    pub fn is_revoked(&self) -> bool {
        self.seat.epoch.phase() != EpochPhase::Live
    }

    /// The topic's full name.
    pub fn topic(&self) -> &'static str {
        self.seat.origin.topic
    }

    /// The partition.
    pub fn partition(&self) -> i32 {
        self.seat.origin.partition
    }
}

impl std::fmt::Debug for Transaction<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Transaction").field("mark", &self.mark).finish_non_exhaustive()
    }
}
