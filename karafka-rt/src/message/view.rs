//! One message as a handler sees it.

use once_cell::unsync::OnceCell;

use super::HandlerError;
use super::codec::{CodecError, PayloadCell};
use super::{Headers, Origin, OwnedMessage, Position, Record, RecordView};

/// The codec's way to show a payload, chosen once per batch.
pub(crate) type ViewFn<P> = for<'a> fn(&'a [u8], &'a PayloadCell<P>) -> Result<&'a P, CodecError>;

/// What is computed lazily for one record.
pub(crate) struct Cells<P: ?Sized> {
    payload: PayloadCell<P>,
    headers: OnceCell<Headers>,
}

impl<P: ?Sized> Cells<P> {
    pub(crate) fn new() -> Self {
        Self { payload: PayloadCell(once_cell::sync::OnceCell::new()), headers: OnceCell::new() }
    }
}

/// A record that was handed over.
pub struct Message<'m, P: ?Sized> {
    pub(crate) record: &'m Record,
    pub(crate) cells: &'m Cells<P>,
    pub(crate) view: ViewFn<P>,
    pub(crate) origin: Origin,
}

impl<P: ?Sized> Clone for Message<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: ?Sized> Copy for Message<'_, P> {}

impl<'m, P: ?Sized> Message<'m, P> {
    /// The decoded payload. An error for a tombstone and for bytes that the codec refuses; both are permanent errors:
    /// returned from a handler they are not retried.
    pub fn payload(&self) -> Result<&'m P, HandlerError> {
        self.payload_opt()?.ok_or_else(|| {
            HandlerError::permanent(format!(
                "record {} is a tombstone: its payload is null; use `payload_opt` where that is expected",
                self.position()
            ))
        })
    }

    /// The decoded payload, or `None` for a tombstone.
    pub fn payload_opt(&self) -> Result<Option<&'m P>, HandlerError> {
        match self.record.payload() {
            None => Ok(None),
            Some(bytes) => match (self.view)(bytes, &self.cells.payload) {
                Ok(payload) => Ok(Some(payload)),
                Err(error) => Err(HandlerError::undecodable(self.position(), &error)),
            },
        }
    }

    /// The record before decoding: what functions get that know no payload type.
    pub fn raw(&self) -> RecordView<'m> {
        RecordView::new(self.record, self.position())
    }

    /// The payload's bytes as Kafka has them.
    pub fn bytes(&self) -> Option<&'m [u8]> {
        self.record.payload()
    }

    /// The key's bytes.
    pub fn key(&self) -> Option<&'m [u8]> {
        self.record.key()
    }

    /// The key as text: `None` without a key, a permanent error when it is not UTF-8.
    pub fn key_str(&self) -> Result<Option<&'m str>, HandlerError> {
        self.record
            .key()
            .map(|key| {
                std::str::from_utf8(key).map_err(|error| {
                    HandlerError::permanent(format!("the key of record {} is not UTF-8: {error}", self.position()))
                })
            })
            .transpose()
    }

    /// The headers, copied out on first use.
    pub fn headers(&self) -> &'m Headers {
        self.cells.headers.get_or_init(|| Headers(self.record.headers()))
    }

    /// The offset in its partition.
    pub fn offset(&self) -> i64 {
        self.record.offset()
    }

    /// The partition.
    pub fn partition(&self) -> i32 {
        self.origin.partition
    }

    /// The topic's full name.
    pub fn topic(&self) -> &'static str {
        self.origin.topic
    }

    /// Milliseconds since the Unix epoch, if the broker stored any.
    pub fn timestamp(&self) -> Option<i64> {
        self.record.timestamp()
    }

    /// The record's place, to be kept and marked later.
    pub fn position(&self) -> Position {
        Position { origin: self.origin, offset: self.record.offset() }
    }

    /// Copies the record out of the batch.
    pub fn to_owned(&self) -> OwnedMessage {
        self.record.copy()
    }
}

impl<P: ?Sized> From<Message<'_, P>> for Position {
    fn from(message: Message<'_, P>) -> Self {
        message.position()
    }
}

impl<P: ?Sized> From<&Message<'_, P>> for Position {
    fn from(message: &Message<'_, P>) -> Self {
        message.position()
    }
}

impl<P: ?Sized> std::fmt::Debug for Message<'_, P> {
    /// The position only: payloads may be secret.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Message({})", self.position())
    }
}
