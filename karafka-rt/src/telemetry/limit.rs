//! How often one kind of line may appear. Pure: the time is an argument.

use std::time::{Duration, Instant};

/// A window in which at most `LINES` lines of one kind appear.
const WINDOW: Duration = Duration::from_secs(10);
/// Lines of one kind in a window.
const LINES: u32 = 100;

/// Lines of one kind.
#[derive(Debug)]
pub(super) struct Kind {
    since: Instant,
    shown: u32,
    hidden: u64,
}

/// Whether a line appears.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It does, and tells how many of its kind did not since the last one that did.
    Show {
        hidden: u64,
    },
    Hide,
}

impl Kind {
    pub(super) fn new(now: Instant) -> Self {
        Self { since: now, shown: 0, hidden: 0 }
    }

    pub(super) fn judge(&mut self, now: Instant) -> Verdict {
        if now.saturating_duration_since(self.since) >= WINDOW {
            (self.since, self.shown) = (now, 0);
        }
        if self.shown == LINES {
            self.hidden += 1;
            return Verdict::Hide;
        }
        self.shown += 1;
        Verdict::Show { hidden: std::mem::take(&mut self.hidden) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_silent_when_its_window_is_full_and_then_tells_what_was_hidden() {
        let start = Instant::now();
        let mut kind = Kind::new(start);
        for _ in 0..LINES {
            assert_eq!(kind.judge(start), Verdict::Show { hidden: 0 });
        }
        for second in 0..10 {
            assert_eq!(kind.judge(start + Duration::from_secs(second)), Verdict::Hide);
        }
        assert_eq!(kind.judge(start + WINDOW), Verdict::Show { hidden: 10 });
        assert_eq!(kind.judge(start + WINDOW), Verdict::Show { hidden: 0 });
    }
}
