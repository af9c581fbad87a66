//! What a ruling counts: a run in which nothing happened proves nothing.

use serde::Serialize;

/// That something happened at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Counts {
    pub records: usize,
    pub processed: usize,
    pub dead_lettered: usize,
    /// Outputs beyond the first of a record, each explained.
    pub repeated_outputs: usize,
    /// Attempts after a death, after a loss, and after a failure.
    pub after_death: usize,
    pub after_move: usize,
    pub retried: usize,
    pub processes: usize,
    pub deaths: usize,
    /// Partitions taken away in order, and lost.
    pub taken_away: usize,
    /// How often the next record of a partition was another process's.
    pub hand_overs: usize,
    pub lost_assignments: usize,
    pub commits: usize,
}
