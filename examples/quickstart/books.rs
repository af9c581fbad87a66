//! Does what came out equal what went in? Pure.

use std::fmt;

use indicatif::HumanCount;

/// Records by where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Books {
    /// Acknowledged by Kafka.
    pub(super) published: u64,
    /// Reported by handlers.
    pub(super) processed: u64,
    /// Arrived in the dead letter topic.
    pub(super) dead_lettered: u64,
    /// Reported by handlers as nothing to process.
    pub(super) skipped: u64,
    /// Not committed by the group.
    pub(super) pending: u64,
}

impl Books {
    /// Whether every record that went in has come out, and if not, a sentence that says so.
    pub(super) fn balance(&self) -> Result<(), String> {
        let (went_in, accounted) = (self.published, self.accounted());
        if accounted < went_in {
            Err(format!("the books do not balance: {} got lost", records(went_in - accounted)))
        } else if accounted > went_in {
            Err(format!("the books do not balance: {} too many came out", records(accounted - went_in)))
        } else if self.pending > 0 {
            Err(format!("the work is not finished: {} to go", records(self.pending)))
        } else {
            Ok(())
        }
    }

    fn accounted(&self) -> u64 {
        self.processed + self.dead_lettered + self.skipped + self.pending
    }
}

/// The accounting line. The equals sign stands there only when it is true.
impl fmt::Display for Books {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { published, processed, dead_lettered, skipped, pending } = *self;
        let sign = if self.accounted() == published { "=" } else { "≠" };
        let [published, processed, dead_lettered, skipped, pending] =
            [published, processed, dead_lettered, skipped, pending].map(HumanCount);
        write!(
            formatter,
            "{published} in {sign} {processed} processed + {dead_lettered} dead-lettered + {skipped} skipped + {pending} pending"
        )
    }
}

fn records(count: u64) -> String {
    format!("{} {}", HumanCount(count), if count == 1 { "record" } else { "records" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_happened_and_whether_it_adds_up() {
        let check = |counts: [u64; 5], line: &str, balance: Result<(), &str>| {
            let [published, processed, dead_lettered, skipped, pending] = counts;
            let books = Books { published, processed, dead_lettered, skipped, pending };
            assert_eq!(books.to_string(), line);
            assert_eq!(books.balance(), balance.map_err(str::to_owned));
        };
        check(
            [27_004, 26_398, 606, 0, 0],
            "27,004 in = 26,398 processed + 606 dead-lettered + 0 skipped + 0 pending",
            Ok(()),
        );
        check(
            [27_004, 26_397, 606, 0, 0],
            "27,004 in ≠ 26,397 processed + 606 dead-lettered + 0 skipped + 0 pending",
            Err("the books do not balance: 1 record got lost"),
        );
        check(
            [10, 9, 2, 1, 0],
            "10 in ≠ 9 processed + 2 dead-lettered + 1 skipped + 0 pending",
            Err("the books do not balance: 2 records too many came out"),
        );
        check(
            [2_000, 500, 0, 0, 1_500],
            "2,000 in = 500 processed + 0 dead-lettered + 0 skipped + 1,500 pending",
            Err("the work is not finished: 1,500 records to go"),
        );
    }
}
