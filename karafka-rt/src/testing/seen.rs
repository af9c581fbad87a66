//! What a test looks at afterwards.

use crate::message::{Codec, CodecError, Headers, OwnedMessage};

/// A record as a topic of the harness has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub(super) topic: String,
    pub(super) partition: i32,
    pub(super) message: OwnedMessage,
}

impl Stored {
    /// The topic's name as declared.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The partition.
    pub fn partition(&self) -> i32 {
        self.partition
    }

    /// The offset in its partition.
    pub fn offset(&self) -> i64 {
        self.message.offset
    }

    /// The key's bytes.
    pub fn key(&self) -> Option<&[u8]> {
        self.message.key.as_deref()
    }

    /// The payload's bytes; `None` is a tombstone.
    pub fn bytes(&self) -> Option<&[u8]> {
        self.message.payload.as_deref()
    }

    /// Milliseconds since the Unix epoch: what the record was given, else the harness's time.
    pub fn timestamp(&self) -> Option<i64> {
        self.message.timestamp
    }

    /// The value of the last header of this name, as text with what is not UTF-8 replaced.
    pub fn header(&self, name: &str) -> Option<String> {
        Headers::from(self.message.headers.clone()).get(name).map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// Every header in order, duplicates included.
    pub fn headers(&self) -> &[(String, Option<Vec<u8>>)] {
        &self.message.headers
    }

    /// The payload, decoded: `record.decode::<Json, Receipt>()`. An error for a tombstone too.
    pub fn decode<C: Codec<P>, P>(&self) -> Result<P, CodecError> {
        let bytes = self.bytes().ok_or_else(|| CodecError::new("harness", "the record is a tombstone"))?;
        C::decode(bytes)
    }
}

/// An attempt that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The topic's name.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// The record that failed.
    pub offset: i64,
    /// Which attempt of this record it was, 1 for the first.
    pub attempt: u32,
    /// How the failure was treated.
    pub kind: crate::message::ErrorKind,
    /// The error's text with its sources.
    pub text: String,
}
