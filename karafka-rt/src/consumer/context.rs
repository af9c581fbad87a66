//! The context of one handler or hook call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::deliveries::Deliveries;
use super::epoch::{Epoch, EpochPhase};
use super::metadata::{self, OffsetMetadataError};
use super::port::{CommitPort, Port};
use super::produce::{Key, PayloadOf, Record, Topic};
use super::producer::Producer;
use super::transaction::{self, MembershipPort, Transaction, TransactionError, TransactionPort};
use crate::message::{ErrorKind, HandlerError, Origin, Position, Result};

/// What a handler can ask and say while it runs.
pub struct Context<'a> {
    pub(crate) seat: &'a Seat,
    pub(crate) call: &'a mut Call,
}

/// What stays the same for all calls of one assignment.
pub(crate) struct Seat {
    pub(crate) origin: Origin,
    pub(crate) node: u32,
    pub(crate) epoch: Arc<Epoch>,
    pub(crate) stopping: Arc<AtomicBool>,
    pub(crate) producer: Producer,
    /// For dead letters: no delivery timeout.
    pub(crate) dead_letters: Arc<dyn Port>,
    pub(crate) commits: Arc<dyn CommitPort>,
    pub(crate) transactions: Arc<dyn TransactionPort>,
    pub(crate) membership: Arc<dyn MembershipPort>,
}

/// What one call has done so far.
#[derive(Default)]
pub(crate) struct Call {
    pub(crate) attempt: u32,
    /// Records finished from the start of the batch.
    pub(crate) finished: usize,
    pub(crate) pause: Option<PauseWish>,
    pub(crate) seek: Option<SeekTo>,
    pub(crate) deliveries: Option<Arc<Deliveries>>,
    /// The last mark of this call that has taken effect.
    pub(crate) marked: Option<i64>,
    /// A mark that waits until everything produced before it is acknowledged.
    pub(crate) held_mark: Option<i64>,
    /// The metadata of that mark.
    pub(crate) held_metadata: Option<Arc<str>>,
    pub(crate) pulse: Option<Arc<dyn Pulse>>,
    pub(crate) aftermath: Aftermath,
}

/// What transactions left behind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Aftermath {
    /// All of them were committed.
    #[default]
    Clean,
    /// One was not, for a failure of this kind: the call can only end, and its attempt has failed whatever it returns.
    Aborted(ErrorKind),
}

impl Aftermath {
    /// What everything after an aborted transaction is told.
    pub(crate) fn error(self) -> Option<HandlerError> {
        let error = TransactionError::Aborted;
        match self {
            Self::Clean => None,
            Self::Aborted(ErrorKind::Unavailable) => Some(HandlerError::unavailable(error)),
            Self::Aborted(ErrorKind::Permanent) => Some(HandlerError::permanent(error)),
            Self::Aborted(ErrorKind::Failed) => Some(HandlerError::from(error)),
        }
    }
}

/// Hears what happens inside of a call.
pub(crate) trait Pulse: Send + Sync {
    /// A record of a `ConsumeEach` call was finished, and the one at `next` follows: the handler is alive.
    fn beat(&self, next: i64);
    /// The call waits for Kafka, which is not the handler's time.
    fn wait_begin(&self);
    fn wait_end(&self);
}

/// What the handler wants with the partition's flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PauseWish {
    /// Hand over nothing for this long, then go on from here.
    Pause { from: i64, duration: Duration },
    /// Lift a pause.
    Resume,
}

/// A place to go on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeekTo {
    /// This offset.
    Offset(i64),
    /// The oldest record that is kept.
    Earliest,
    /// The end of the log.
    Latest,
    /// The first record with this timestamp or a later one; the end when there is none.
    Time(std::time::SystemTime),
    /// The group's stored progress; without any, where the route says.
    Committed,
}

impl Call {
    /// Does something that may wait for Kafka.
    pub(in crate::consumer) fn waiting<R>(&self, work: impl FnOnce() -> R) -> R {
        if let Some(pulse) = &self.pulse {
            pulse.wait_begin();
        }
        let result = work();
        if let Some(pulse) = &self.pulse {
            pulse.wait_end();
        }
        result
    }
}

