//! Tells a node that the kernel killed for want of memory from one that somebody killed: both end by KILL, but only then does
//! the control group's counter move.

use crate::os::MemoryGroups;

/// Kills by the kernel, and how many of them are explained.
pub(crate) struct OomKills {
    groups: MemoryGroups,
    seen: Seen,
}

/// The counter as it was. A kill that two surveys have passed belongs to some other process of the group: a node's death is seen
/// much sooner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    explained: u64,
    at_last_survey: u64,
}

impl OomKills {
    pub(crate) fn new(groups: MemoryGroups) -> Self {
        let count = groups.kills().unwrap_or(0);
        Self { groups, seen: Seen { explained: count, at_last_survey: count } }
    }

    /// Time goes on: what was counted before the survey before is not explained by a death any more.
    pub(crate) fn survey(&mut self) {
        if let Some(count) = self.groups.kills() {
            self.seen.survey(count);
        }
    }

    /// Whether a kill explains the death of a node that has just ended by KILL. Each kill explains one.
    pub(crate) fn explain_one(&mut self) -> bool {
        self.groups.kills().is_some_and(|count| self.seen.explain_one(count))
    }
}

impl Seen {
    fn survey(&mut self, count: u64) {
        self.explained = self.explained.max(self.at_last_survey);
        self.at_last_survey = count;
    }

    fn explain_one(&mut self, count: u64) -> bool {
        let is_explained = count > self.explained;
        self.explained += u64::from(is_explained);
        is_explained
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kill_explains_one_death_and_an_old_one_none() {
        let mut seen = Seen { explained: 7, at_last_survey: 7 };
        assert!(!seen.explain_one(7), "somebody else sent it");
        assert!(seen.explain_one(9) && seen.explain_one(9) && !seen.explain_one(9), "two kills, three deaths");
        seen.survey(10);
        assert!(seen.explain_one(10), "the survey came between the kill and the death");
        seen.survey(11);
        seen.survey(11);
        assert!(!seen.explain_one(11), "that was a child of some node");
    }
}
