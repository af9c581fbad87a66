//! Several messages of one partition, in order.

use super::{Cells, Message, Origin, Record, ViewFn};

/// Records of one partition, oldest first, never empty.
pub struct Batch<'b, P: ?Sized> {
    pub(crate) records: &'b [Record],
    pub(crate) cells: &'b [Cells<P>],
    pub(crate) view: ViewFn<P>,
    pub(crate) origin: Origin,
}

impl<P: ?Sized> Clone for Batch<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: ?Sized> Copy for Batch<'_, P> {}

impl<'b, P: ?Sized> Batch<'b, P> {
    /// How many messages there are, at least 1.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Always false; here because `len` is.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The topic's full name.
    pub fn topic(&self) -> &'static str {
        self.origin.topic
    }

    /// The partition.
    pub fn partition(&self) -> i32 {
        self.origin.partition
    }

    /// The message at `index`.
    pub fn get(&self, index: usize) -> Option<Message<'b, P>> {
        let (record, cells) = (self.records.get(index)?, self.cells.get(index)?);
        Some(Message { record, cells, view: self.view, origin: self.origin })
    }

    /// The oldest message.
    pub fn first(&self) -> Message<'b, P> {
        self.get(0).expect("a batch is never empty")
    }

    /// The newest message.
    pub fn last(&self) -> Message<'b, P> {
        self.get(self.records.len() - 1).expect("a batch is never empty")
    }

    /// The messages, oldest first.
    pub fn iter(&self) -> Messages<'b, P> {
        Messages { batch: *self, next: 0 }
    }
}

impl<'b, P: ?Sized> IntoIterator for Batch<'b, P> {
    type Item = Message<'b, P>;
    type IntoIter = Messages<'b, P>;

    fn into_iter(self) -> Messages<'b, P> {
        self.iter()
    }
}

impl<'b, P: ?Sized> IntoIterator for &Batch<'b, P> {
    type Item = Message<'b, P>;
    type IntoIter = Messages<'b, P>;

    fn into_iter(self) -> Messages<'b, P> {
        self.iter()
    }
}

/// Iterates over a [`Batch`].
pub struct Messages<'b, P: ?Sized> {
    batch: Batch<'b, P>,
    next: usize,
}

impl<'b, P: ?Sized> Iterator for Messages<'b, P> {
    type Item = Message<'b, P>;

    fn next(&mut self) -> Option<Message<'b, P>> {
        let message = self.batch.get(self.next)?;
        self.next += 1;
        Some(message)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.batch.len() - self.next;
        (left, Some(left))
    }
}

impl<P: ?Sized> ExactSizeIterator for Messages<'_, P> {}