impl Context<'_> {
    /// Marks everything up to and including this record as done. Without lanes a lower mark rewinds progress. `Ok(false)`
    /// when the partition was lost meanwhile, or the position is of an earlier assignment; an error for a position of another
    /// partition. A mark behind a `produce` of the same call takes effect when that is acknowledged.
    pub fn mark(&mut self, position: impl Into<Position>) -> Result<bool> {
        self.mark_place(position.into(), None)
    }

    /// Marks, and keeps a value beside the offset in Kafka: the next owner of the partition reads it with
    /// [`Context::offset_metadata`]. It is committed with this mark and with every later one until it is replaced. Bounded: an
    /// error names the limit when the value is too large, and nothing is marked then. Serialized as JSON.
    pub fn mark_with<M: Serialize + ?Sized>(&mut self, position: impl Into<Position>, value: &M) -> Result<bool> {
        let metadata = metadata::encode(value)?;
        self.mark_place(position.into(), Some(metadata))
    }

    fn mark_place(&mut self, position: Position, metadata: Option<Arc<str>>) -> Result<bool> {
        self.is_clean()?;
        self.seat.check_place(position, "mark")?;
        if position.origin.epoch != self.seat.origin.epoch || self.seat.epoch.phase().is_over() {
            return Ok(false);
        }
        let next = position.offset + 1;
        if self.call.deliveries.is_some() {
            (self.call.held_mark, self.call.held_metadata) = (Some(next), metadata);
            return Ok(true);
        }
        self.call.marked = Some(next);
        Ok(self.seat.epoch.mark_maybe_with(next, metadata))
    }

    /// What was committed with [`Context::mark_with`] for this partition, by this or an earlier owner; `None` when never, or when
    /// another program wrote something else there. Loaded with the position at assignment; what is marked in this assignment is
    /// seen at once.
    pub fn offset_metadata<M: DeserializeOwned>(&self) -> Result<Option<M>, OffsetMetadataError> {
        if self.seat.epoch.phase().is_over() {
            return Err(OffsetMetadataError::AssignmentLost);
        }
        self.seat.epoch.metadata().map_or(Ok(None), |text| metadata::decode(&text))
    }

    /// Commits what is marked and waits for the broker's answer, at most the commit deadline (10 s by default). False when
    /// the partition was lost or the commit failed; what is marked is then committed later, or replayed by the next owner. A
    /// mark that waits for an acknowledgement is not part of it.
    pub fn commit(&mut self) -> bool {
        let Self { seat, call } = self;
        call.waiting(|| seat.commits.commit(seat.origin))
    }

    /// Stops handing over records of this partition for `duration`, then goes on from the record at `from`. Wins over the
    /// automatic mark: nothing from `from` on is marked by success. A later pause replaces an earlier one. An error for a
    /// position of another partition or an earlier assignment.
    pub fn pause(&mut self, from: impl Into<Position>, duration: Duration) -> Result {
        self.is_clean()?;
        let from = from.into();
        self.seat.check_place(from, "pause")?;
        if from.origin.epoch != self.seat.origin.epoch {
            let here = self.seat.origin.epoch;
            let text = format!("`pause` needs a position of this assignment ({here}), not of {}", from.origin.epoch);
            return Err(HandlerError::permanent(text));
        }
        self.call.pause = Some(PauseWish::Pause { from: from.offset, duration });
        Ok(())
    }

    /// Lifts a pause of this partition.
    pub fn resume(&mut self) {
        self.call.pause = Some(PauseWish::Resume);
    }

    /// Goes on from another place when this call ends. Wins over the automatic mark.
    pub fn seek(&mut self, to: SeekTo) -> Result {
        self.is_clean()?;
        if let SeekTo::Offset(offset) = to
            && offset < 0
        {
            return Err(format!("`seek` needs an offset of 0 or more, found {offset}").into());
        }
        self.call.seek = Some(to);
        Ok(())
    }

    /// Produces and marks together: what the closure does through the transaction becomes visible to readers of committed
    /// records at once when it returns `Ok`, and not at all when it returns an error or panics.
    ///
    /// An error comes back, and everything later in this call fails with [`TransactionError::Aborted`]; the attempt has failed even
    /// if the handler returns `Ok`. Marking outside of transactions goes on as usual. The time that the framework waits for Kafka
    /// here is not the handler's. The broker ends a transaction that stays open for longer than `transaction.timeout.ms` (1 min).
    pub fn transaction<R>(&mut self, work: impl FnOnce(&mut Transaction<'_>) -> Result<R>) -> Result<R> {
        transaction::run(self, work)
    }

    /// After a transaction of this call was aborted nothing else can be done in it.
    fn is_clean(&self) -> Result {
        self.call.aftermath.error().map_or(Ok(()), Err)
    }

    /// Which attempt this is, 1 for the first.
    pub fn attempt(&self) -> u32 {
        self.call.attempt
    }

    /// Whether the partition is being taken away: finish soon.
    pub fn is_revoked(&self) -> bool {
        self.seat.epoch.phase() != EpochPhase::Live
    }

    /// Whether the partition is gone without an orderly end: what was marked last may not be committed, and the next owner
    /// may already be at work on the same records. `Revoked` reads it to tell a loss from a hand-over.
    pub fn is_lost(&self) -> bool {
        self.seat.epoch.phase() == EpochPhase::Lost
    }

    /// Whether the process is stopping: finish soon.
    pub fn is_stopping(&self) -> bool {
        self.seat.stopping.load(Ordering::Relaxed)
    }

    /// The topic's full name.
    pub fn topic(&self) -> &'static str {
        self.seat.origin.topic
    }

    /// The partition.
    pub fn partition(&self) -> i32 {
        self.seat.origin.partition
    }

    /// The swarm slot of this process; 0 in `server` mode.
    pub fn node(&self) -> u32 {
        self.seat.node
    }

    /// A producer for tasks that outlive this call. What it produces is not tied to this call's progress.
    pub fn producer(&self) -> Producer {
        self.seat.producer.clone()
    }

    /// Queues a record for the topic `T` and returns; waits for room, bounded. No record of this call is marked by
    /// success before everything that its attempt produced is acknowledged.
    pub fn produce<T: Topic>(&mut self, key: impl Key, payload: &(impl PayloadOf<T> + ?Sized)) -> Result {
        let mut record = Record::new(payload);
        record.key = key.bytes();
        self.produce_record::<T>(record)
    }

    /// Like `produce`, for headers, partition, timestamp or a tombstone.
    pub fn produce_record<T: Topic>(&mut self, record: Record<'_, impl PayloadOf<T> + ?Sized>) -> Result {
        self.is_clean()?;
        let Self { seat, call } = self;
        let (deliveries, finished) = (Arc::clone(call.deliveries.get_or_insert_default()), call.finished);
        let queued = call.waiting(|| seat.producer.queue::<T, _>(&record, &deliveries, finished));
        queued.map_err(super::ProduceError::into_handler_error)
    }

    /// Produces and waits for the acknowledgement.
    pub fn produce_acked<T: Topic>(&mut self, key: impl Key, payload: &(impl PayloadOf<T> + ?Sized)) -> Result {
        self.is_clean()?;
        let Self { seat, call } = self;
        let produced = call.waiting(|| seat.producer.produce_acked::<T>(key, payload));
        produced.map_err(super::ProduceError::into_handler_error)
    }

    pub(crate) fn origin(&self) -> Origin {
        self.seat.origin
    }

    /// Whether the loop over records stops before the next one.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.seat.epoch.phase() != EpochPhase::Live
            || self.seat.stopping.load(Ordering::Relaxed)
            || matches!(self.call.pause, Some(PauseWish::Pause { .. }))
            || self.call.seek.is_some()
    }

    /// The handler returned; `next` is the offset of the record that follows in this call.
    /// An attempt that left an aborted transaction behind has failed, whatever its handler made of it.
    #[inline]
    pub(crate) fn left_behind(&self) -> Option<HandlerError> {
        // Asked after every record.
        if self.call.aftermath == Aftermath::Clean { None } else { self.call.aftermath.error() }
    }

    pub(crate) fn finished_one(&mut self, next: Option<i64>) {
        self.call.finished += 1;
        // Only the first record of a call may have failed before.
        self.call.attempt = 1;
        if let (Some(pulse), Some(next)) = (&self.call.pulse, next) {
            pulse.beat(next);
        }
    }

    pub(crate) fn finished_all(&mut self, count: usize) {
        self.call.finished += count;
    }
}

impl Seat {
    pub(in crate::consumer) fn check_place(&self, position: Position, what: &str) -> Result {
        let here = self.origin;
        if (position.origin.topic, position.origin.partition) == (here.topic, here.partition) {
            return Ok(());
        }
        Err(HandlerError::permanent(format!(
            "`{what}` acts on the partition of this call, {}[{}], but the position is {position}",
            here.topic, here.partition
        )))
    }
}
