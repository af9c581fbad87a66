//! The transactional calls of a producing client. Each may wait for brokers, up to its bound: for workers, never for a listener.
//!
//! Deliveries must be served until none is outstanding before a commit or an abort: in event mode librdkafka only waits for that
//! (`rd_kafka_flush`), and nobody else would do it.

use std::ffi::c_int;
use std::time::Duration;

use rdkafka_sys as sys;

use super::consumer::CommitEntry;
use super::error::{CallError, Code};
use super::group_metadata::GroupMetadata;
use super::list::List;
use super::produce_client::ProducerClient;

/// A transactional call that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub(crate) struct TransactionCallError {
    pub(crate) error: CallError,
    pub(crate) kind: FailureKind,
}

/// What librdkafka says about going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The same call may be made again (`rd_kafka_error_is_retriable`).
    Retriable,
    /// The transaction has to be aborted (`rd_kafka_error_txn_requires_abort`).
    Abort,
    /// The client will not work again (`rd_kafka_error_is_fatal`).
    Fatal,
    /// None of these: the call was wrong.
    Refused,
}

impl TransactionCallError {
    pub(crate) fn code(&self) -> Code {
        self.error.code
    }

    /// Whether another client took the transactional id over, or the broker ended the transaction after its time-out: the two
    /// look alike (`_FENCED`).
    pub(crate) fn is_fenced(&self) -> bool {
        matches!(self.code(), Code::LOCAL_FENCED | Code::INVALID_PRODUCER_EPOCH | Code::PRODUCER_FENCED)
    }
}

impl<T: Send> ProducerClient<T> {
    /// Registers the client's `transactional.id`: an open transaction of an earlier client with this id is ended first, and that
    /// client is fenced (`rd_kafka_init_transactions`).
    pub(crate) fn init_transactions(&self, bound: Duration) -> Result<(), TransactionCallError> {
        // SAFETY: a live client.
        unsafe { take(sys::rd_kafka_init_transactions(self.as_ptr(), milliseconds(bound))) }
    }

    /// Begins a transaction; sends nothing (`rd_kafka_begin_transaction`).
    pub(crate) fn begin_transaction(&self) -> Result<(), TransactionCallError> {
        // SAFETY: a live client.
        unsafe { take(sys::rd_kafka_begin_transaction(self.as_ptr())) }
    }

    /// Makes offsets of a group part of the transaction (`rd_kafka_send_offsets_to_transaction`). `group` is what
    /// [`ConsumerClient::group_metadata`](super::ConsumerClient::group_metadata) wrote.
    pub(crate) fn send_offsets(
        &self,
        entries: &[CommitEntry],
        group: &[u8],
        bound: Duration,
    ) -> Result<(), TransactionCallError> {
        let refused = |error| TransactionCallError { error, kind: FailureKind::Refused };
        let group = GroupMetadata::read(group).map_err(refused)?;
        let mut list = List::with_capacity(entries.len());
        for CommitEntry { at, offset, metadata } in entries {
            list.add(at, *offset, metadata.as_deref()).map_err(refused)?;
        }
        let (rk, offsets, group) = (self.as_ptr(), list.as_ptr(), group.as_ptr());
        // SAFETY: a live client, list and group; both are copied.
        unsafe { take(sys::rd_kafka_send_offsets_to_transaction(rk, offsets, group, milliseconds(bound))) }
    }

    /// Commits (`rd_kafka_commit_transaction`). After an error the outcome is unknown.
    pub(crate) fn commit_transaction(&self, bound: Duration) -> Result<(), TransactionCallError> {
        // SAFETY: a live client.
        unsafe { take(sys::rd_kafka_commit_transaction(self.as_ptr(), milliseconds(bound))) }
    }

    /// Aborts (`rd_kafka_abort_transaction`).
    pub(crate) fn abort_transaction(&self, bound: Duration) -> Result<(), TransactionCallError> {
        // SAFETY: a live client.
        unsafe { take(sys::rd_kafka_abort_transaction(self.as_ptr(), milliseconds(bound))) }
    }
}

/// At least one millisecond: zero would not even look.
fn milliseconds(bound: Duration) -> c_int {
    c_int::try_from(bound.as_millis().max(1)).unwrap_or(c_int::MAX)
}

/// # Safety
/// `error` is null or an error object that nobody else destroys.
unsafe fn take(error: *mut sys::rd_kafka_error_t) -> Result<(), TransactionCallError> {
    if error.is_null() {
        return Ok(());
    }
    // SAFETY: a live error object by the contract.
    let fatal = unsafe { sys::rd_kafka_error_is_fatal(error) } != 0;
    // SAFETY: a live error object by the contract.
    let abort = unsafe { sys::rd_kafka_error_txn_requires_abort(error) } != 0;
    // SAFETY: a live error object by the contract.
    let retriable = unsafe { sys::rd_kafka_error_is_retriable(error) } != 0;
    let kind = match (fatal, abort, retriable) {
        (true, _, _) => FailureKind::Fatal,
        (false, true, _) => FailureKind::Abort,
        (false, false, true) => FailureKind::Retriable,
        (false, false, false) => FailureKind::Refused,
    };
    // SAFETY: owned by the contract, and not used afterwards.
    let taken = unsafe { CallError::take(error) };
    taken.map_err(|error| TransactionCallError { error, kind })
}
