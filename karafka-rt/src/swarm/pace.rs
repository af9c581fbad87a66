//! How often a swarm may fork.

use std::collections::VecDeque;
use std::time::Duration;

use super::plan::{FORKS_APART, FORKS_PER_SECOND};

/// The forks of the last second.
#[derive(Clone, Debug, Default)]
pub(crate) struct ForkPace {
    recent: VecDeque<Duration>,
}

impl ForkPace {
    /// When the next fork may be: apart from the last, and never more in a second than allowed.
    pub(crate) fn next(&self) -> Duration {
        let after_last = self.recent.back().map_or(Duration::ZERO, |&last| last + FORKS_APART);
        let full = self.recent.len() == FORKS_PER_SECOND;
        let after_first =
            self.recent.front().filter(|_| full).map_or(Duration::ZERO, |&first| first + Duration::from_secs(1));
        after_last.max(after_first)
    }

    /// A fork happens now.
    pub(crate) fn record(&mut self, now: Duration) {
        if self.recent.len() == FORKS_PER_SECOND {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
    }
}
