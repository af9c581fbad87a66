//! Typed producing: which payload belongs to which topic.

use crate::message::{CodecError, HandlerError};

/// A topic of a `routes!` block: the unit types that the block generates implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a topic of a `routes!` block",
    label = "a block generates one type per topic: `\"orders.placed\"` in `mod shop` gives `shop::OrdersPlaced`"
)]
pub trait Topic: 'static {
    /// The topic's name as declared, before any prefix.
    const NAME: &'static str;
}

/// Says that `Self` is the payload of the topic `T`, and how it is encoded. Implemented by `routes!`.
///
/// For a topic that is only consumed, the implementation holds where the consumer's codec can encode its payload.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be produced to the topic `{T}`",
    label = "not the payload that `routes!` declares for this topic, or its codec cannot encode it"
)]
pub trait PayloadOf<T: Topic> {
    /// Appends the encoded payload.
    fn encode(&self, into: &mut Vec<u8>) -> Result<(), CodecError>;
}

/// A record's key: text, bytes, or `()` for none.
pub trait Key {
    /// The bytes, if any.
    fn bytes(&self) -> Option<&[u8]>;
}

impl Key for () {
    fn bytes(&self) -> Option<&[u8]> {
        None
    }
}

impl Key for &str {
    fn bytes(&self) -> Option<&[u8]> {
        Some(str::as_bytes(self))
    }
}

impl Key for &String {
    fn bytes(&self) -> Option<&[u8]> {
        Some(str::as_bytes(self))
    }
}

impl Key for &[u8] {
    fn bytes(&self) -> Option<&[u8]> {
        Some(self)
    }
}

impl<const N: usize> Key for &[u8; N] {
    fn bytes(&self) -> Option<&[u8]> {
        Some(*self)
    }
}

impl<K: Key> Key for Option<K> {
    fn bytes(&self) -> Option<&[u8]> {
        self.as_ref().and_then(Key::bytes)
    }
}

/// A record to produce, for more than key and payload.
#[derive(Debug)]
pub struct Record<'r, P: ?Sized> {
    pub(crate) payload: Option<&'r P>,
    pub(crate) key: Option<&'r [u8]>,
    pub(crate) headers: Vec<(String, Option<Vec<u8>>)>,
    pub(crate) partition: Option<i32>,
    pub(crate) timestamp: Option<i64>,
}

impl<'r, P: ?Sized> Record<'r, P> {
    /// A record with this payload.
    pub fn new(payload: &'r P) -> Self {
        Self { payload: Some(payload), key: None, headers: Vec::new(), partition: None, timestamp: None }
    }

    /// A tombstone: a record with a null payload.
    pub fn tombstone() -> Self {
        Self { payload: None, key: None, headers: Vec::new(), partition: None, timestamp: None }
    }

    /// Sets the key.
    #[must_use]
    pub fn key<K: AsRef<[u8]> + ?Sized>(mut self, key: &'r K) -> Self {
        self.key = Some(key.as_ref());
        self
    }

    /// Appends a header; names may repeat.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.into(), Some(value.as_ref().to_vec())));
        self
    }

    /// Chooses the partition instead of hashing the key (Java's murmur2).
    #[must_use]
    pub fn partition(mut self, partition: i32) -> Self {
        self.partition = Some(partition);
        self
    }

    /// Sets the timestamp, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn timestamp(mut self, millis: i64) -> Self {
        self.timestamp = Some(millis);
        self
    }
}

/// A record on its way to Kafka, as bytes.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'r> {
    pub(crate) destination: Destination<'r>,
    pub(crate) partition: Option<i32>,
    pub(crate) key: Option<&'r [u8]>,
    pub(crate) payload: Option<&'r [u8]>,
    pub(crate) headers: &'r [(String, Option<Vec<u8>>)],
    pub(crate) timestamp: Option<i64>,
}

/// Where a record goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Destination<'r> {
    /// A topic of this application: the configured prefix applies.
    Declared(&'r str),
    /// A topic by its full name.
    External(&'r str),
}

/// Why a record was not produced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProduceError {
    /// The brokers did not take it in time, or the producer's queue stayed full. No fault of the record.
    #[error("the record was not acknowledged: {0}")]
    Unavailable(String),
    /// The topic does not exist or may not be written. The record waits for somebody to mend that.
    #[error("the topic `{topic}` cannot be written: {reason}")]
    Topic {
        /// Its full name.
        topic: String,
        /// What the broker said.
        reason: String,
    },
    /// Larger than the producer or the topic allows.
    #[error("the record is too large: {0}")]
    TooLarge(String),
    /// The broker refuses this record.
    #[error("the broker refused the record: {0}")]
    Rejected(String),
    /// The payload cannot be encoded.
    #[error("the payload cannot be encoded: {0}")]
    Encode(String),
}

impl ProduceError {
    /// As a handler's failure: trouble with brokers or topics is nobody's poison record.
    pub(crate) fn into_handler_error(self) -> HandlerError {
        match self {
            Self::Unavailable(_) | Self::Topic { .. } => HandlerError::unavailable(self),
            Self::TooLarge(_) | Self::Rejected(_) | Self::Encode(_) => HandlerError::from(self),
        }
    }
}
