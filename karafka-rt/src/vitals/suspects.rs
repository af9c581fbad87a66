//! Records that may have killed their process, in memory that all processes of a swarm share. Pure.
//!
//! A death makes suspects, never convicts. A suspect is handed over alone on its node: when it is finished it is cleared, when the
//! process dies then, that counts against it. The supervisor adds; whoever handles a record clears it. A table that is full takes no
//! more suspects, and says so.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};

/// Suspects at a time.
const ENTRIES: usize = 255;
const WORDS: usize = 8;
/// Deaths while it was alone that convict a record.
const CONVICTS: u64 = 2;

/// In the head: how many entries are in use.
const COUNT: usize = 0;
/// In an entry: whether it is in use; written last, and cleared with one exchange.
const USED: usize = 0;
/// Route (32 bits), partition (32 bits).
const PLACE: usize = 1;
const FIRST: usize = 2;
const LAST: usize = 3;
const DEATHS: usize = 4;

/// The table. A copy is a reference to the same memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SuspectTable {
    words: &'static [AtomicU64],
}

/// Records of one partition, as one route sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Suspect {
    /// Index of the route in the program.
    pub(crate) route: u32,
    pub(crate) partition: i32,
    /// From this offset.
    pub(crate) first: i64,
    /// To this one, included.
    pub(crate) last: i64,
    /// How often the process died while the record was alone.
    pub(crate) deaths: u64,
}

/// What came of an accusation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accusation {
    /// It is handed over alone from now on.
    Suspected(Suspect),
    /// It died alone, so often.
    DiedAlone(Suspect),
    /// It was known.
    Known,
    /// There is no room for another suspect.
    NoRoom,
}

impl Suspect {
    /// Whether it is not handed over any more.
    pub(crate) fn is_convicted(&self) -> bool {
        self.deaths >= CONVICTS
    }

    fn has(&self, route: u32, partition: i32, offset: i64) -> bool {
        (self.route, self.partition) == (route, partition) && (self.first..=self.last).contains(&offset)
    }
}

impl SuspectTable {
    /// How many words of memory the table takes.
    pub(crate) const WORDS: NonZeroUsize = NonZeroUsize::new((1 + ENTRIES) * WORDS).expect("a table has a head");

    /// The table in `words`, which are [`SuspectTable::WORDS`] long and hold zeros or a table.
    pub(crate) fn over(words: &'static [AtomicU64]) -> Self {
        assert_eq!(words.len(), Self::WORDS.get(), "the memory of a table has a fixed size");
        Self { words }
    }

    /// No table: nobody watches this process, so nobody is ever suspected.
    pub(crate) const fn none() -> Self {
        Self { words: &[] }
    }

    /// Whether nobody is suspected. One load.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.first().is_none_or(|count| count.load(Ordering::Acquire) == 0)
    }

    /// Everybody.
    pub(crate) fn all(&self) -> Vec<Suspect> {
        self.entries().filter_map(read).collect()
    }

    /// The suspicion against one record.
    pub(crate) fn find(&self, route: u32, partition: i32, offset: i64) -> Option<Suspect> {
        self.entries().filter_map(read).find(|suspect| suspect.has(route, partition, offset))
    }

    /// A process died while these records were handled; `alone` when nothing else was. Only the supervisor accuses.
    pub(crate) fn accuse(&self, records: Suspect, alone: bool) -> Accusation {
        let Suspect { route, partition, first, .. } = records;
        let known = self.entries().find_map(|words| {
            let suspect = read(words)?;
            suspect.has(route, partition, first).then_some((words, suspect))
        });
        match known {
            Some((words, suspect)) if alone => {
                // The others of its batch were not what kills.
                let deaths = suspect.deaths + 1;
                let convict = Suspect { first, last: first, deaths, ..suspect };
                write(words, &convict);
                Accusation::DiedAlone(convict)
            }
            Some(_) => Accusation::Known,
            None => self.add(Suspect { deaths: 0, ..records }),
        }
    }

    /// Takes over a suspect as it is, from a time before.
    pub(crate) fn restore(&self, suspect: Suspect) -> Accusation {
        self.add(suspect)
    }

    /// The record was finished without harm, or is in the dead letter queue.
    pub(crate) fn clear(&self, route: u32, partition: i32, offset: i64) {
        self.drop_where(|suspect| suspect.has(route, partition, offset), offset + 1);
    }

    /// Progress is at `next`: what is below was finished by somebody.
    pub(crate) fn passed(&self, route: u32, partition: i32, next: i64) {
        let is_below =
            |suspect: &Suspect| (suspect.route, suspect.partition) == (route, partition) && suspect.first < next;
        self.drop_where(is_below, next);
    }

    /// Drops the records below `next` from every entry that `wanted` holds for.
    fn drop_where(&self, wanted: impl Fn(&Suspect) -> bool, next: i64) {
        for words in self.entries() {
            let Some(suspect) = read(words).filter(&wanted) else { continue };
            if suspect.last >= next {
                words[FIRST].store(next as u64, Ordering::Release);
            } else if words[USED].swap(0, Ordering::AcqRel) != 0 {
                self.words[COUNT].fetch_sub(1, Ordering::AcqRel);
            }
        }
    }

    fn add(&self, suspect: Suspect) -> Accusation {
        let Some(words) = self.entries().find(|words| words[USED].load(Ordering::Acquire) == 0) else {
            return Accusation::NoRoom;
        };
        write(words, &suspect);
        words[USED].store(1, Ordering::Release);
        self.words[COUNT].fetch_add(1, Ordering::AcqRel);
        Accusation::Suspected(suspect)
    }

    fn entries(&self) -> impl Iterator<Item = &'static [AtomicU64]> + use<> {
        self.words.chunks_exact(WORDS).skip(1)
    }
}

