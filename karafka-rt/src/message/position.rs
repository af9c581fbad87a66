//! Where a record is.

/// The place of one record: `Copy` and `'static`, so that a handler can store it and mark it later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Position {
    pub(crate) origin: Origin,
    pub(crate) offset: i64,
}

impl Position {
    /// The topic's full name.
    pub fn topic(&self) -> &'static str {
        self.origin.topic
    }

    /// The partition.
    pub fn partition(&self) -> i32 {
        self.origin.partition
    }

    /// The record's offset.
    pub fn offset(&self) -> i64 {
        self.offset
    }

    /// The assignment that the record was handed over in: positions of an earlier assignment mark nothing.
    pub fn epoch(&self) -> u64 {
        self.origin.epoch
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}[{}]@{}", self.origin.topic, self.origin.partition, self.offset)
    }
}

/// One assignment of one partition. Topic names are interned for the life of the process (one per topic).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    pub(crate) topic: &'static str,
    pub(crate) partition: i32,
    pub(crate) epoch: u64,
}
