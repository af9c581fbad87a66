//! When a periodic hook is due. Pure.

use std::time::Duration;

use crate::topology::Periodic;

/// The clock of one partition's ticks: start to start, monotonic; missed ticks collapse into one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TickClock {
    interval: Duration,
    due: Duration,
}

impl TickClock {
    pub(crate) fn new(policy: Periodic, now: Duration) -> Self {
        Self { interval: policy.interval, due: now + policy.interval }
    }

    pub(crate) fn due(&self) -> Duration {
        self.due
    }

    /// Whether a tick is due.
    pub(crate) fn is_due(&self, now: Duration) -> bool {
        self.due <= now
    }

    /// A tick started; the next one is an interval away.
    pub(crate) fn started(&mut self, at: Duration) {
        self.due = at + self.interval;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_never_come_closer_than_the_interval_and_missed_ones_collapse() {
        let policy = Periodic { interval: Duration::from_secs(5), during_pause: true, during_retry: false };
        let mut clock = TickClock::new(policy, Duration::from_secs(100));
        for (at, ticks) in
            [(101, false), (105, true), (106, false), (109, false), (131, true), (135, false), (136, true)]
        {
            let now = Duration::from_secs(at);
            assert_eq!(clock.is_due(now), ticks, "at {at}");
            if ticks {
                clock.started(now);
            }
        }
    }
}
