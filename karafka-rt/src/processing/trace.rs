//! The name of one job: it stands in the log lines of a failure and in the dead letter that came of it, so that the two are
//! found together, across processes and restarts.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A number that no other job of this process has. Shown with what no other process has: its id and when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Trace(u64);

/// Of the process, or of the one that it was forked from: the process id tells those apart. Milliseconds since the Unix epoch.
static BEGIN: LazyLock<u128> =
    LazyLock::new(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis()));

impl Trace {
    pub(crate) fn next() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        Self(COUNT.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

impl std::fmt::Display for Trace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:x}-{:x}-{:x}", *BEGIN, std::process::id(), self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_jobs_have_one_name() {
        let (a, b) = (Trace::next(), Trace::next());
        assert_ne!(a.to_string(), b.to_string());
        assert_eq!(a.to_string(), a.to_string());
    }
}
