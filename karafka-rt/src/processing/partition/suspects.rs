//! Records that may have ended a process: handed over alone, and after two deaths not any more.

use std::time::Duration;

use super::super::job::{Failure, Job, Work};
use super::super::trace::Trace;
use super::{Partition, State};
use crate::message::{ErrorKind, Record};
use crate::telemetry::{Event, emit};
use crate::topology::DeadLetterTarget;
use crate::vitals::Suspect;

/// The reason of a dead letter that ended processes.
const REASON: &str = "killed the process";
/// Without a dead letter queue a convicted record is told this often, until somebody does something.
const ALARM_EVERY: Duration = Duration::from_mins(1);

impl Partition {
    /// The job of these records; its first batch has `first`. Up to a suspect as usual, a suspect by itself.
    pub(super) fn hand_over(&mut self, mut records: Vec<Record>, first: usize, now: Duration) -> Option<Job> {
        let table = self.route.suspects;
        if table.is_empty() {
            return self.job(Work::Consume { records, first });
        }
        let (route, partition) = (self.route.index, self.seat.origin.partition);
        table.passed(route, partition, records.first()?.offset());
        let find = |record: &Record| table.find(route, partition, record.offset());
        let Some((at, suspect)) = records.iter().enumerate().find_map(|(at, record)| Some((at, find(record)?))) else {
            return self.job(Work::Consume { records, first });
        };
        let rest = records.split_off(at.max(1));
        self.pending.give_back(rest, 0);
        if at > 0 {
            return self.job(Work::Consume { first: first.min(records.len()), records });
        }
        if suspect.is_convicted() {
            return self.condemn(records, suspect, now);
        }
        let job = self.job(Work::Consume { records, first: 1 });
        job.map(|job| Job { alone: true, ..job })
    }

    /// The record is in a dead letter queue: nobody has to be afraid of it.
    pub(super) fn acquit(&self, offset: i64) {
        self.route.suspects.clear(self.route.index, self.seat.origin.partition, offset);
    }

    /// `records` is one that ended processes: it goes where records go that failed for good, without another call.
    fn condemn(&mut self, records: Vec<Record>, suspect: Suspect, now: Duration) -> Option<Job> {
        let offset = suspect.first;
        let deaths = u32::try_from(suspect.deaths).unwrap_or(u32::MAX);
        let text = format!("{deaths} processes died while this record was handled and nothing else ran");
        let trace = Trace::next();
        let kind = ErrorKind::Permanent;
        let failure = Failure { offset, attempts: deaths, counted: deaths, kind, trace, type_name: REASON, text };
        match self.route.dead_letter_target() {
            Some(DeadLetterTarget::Topic(_) | DeadLetterTarget::External(_)) => {
                self.give_up(records, 0, failure, now);
                self.next_of_records(now)
            }
            Some(DeadLetterTarget::Skip) => {
                let at = self.place(offset);
                emit(Event::Skipped {
                    at,
                    attempts: deaths,
                    trace: &trace,
                    error: &format!("{REASON}: {}", failure.text),
                });
                self.acquit(offset);
                self.drop_first(records, 0, offset);
                self.next_of_records(now)
            }
            None => {
                let at = self.place(offset);
                emit(Event::Retrying {
                    at,
                    attempt: deaths,
                    trace: &trace,
                    wait: ALARM_EVERY,
                    error: &format!(
                        "{REASON}: {}; the partition waits, because its route has no `dead_letter_queue` to put it in",
                        failure.text
                    ),
                });
                self.pending.give_back(records, 0);
                self.state = State::Retry { at: now + ALARM_EVERY };
                None
            }
        }
    }
}
