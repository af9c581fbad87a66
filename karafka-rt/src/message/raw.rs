//! A record as Kafka has it: bytes, before any codec.

use super::{Position, Record};

/// The bytes and the place of one record. What chooses a lane (`parallel(by: path)`) gets one: it runs before anything is
/// decoded, so it must not depend on the payload's type.
#[derive(Clone, Copy)]
pub struct RecordView<'r> {
    record: &'r Record,
    position: Position,
}

impl<'r> RecordView<'r> {
    pub(crate) fn new(record: &'r Record, position: Position) -> Self {
        Self { record, position }
    }

    /// The key's bytes.
    pub fn key(&self) -> Option<&'r [u8]> {
        self.record.key()
    }

    /// The payload's bytes; `None` is a tombstone.
    pub fn bytes(&self) -> Option<&'r [u8]> {
        self.record.payload()
    }

    /// The value of the first header called `name`; a header without a value is `Some(None)`. Copies the headers out.
    pub fn header(&self, name: &str) -> Option<Option<Vec<u8>>> {
        self.record.headers().into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Milliseconds since the Unix epoch, if the broker stored any.
    pub fn timestamp(&self) -> Option<i64> {
        self.record.timestamp()
    }

    /// Topic, partition and offset.
    pub fn position(&self) -> Position {
        self.position
    }
}

impl std::fmt::Debug for RecordView<'_> {
    /// The position only: keys and payloads may be secret.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "RecordView({})", self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Origin, OwnedMessage};
    use super::*;

    #[test]
    fn a_view_shows_bytes_and_hides_them_from_logs() {
        let owned = OwnedMessage {
            offset: 7,
            timestamp: Some(5),
            key: Some(b"k".to_vec()),
            payload: Some(b"c4n4ry".to_vec()),
            headers: vec![("a".to_owned(), Some(b"1".to_vec())), ("a".to_owned(), None), ("b".to_owned(), None)],
        };
        let position = Position { origin: Origin { topic: "orders", partition: 3, epoch: 1 }, offset: 7 };
        let record = Record::Owned(Box::new(owned));
        let view = RecordView::new(&record, position);
        assert_eq!((view.key(), view.bytes(), view.timestamp()), (Some(&b"k"[..]), Some(&b"c4n4ry"[..]), Some(5)));
        assert_eq!(view.header("a"), Some(Some(b"1".to_vec())));
        assert_eq!((view.header("b"), view.header("c")), (Some(None), None));
        assert!(!format!("{view:?}").contains("c4n4ry"), "{view:?}");
    }
}
