//! Where a partition starts. Pure.
//!
//! librdkafka never decides: it would reset silently. An offset outside of the log is moved to its nearest end and reported.

use std::time::{Duration, SystemTime};

use crate::consumer::SeekTo;
use crate::topology::InitialOffset;

/// Where to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// To the group's committed offset.
    Committed,
    /// To a place that somebody named.
    Place(SeekTo),
    /// To the beginning of the topic that took the place of one with the same name, in which the next offset was `from`.
    Anew { from: i64 },
}

/// What the brokers say about a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) committed: Option<i64>,
    pub(crate) earliest: i64,
    pub(crate) latest: i64,
    /// Where the wanted time begins; below 0 when no record is that young. `None` when no time is wanted.
    pub(crate) timed: Option<i64>,
    /// The last assignment in this process, when that was in another topic of the same name.
    pub(crate) before: Option<Before>,
}

/// How an assignment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Before {
    /// The next offset.
    pub(crate) next: i64,
    /// What was committed last, by us.
    pub(crate) committed: Option<i64>,
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
    /// The topic is another one than before, where the next offset was `from`.
    Recreated { from: i64 },
    /// The wanted offset is beyond the end.
    BeyondEnd { wanted: i64 },
}

/// The time that has to be asked for to know where a partition starts, in milliseconds since the epoch.
pub(crate) fn instant(target: Target, initial: InitialOffset, now: SystemTime) -> Option<i64> {
    let time = match (target, initial) {
        (Target::Place(SeekTo::Time(time)), _) => time,
        // Farther back than the clock reaches is the beginning.
        (Target::Committed, InitialOffset::Ago(age)) => now.checked_sub(age).unwrap_or(SystemTime::UNIX_EPOCH),
        _ => return None,
    };
    let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Some(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

impl Target {
    /// Where a seek goes.
    pub(crate) fn of(seek: SeekTo) -> Self {
        match seek {
            SeekTo::Committed => Self::Committed,
            place => Self::Place(place),
        }
    }
}

pub(crate) fn start(target: Target, known: Known, initial: InitialOffset) -> Start {
    let Known { committed, earliest, latest, timed, before } = known;
    let plain = |offset| Start { offset, remark: None };
    let at_the_time = timed.filter(|offset| *offset >= 0).map_or(latest, |offset| offset.clamp(earliest, latest));
    let anew = |from| Start { offset: earliest, remark: Some(Remark::Recreated { from }) };
    let wanted = match (target, committed) {
        (Target::Anew { from }, _) => return anew(from),
        (Target::Place(SeekTo::Earliest), _) => return plain(earliest),
        (Target::Place(SeekTo::Latest), _) => return plain(latest),
        (Target::Place(SeekTo::Time(_)), _) => return plain(at_the_time),
        (Target::Place(SeekTo::Offset(offset)), _) | (Target::Committed, Some(offset)) => offset,
        (Target::Committed, None) | (Target::Place(SeekTo::Committed), _) => {
            if let Some(Before { next, .. }) = before {
                return anew(next);
            }
            return plain(match initial {
                InitialOffset::Latest => latest,
                InitialOffset::Earliest => earliest,
                InitialOffset::Ago(_) => at_the_time,
            });
        }
    };
    // Commits name a topic and not its id: ours may have come after the end of the topic that they were about.
    let stale = |before: &Before| wanted < earliest || wanted > latest || before.committed == Some(wanted);
    match before.filter(|before| target == Target::Committed && stale(before)) {
        Some(Before { next, .. }) => anew(next),
        None if wanted < earliest => Start { offset: earliest, remark: Some(Remark::Gap { from: wanted }) },
        None if wanted > latest => Start { offset: latest, remark: Some(Remark::BeyondEnd { wanted }) },
        None => plain(wanted),
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
            let known = Known { committed: stored, earliest: 100, latest: 1000, timed: None, before: None };
            assert_eq!(start(target, known, initial), Start { offset, remark }, "{target:?} {stored:?} {initial:?}");
        }
    }

    #[test]
    fn a_time_leads_to_its_first_record_or_to_the_end() {
        let (place, ago) =
            (Target::Place(SeekTo::Time(SystemTime::UNIX_EPOCH)), InitialOffset::Ago(Duration::from_hours(1)));
        for (target, stored, timed, offset) in [
            (place, Some(300), 700, 700),
            (place, None, -1, 1000),
            (place, None, 40, 100),
            (Target::Committed, None, 700, 700),
            (Target::Committed, None, -1, 1000),
            (Target::Committed, Some(300), 700, 300),
        ] {
            let known = Known { committed: stored, earliest: 100, latest: 1000, timed: Some(timed), before: None };
            assert_eq!(start(target, known, ago), Start { offset, remark: None }, "{target:?} {stored:?} {timed}");
        }
    }

    #[test]
    fn a_topic_that_was_created_anew_is_read_from_its_start_and_that_is_said() {
        let anew = Start { offset: 100, remark: Some(Remark::Recreated { from: 70 }) };
        let latest = InitialOffset::Latest;
        for (target, committed, before, expected) in [
            (Target::Anew { from: 70 }, None, None, anew),
            (Target::Anew { from: 70 }, Some(300), None, anew),
            (Target::Committed, None, Some(70), anew),
            (Target::Committed, Some(5000), Some(70), anew),
            (Target::Committed, Some(60), Some(70), anew),
            (Target::Committed, Some(310), Some(70), anew),
            // Somebody has committed in the new topic already.
            (Target::Committed, Some(300), Some(70), Start { offset: 300, remark: None }),
        ] {
            let before = before.map(|next| Before { next, committed: Some(310) });
            let known = Known { committed, earliest: 100, latest: 1000, timed: None, before };
            assert_eq!(start(target, known, latest), expected, "{target:?} {committed:?} {before:?}");
        }
    }

    #[test]
    fn only_a_start_at_a_time_asks_for_one() {
        let hour = Duration::from_hours(1);
        let now = SystemTime::UNIX_EPOCH + hour * 3;
        let ago = InitialOffset::Ago(hour);
        for (target, initial, expected) in [
            (Target::Committed, InitialOffset::Earliest, None),
            (Target::Committed, InitialOffset::Latest, None),
            (Target::Committed, ago, Some(7_200_000)),
            (Target::Committed, InitialOffset::Ago(hour * 4), Some(0)),
            (Target::Place(SeekTo::Offset(7)), ago, None),
            (Target::Place(SeekTo::Time(SystemTime::UNIX_EPOCH + hour)), InitialOffset::Latest, Some(3_600_000)),
            (Target::Place(SeekTo::Time(SystemTime::UNIX_EPOCH - hour)), ago, Some(0)),
        ] {
            assert_eq!(instant(target, initial, now), expected, "{target:?} {initial:?}");
        }
    }
}
