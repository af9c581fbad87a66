//! Storage of one record.

use crate::librdkafka::NativeMessage;

/// A fetched record: librdkafka's memory, or a copy for what is parked, tested or detached.
pub(crate) enum Record {
    Native(NativeMessage),
    Owned(Box<OwnedMessage>),
}

impl Record {
    pub(crate) fn offset(&self) -> i64 {
        match self {
            Self::Native(message) => message.offset(),
            Self::Owned(message) => message.offset,
        }
    }

    pub(crate) fn key(&self) -> Option<&[u8]> {
        match self {
            Self::Native(message) => message.key(),
            Self::Owned(message) => message.key.as_deref(),
        }
    }

    pub(crate) fn payload(&self) -> Option<&[u8]> {
        match self {
            Self::Native(message) => message.payload(),
            Self::Owned(message) => message.payload.as_deref(),
        }
    }

    pub(crate) fn timestamp(&self) -> Option<i64> {
        match self {
            Self::Native(message) => message.timestamp(),
            Self::Owned(message) => message.timestamp,
        }
    }

    pub(crate) fn headers(&self) -> Vec<(String, Option<Vec<u8>>)> {
        match self {
            Self::Native(message) => message.headers(),
            Self::Owned(message) => message.headers.clone(),
        }
    }

    /// Copies the record out of the fetch response that it pins.
    pub(crate) fn into_owned(self) -> Self {
        match self {
            Self::Native(_) => Self::Owned(Box::new(self.copy())),
            owned @ Self::Owned(_) => owned,
        }
    }

    pub(crate) fn copy(&self) -> OwnedMessage {
        OwnedMessage {
            offset: self.offset(),
            timestamp: self.timestamp(),
            key: self.key().map(<[u8]>::to_vec),
            payload: self.payload().map(<[u8]>::to_vec),
            headers: self.headers(),
        }
    }
}

/// A record detached from its batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnedMessage {
    /// The record's offset.
    pub offset: i64,
    /// Milliseconds since the Unix epoch, if the broker stored any.
    pub timestamp: Option<i64>,
    /// The key's bytes.
    pub key: Option<Vec<u8>>,
    /// The payload's bytes; `None` is a tombstone.
    pub payload: Option<Vec<u8>>,
    /// Headers in order, duplicates included.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
}
