//! The memory of one process against its limit: when to look closely, and when it is too much. Pure.

use std::fmt;
use std::time::Duration;

/// The exact figure is read at least this often.
const READ_EVERY: Duration = Duration::from_secs(10);

/// Watches one process.
#[derive(Clone, Debug)]
pub(crate) struct MemoryWatch {
    limit: u64,
    read_at: Option<Duration>,
    resident: u64,
}

/// More private memory than allowed, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Excess {
    /// What it has.
    pub(crate) private: u64,
    /// What it may have.
    pub(crate) limit: u64,
}

impl MemoryWatch {
    /// `limit` in bytes.
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, read_at: None, resident: 0 }
    }

    /// Whether the exact figure should be read now: it is old, or the resident pages have grown by a tenth since.
    pub(crate) fn is_due(&self, resident: u64, now: Duration) -> bool {
        let grown = resident > self.resident.saturating_add(self.resident / 10);
        grown || self.read_at.is_none_or(|at| now.saturating_sub(at) >= READ_EVERY)
    }

    /// Takes the exact figure.
    pub(crate) fn read(&mut self, private: u64, resident: u64, now: Duration) -> Option<Excess> {
        (self.read_at, self.resident) = (Some(now), resident);
        (private > self.limit).then_some(Excess { private, limit: self.limit })
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| bytes / (1024 * 1024);
        write!(f, "private memory {} of {} MiB", mib(self.private), mib(self.limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_exact_figure_is_read_every_ten_seconds_and_early_when_pages_grow_by_a_tenth() {
        let mut watch = MemoryWatch::new(1000);
        assert!(watch.is_due(50, s(1)), "never read");
        assert_eq!(watch.read(100, 50, s(1)), None);
        for (resident, at, due) in [(50, 2, false), (55, 2, false), (56, 2, true), (20, 10, false), (20, 11, true)] {
            assert_eq!(watch.is_due(resident, s(at)), due, "{resident} pages at {at} s");
        }
    }

    #[test]
    fn the_limit_itself_is_allowed() {
        let mut watch = MemoryWatch::new(1000);
        assert_eq!(watch.read(1000, 1, s(1)), None);
        assert_eq!(watch.read(1001, 1, s(2)), Some(Excess { private: 1001, limit: 1000 }));
    }
}