fn read(words: &[AtomicU64]) -> Option<Suspect> {
    if words[USED].load(Ordering::Acquire) == 0 {
        return None;
    }
    let word = |index: usize| words[index].load(Ordering::Acquire);
    let place = word(PLACE);
    Some(Suspect {
        route: (place >> 32) as u32,
        partition: place as u32 as i32,
        first: word(FIRST) as i64,
        last: word(LAST) as i64,
        deaths: word(DEATHS),
    })
}

fn write(words: &[AtomicU64], suspect: &Suspect) {
    let Suspect { route, partition, first, last, deaths } = *suspect;
    words[PLACE].store(u64::from(route) << 32 | u64::from(partition as u32), Ordering::Relaxed);
    words[FIRST].store(first as u64, Ordering::Relaxed);
    words[LAST].store(last as u64, Ordering::Relaxed);
    words[DEATHS].store(deaths, Ordering::Release);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> SuspectTable {
        SuspectTable::over(Box::leak((0..SuspectTable::WORDS.get()).map(|_| AtomicU64::new(0)).collect::<Box<[_]>>()))
    }

    fn records(partition: i32, first: i64, last: i64) -> Suspect {
        Suspect { route: 3, partition, first, last, deaths: 0 }
    }

    #[test]
    fn two_deaths_alone_convict_and_others_do_not() {
        let table = table();
        assert!(table.is_empty());
        assert_eq!(table.accuse(records(1, 10, 10), false), Accusation::Suspected(records(1, 10, 10)));
        assert_eq!(table.accuse(records(1, 10, 10), false), Accusation::Known, "in company it proves nothing");
        assert!(!table.is_empty());
        for (deaths, is_convicted) in [(1, false), (2, true), (3, true)] {
            let suspect = Suspect { deaths, ..records(1, 10, 10) };
            assert_eq!(table.accuse(records(1, 10, 10), true), Accusation::DiedAlone(suspect));
            assert_eq!(table.find(3, 1, 10).unwrap().is_convicted(), is_convicted);
        }
        for innocent in [(3, 1, 9), (3, 1, 11), (3, 0, 10), (2, 1, 10), (3, -1, 10)] {
            assert_eq!(table.find(innocent.0, innocent.1, innocent.2), None, "{innocent:?}");
        }
        table.clear(3, 1, 10);
        assert!(table.is_empty() && table.all().is_empty());
    }

    #[test]
    fn the_records_of_a_batch_are_cleared_one_by_one_until_one_dies() {
        let table = table();
        table.accuse(records(0, 5, 9), false);
        table.clear(3, 0, 5);
        table.clear(3, 0, 6);
        assert_eq!(table.all(), [records(0, 7, 9)]);
        let convict = Suspect { deaths: 1, ..records(0, 7, 7) };
        assert_eq!(table.accuse(records(0, 7, 7), true), Accusation::DiedAlone(convict));
        assert_eq!(table.all(), [convict], "the rest of the batch is free");
    }

    #[test]
    fn what_progress_has_passed_is_forgotten() {
        let table = table();
        for first in [1, 4, 8] {
            table.accuse(records(0, first, first + 2), false);
        }
        table.accuse(records(7, 1, 1), false);
        table.passed(3, 0, 5);
        assert_eq!(table.all(), [records(0, 5, 6), records(0, 8, 10), records(7, 1, 1)]);
    }

    #[test]
    fn a_full_table_takes_nobody_and_room_is_used_again() {
        let table = table();
        for partition in 0..ENTRIES as i32 {
            assert!(matches!(table.accuse(records(partition, 0, 0), false), Accusation::Suspected(_)));
        }
        assert_eq!(table.accuse(records(9999, 0, 0), false), Accusation::NoRoom);
        table.clear(3, 17, 0);
        assert!(matches!(table.accuse(records(9999, 0, 0), false), Accusation::Suspected(_)));
    }

    #[test]
    fn without_a_table_nobody_is_suspected() {
        let none = SuspectTable::none();
        assert!(none.is_empty() && none.find(0, 0, 0).is_none());
        none.clear(0, 0, 0);
        assert_eq!(none.accuse(records(0, 0, 0), true), Accusation::NoRoom);
    }
}
