//! Error codes of librdkafka and of brokers, and refused calls.
//!
//! A broker may be newer than librdkafka and answer with a code that `rd_kafka_resp_err_t` does not list. Reading such a
//! number as a Rust enum is undefined behaviour, so codes that come from a broker are read as plain integers here.

use std::ffi::{CStr, c_char, c_int};
use std::fmt;

use rdkafka_sys as sys;
use sys::rd_kafka_resp_err_t as Raw;

/// An error code: negative ones are librdkafka's own, positive ones the broker's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Code(i32);

/// A call that librdkafka refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text} (`{}`)", code.name())]
pub(crate) struct CallError {
    pub(crate) code: Code,
    pub(crate) text: String,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $raw:ident,)*) => {
        #[allow(dead_code, reason = "the vocabulary of error codes; decisions name those they need")]
        impl Code { $($(#[$doc])* pub(crate) const $name: Self = Self(Raw::$raw as i32);)* }
    };
}

codes! {
    // librdkafka's own
    LOCAL_TRANSPORT = RD_KAFKA_RESP_ERR__TRANSPORT,
    LOCAL_RESOLVE = RD_KAFKA_RESP_ERR__RESOLVE,
    LOCAL_ALL_BROKERS_DOWN = RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
    LOCAL_TIMED_OUT = RD_KAFKA_RESP_ERR__TIMED_OUT,
    LOCAL_TIMED_OUT_QUEUE = RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
    LOCAL_AUTHENTICATION = RD_KAFKA_RESP_ERR__AUTHENTICATION,
    LOCAL_SSL = RD_KAFKA_RESP_ERR__SSL,
    LOCAL_FATAL = RD_KAFKA_RESP_ERR__FATAL,
    LOCAL_FAIL = RD_KAFKA_RESP_ERR__FAIL,
    LOCAL_STATE = RD_KAFKA_RESP_ERR__STATE,
    LOCAL_DESTROY = RD_KAFKA_RESP_ERR__DESTROY,
    LOCAL_INVALID_ARGUMENT = RD_KAFKA_RESP_ERR__INVALID_ARG,
    /// Nobody to ask, or nothing there: such as a question about topics that are all missing or denied.
    LOCAL_NO_ENTRY = RD_KAFKA_RESP_ERR__NOENT,
    LOCAL_NO_OFFSET = RD_KAFKA_RESP_ERR__NO_OFFSET,
    LOCAL_UNSUPPORTED_FEATURE = RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE,
    LOCAL_WAIT_COORDINATOR = RD_KAFKA_RESP_ERR__WAIT_COORD,
    LOCAL_UNKNOWN_TOPIC = RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
    LOCAL_UNKNOWN_PARTITION = RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
    LOCAL_UNKNOWN_GROUP = RD_KAFKA_RESP_ERR__UNKNOWN_GROUP,
    LOCAL_AUTO_OFFSET_RESET = RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET,
    LOCAL_MAX_POLL_EXCEEDED = RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED,
    LOCAL_ASSIGNMENT_LOST = RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST,
    LOCAL_FENCED = RD_KAFKA_RESP_ERR__FENCED,
    LOCAL_LOG_TRUNCATION = RD_KAFKA_RESP_ERR__LOG_TRUNCATION,
    LOCAL_BAD_MESSAGE = RD_KAFKA_RESP_ERR__BAD_MSG,
    LOCAL_SYSTEM_RESOURCE = RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE,
    LOCAL_QUEUE_FULL = RD_KAFKA_RESP_ERR__QUEUE_FULL,
    // the broker's
    UNKNOWN = RD_KAFKA_RESP_ERR_UNKNOWN,
    OFFSET_OUT_OF_RANGE = RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE,
    UNKNOWN_TOPIC_OR_PARTITION = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
    LEADER_NOT_AVAILABLE = RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
    NOT_LEADER_FOR_PARTITION = RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
    REQUEST_TIMED_OUT = RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    OFFSET_METADATA_TOO_LARGE = RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE,
    NETWORK_EXCEPTION = RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
    COORDINATOR_LOAD_IN_PROGRESS = RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
    COORDINATOR_NOT_AVAILABLE = RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
    NOT_COORDINATOR = RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
    ILLEGAL_GENERATION = RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION,
    UNKNOWN_MEMBER_ID = RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
    REBALANCE_IN_PROGRESS = RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS,
    TOPIC_AUTHORIZATION_FAILED = RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
    GROUP_AUTHORIZATION_FAILED = RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
    CLUSTER_AUTHORIZATION_FAILED = RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
    UNSUPPORTED_VERSION = RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION,
    SASL_AUTHENTICATION_FAILED = RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
    GROUP_ID_NOT_FOUND = RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND,
    FENCED_LEADER_EPOCH = RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH,
    UNKNOWN_LEADER_EPOCH = RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH,
    FENCED_INSTANCE_ID = RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID,
    /// An open transaction holds offsets of the group back.
    UNSTABLE_OFFSET_COMMIT = RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT,
    FENCED_MEMBER_EPOCH = RD_KAFKA_RESP_ERR_FENCED_MEMBER_EPOCH,
    UNRELEASED_INSTANCE_ID = RD_KAFKA_RESP_ERR_UNRELEASED_INSTANCE_ID,
    STALE_MEMBER_EPOCH = RD_KAFKA_RESP_ERR_STALE_MEMBER_EPOCH,
    // about transactions
    INVALID_PRODUCER_EPOCH = RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
    TRANSACTIONAL_ID_AUTHORIZATION_FAILED = RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    PRODUCER_FENCED = RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
    // about records and topics
    UNKNOWN_TOPIC_ID = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_ID,
    INVALID_TOPIC = RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
    TOPIC_ALREADY_EXISTS = RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS,
    INVALID_PARTITIONS = RD_KAFKA_RESP_ERR_INVALID_PARTITIONS,
    INVALID_REPLICATION_FACTOR = RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR,
    INVALID_CONFIG = RD_KAFKA_RESP_ERR_INVALID_CONFIG,
    POLICY_VIOLATION = RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
    MESSAGE_TOO_LARGE = RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
    RECORD_LIST_TOO_LARGE = RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
    INVALID_MESSAGE = RD_KAFKA_RESP_ERR_INVALID_MSG,
    INVALID_MESSAGE_SIZE = RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE,
    INVALID_RECORD = RD_KAFKA_RESP_ERR_INVALID_RECORD,
    INVALID_TIMESTAMP = RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP,
    UNSUPPORTED_COMPRESSION = RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE,
    UNSUPPORTED_FORMAT = RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT,
}

impl Code {
    /// `None` for zero, which means that there is no error.
    pub(super) fn new(number: c_int) -> Option<Self> {
        (number != 0).then_some(Self(number))
    }

    /// The name of the constant, such as `UNKNOWN_MEMBER_ID` or `_TRANSPORT` (`rd_kafka_err2name`).
    pub(crate) fn name(self) -> String {
        // SAFETY: any number is accepted; the text is static or lives in this thread until the next call.
        unsafe { text(raw::rd_kafka_err2name(self.0)) }
    }

    /// Whether brokers are out of reach, rather than having answered: it passes by itself, and comes several times a
    /// second for as long as it lasts.
    pub(crate) fn is_transport(self) -> bool {
        matches!(
            self,
            Self::LOCAL_TRANSPORT
                | Self::LOCAL_RESOLVE
                | Self::LOCAL_ALL_BROKERS_DOWN
                | Self::LOCAL_TIMED_OUT
                | Self::LOCAL_TIMED_OUT_QUEUE
                | Self::REQUEST_TIMED_OUT
                | Self::NETWORK_EXCEPTION
        )
    }

    /// Whether the same commit may succeed when it is sent again: the coordinator moves or loads, the member's epoch was
    /// just renewed, or no answer came.
    pub(crate) fn is_retriable_commit(self) -> bool {
        self.is_transport()
            || matches!(
                self,
                Self::COORDINATOR_LOAD_IN_PROGRESS
                    | Self::COORDINATOR_NOT_AVAILABLE
                    | Self::NOT_COORDINATOR
                    | Self::LOCAL_WAIT_COORDINATOR
                    | Self::REBALANCE_IN_PROGRESS
                    | Self::STALE_MEMBER_EPOCH
            )
    }

    /// Whether a group's coordinator is moving or loading: the same question has an answer soon.
    pub(crate) fn is_coordinator_moving(self) -> bool {
        matches!(
            self,
            Self::COORDINATOR_LOAD_IN_PROGRESS
                | Self::COORDINATOR_NOT_AVAILABLE
                | Self::NOT_COORDINATOR
                | Self::LOCAL_WAIT_COORDINATOR
        )
    }

    /// Whether a topic that was created just now answers like that until every broker and client knows it.
    pub(crate) fn is_topic_spreading(self) -> bool {
        matches!(
            self,
            Self::LOCAL_NO_ENTRY
                | Self::LOCAL_UNKNOWN_PARTITION
                | Self::UNKNOWN_TOPIC_OR_PARTITION
                | Self::LEADER_NOT_AVAILABLE
                | Self::NOT_LEADER_FOR_PARTITION
        )
    }

    /// `Ok` for "no error", otherwise a refused call that `what` describes.
    pub(super) fn check(raw: Raw, what: impl FnOnce() -> String) -> Result<(), CallError> {
        match Self::new(raw as i32) {
            None => Ok(()),
            Some(code) => Err(CallError { code, text: format!("{}: {code}", what()) }),
        }
    }
}

impl From<Raw> for Code {
    fn from(raw: Raw) -> Self {
        Self(raw as i32)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: any number is accepted; the text is static or lives in this thread until the next call.
        f.write_str(&unsafe { text(raw::rd_kafka_err2str(self.0)) })
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl CallError {
    /// An argument that cannot be handed to librdkafka.
    pub(super) fn invalid(text: String) -> Self {
        Self { code: Code::LOCAL_INVALID_ARGUMENT, text }
    }

    /// Takes an error object over.
    ///
    /// # Safety
    /// `error` is null or a `rd_kafka_error_t` that nobody else destroys.
    pub(super) unsafe fn take(error: *mut sys::rd_kafka_error_t) -> Result<(), Self> {
        if error.is_null() {
            return Ok(());
        }
        // SAFETY: a live error object by the contract.
        let code = unsafe { code_of(error) }.unwrap_or(Code::UNKNOWN);
        // SAFETY: a live error object by the contract; its text lives as long.
        let text = unsafe { text(sys::rd_kafka_error_string(error)) };
        // SAFETY: owned by the contract and not used afterwards.
        unsafe { sys::rd_kafka_error_destroy(error) };
        Err(Self { code, text })
    }
}

/// The code of an error object that somebody else owns; `None` for a null pointer too.
///
/// # Safety
/// `error` is null or live.
pub(super) unsafe fn code_of(error: *const sys::rd_kafka_error_t) -> Option<Code> {
    // SAFETY: `rd_kafka_error_code` answers 0 for null and reads a live object otherwise.
    Code::new(unsafe { raw::rd_kafka_error_code(error) })
}

/// The error of an event.
///
/// # Safety
/// `event` is live.
pub(super) unsafe fn code_of_event(event: *mut sys::rd_kafka_event_t) -> Option<Code> {
    // SAFETY: live by the contract.
    Code::new(unsafe { raw::rd_kafka_event_error(event) })
}

/// The fatal error of a client and its text, if one was raised (`rd_kafka_fatal_error`).
///
/// # Safety
/// `rk` is a live client.
pub(super) unsafe fn fatal_error(rk: *mut sys::rd_kafka_t) -> Option<(Code, String)> {
    let mut buffer: [c_char; TEXT_BYTES] = [0; TEXT_BYTES];
    // SAFETY: a live client, and a buffer of the given size.
    let code = unsafe { raw::rd_kafka_fatal_error(rk, buffer.as_mut_ptr(), buffer.len()) };
    // SAFETY: librdkafka leaves a NUL-terminated text, and the buffer began as one.
    Code::new(code).map(|code| (code, unsafe { text(buffer.as_ptr()) }))
}

/// Bytes of a buffer for an error text of librdkafka.
pub(super) const TEXT_BYTES: usize = 512;

/// Copies a C string; null is the empty one.
///
/// # Safety
/// `pointer` is null or a NUL-terminated string that lives through the call.
pub(super) unsafe fn text(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: not null, and by the contract.
    unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned()
}

/// The same functions as in `rdkafka_sys`, with codes as integers.
mod raw {
    use super::{c_char, c_int, sys};

    unsafe extern "C" {
        pub(super) fn rd_kafka_err2name(code: c_int) -> *const c_char;
        pub(super) fn rd_kafka_err2str(code: c_int) -> *const c_char;
        pub(super) fn rd_kafka_error_code(error: *const sys::rd_kafka_error_t) -> c_int;
        pub(super) fn rd_kafka_event_error(event: *mut sys::rd_kafka_event_t) -> c_int;
        pub(super) fn rd_kafka_fatal_error(rk: *mut sys::rd_kafka_t, text: *mut c_char, size: usize) -> c_int;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_named_as_librdkafka_names_them_unknown_ones_too() {
        let check = |code: Code, name: &str, text: &str| {
            assert_eq!((code.name().as_str(), code.to_string().as_str()), (name, text));
        };
        check(Code::UNKNOWN_MEMBER_ID, "UNKNOWN_MEMBER_ID", "Broker: Unknown member");
        check(Code::LOCAL_TRANSPORT, "_TRANSPORT", "Local: Broker transport failure");
        check(Code(4321), "ERR_4321?", "Err-4321?");
        check(Code(98), "ERR_98?", "Err-98?");
    }

    #[test]
    fn a_commit_is_repeated_only_for_passing_reasons() {
        let check = |code: Code, retriable: bool| assert_eq!(code.is_retriable_commit(), retriable, "{code:?}");
        check(Code::STALE_MEMBER_EPOCH, true);
        check(Code::NOT_COORDINATOR, true);
        check(Code::LOCAL_TRANSPORT, true);
        check(Code::UNKNOWN_MEMBER_ID, false);
        check(Code::ILLEGAL_GENERATION, false);
        check(Code::FENCED_INSTANCE_ID, false);
        check(Code::OFFSET_METADATA_TOO_LARGE, false);
        check(Code::GROUP_AUTHORIZATION_FAILED, false);
    }
}
