//! Where a partition starts. Pure.
//!
//! librdkafka never decides: it would reset silently. An offset outside of the log is moved to its nearest end and reported.

use crate::consumer::SeekTo;
use crate::topology::InitialOffset;

/// Where to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// To the group's committed offset.
    Committed,
    /// To a place that somebody named.
    Place(SeekTo),
}

/// What the brokers say about a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) committed: Option<i64>,
    pub(crate) earliest: i64,
    pub(crate) latest: i64,
}

/// Where it starts, and what has to be said about that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) offset: i64,
    pub(crate) remark: Option<Remark>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remark {
    /// The records from the wanted offset up to this start are gone.
    Gap { from: i64 },
    /// The wanted offset is beyond the end.
    BeyondEnd { wanted: i64 },
}

pub(crate) fn start(target: Target, known: Known, initial: InitialOffset) -> Start {
    let Known { committed, earliest, latest } = known;
    let plain = |offset| Start { offset, remark: None };
    let wanted = match (target, committed) {
        (Target::Place(SeekTo::Earliest), _) => return plain(earliest),
        (Target::Place(SeekTo::Latest), _) => return plain(latest),
        (Target::Place(SeekTo::Offset(offset)), _) | (Target::Committed, Some(offset)) => offset,
        (Target::Committed, None) => {
            return plain(match initial {
                InitialOffset::Latest => latest,
                InitialOffset::Earliest | InitialOffset::Ago(_) => earliest,
            });
        }
    };
    if wanted < earliest {
        Start { offset: earliest, remark: Some(Remark::Gap { from: wanted }) }
    } else if wanted > latest {
        Start { offset: latest, remark: Some(Remark::BeyondEnd { wanted }) }
    } else {
        plain(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_starts_inside_of_its_log_and_says_when_it_had_to_move() {
        let (committed, place) = (Target::Committed, |to| Target::Place(to));
        let (earliest, latest) = (InitialOffset::Earliest, InitialOffset::Latest);
        for (target, stored, initial, offset, remark) in [
            (committed, Some(300), earliest, 300, None),
            (committed, Some(1000), earliest, 1000, None),
            (committed, None, earliest, 100, None),
            (committed, None, latest, 1000, None),
            (committed, Some(40), latest, 100, Some(Remark::Gap { from: 40 })),
            (committed, Some(5000), earliest, 1000, Some(Remark::BeyondEnd { wanted: 5000 })),
            (place(SeekTo::Earliest), Some(300), latest, 100, None),
            (place(SeekTo::Latest), Some(300), earliest, 1000, None),
            (place(SeekTo::Offset(7)), Some(300), earliest, 100, Some(Remark::Gap { from: 7 })),
            (place(SeekTo::Offset(700)), None, earliest, 700, None),
        ] {
            let known = Known { committed: stored, earliest: 100, latest: 1000 };
            assert_eq!(start(target, known, initial), Start { offset, remark }, "{target:?} {stored:?} {initial:?}");
        }
    }
}
