//! What is marked.

use super::{Facts, Lease, Wish};
use crate::topology::Offsets;

/// The next-to-read offset that success marks; `None` marks nothing.
///
/// Manual offsets are never marked by the framework, and neither is anything of a lost partition. A pause or seek keeps
/// everything from its place on unmarked.
pub(super) fn mark(offsets: Offsets, facts: &Facts) -> Option<i64> {
    if offsets == Offsets::Manual || facts.lease == Lease::Lost {
        return None;
    }
    let done = facts.done?;
    match facts.wish {
        Wish::None | Wish::SeekLatest => Some(done),
        Wish::Pause { from } | Wish::Seek { to: from } => Some(done.min(from)),
        Wish::SeekEarliest | Wish::SeekCommitted => None,
    }
}
