//! Where partitions begin and end, and how far groups are.

use std::time::{Duration, Instant};

use crate::librdkafka::{AdminReport, Code, OffsetsAnswer, TopicPartition, Which};

use super::connection::Admin;
use super::error::{AdminError, Attempt};

/// The offsets that one partition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Range {
    /// From 0.
    pub partition: i32,
    /// The first offset that is still there.
    pub earliest: i64,
    /// The offset that the next record will have. Transactions leave markers, so this is no count of records.
    pub latest: i64,
}

/// How far a group is in one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Committed {
    /// From 0.
    pub partition: i32,
    /// The next offset to read; `None` when the group has committed none.
    pub offset: Option<i64>,
    /// What was stored with it, as it is: other programs may have written anything.
    pub metadata: Option<Vec<u8>>,
}

impl Admin {
    /// The offsets of every partition of a topic, by partition. Records of open transactions are included.
    pub fn ranges(&self, topic: &str, within: Duration) -> Result<Vec<Range>, AdminError> {
        let deadline = Instant::now() + within;
        let info = self.topic(topic, within)?.ok_or_else(|| AdminError::NoSuchTopic(topic.to_owned()))?;
        self.ranges_of(topic, info.partitions, deadline.saturating_duration_since(Instant::now()))
    }

    /// A client that asked about a topic before its partitions had leaders may not see them for seconds: what it said is asked
    /// again through another one, within the time.
    pub(super) fn ranges_of(&self, topic: &str, partitions: i32, within: Duration) -> Result<Vec<Range>, AdminError> {
        let deadline = Instant::now() + within;
        let mut another = None;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let asked = another.as_ref().unwrap_or(self);
            let early = match asked.ranges_now(topic, partitions, left.min(TRY)) {
                Ok(ranges) => return Ok(ranges),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Early(error)) => error,
            };
            if deadline.saturating_duration_since(Instant::now()) <= RETRY {
                return Err(match early {
                    AdminError::Unreachable { servers, last, .. } => {
                        AdminError::Unreachable { servers, waited: within, last }
                    }
                    error => error,
                });
            }
            std::thread::sleep(RETRY);
            another = Some(self.anew()?);
        }
    }

    fn ranges_now(&self, topic: &str, partitions: i32, within: Duration) -> Result<Vec<Range>, Failure> {
        let deadline = Instant::now() + within;
        let earliest = self.ends(topic, partitions, Which::Earliest, within)?;
        let latest = self.ends(topic, partitions, Which::Latest, deadline.saturating_duration_since(Instant::now()))?;
        let ranges = earliest.into_iter().zip(latest).zip(0..);
        Ok(ranges.map(|((earliest, latest), partition)| Range { partition, earliest, latest }).collect())
    }

    fn ends(&self, topic: &str, partitions: i32, which: Which, within: Duration) -> Result<Vec<i64>, Failure> {
        let attempt = Attempt { action: "read the offsets of the topic", name: topic, operation: "Describe" };
        let list = all_partitions(topic, partitions);
        let report = self.ask(within, attempt, |turn, left| turn.ask_range(&list, which, left));
        let report = report.map_err(|error| match error {
            error @ AdminError::Unreachable { .. } => Failure::Early(error),
            error => Failure::Final(error),
        })?;
        let AdminReport::Answer(OffsetsAnswer::Range { entries, .. }) = report else {
            return Err(Failure::Final(attempt.failed(Code::UNKNOWN, "the answer is to another question")));
        };
        // In the order of the question.
        let failed = |code: Code| {
            let kind = if code.is_topic_spreading() { Failure::Early } else { Failure::Final };
            kind(attempt.failed(code, ""))
        };
        entries.into_iter().map(|(_, result)| result.map_err(failed)).collect()
    }

    /// What a group has committed for every partition of a topic, by partition. While an open transaction is about to change
    /// it, or the group's coordinator is moving, this asks again, within the time.
    pub fn committed(&self, group: &str, topic: &str, within: Duration) -> Result<Vec<Committed>, AdminError> {
        let deadline = Instant::now() + within;
        let info = self.topic(topic, within)?.ok_or_else(|| AdminError::NoSuchTopic(topic.to_owned()))?;
        let list = all_partitions(topic, info.partitions);
        let attempt = Attempt { action: "read the offsets of the group", name: group, operation: "Describe" };
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let code = match self.committed_now(group, &list, left, attempt)? {
                Ok(committed) => return Ok(committed),
                Err(Code::GROUP_ID_NOT_FOUND) => return Ok(none_committed(info.partitions)),
                Err(code) => code,
            };
            let passing =
                code == Code::UNSTABLE_OFFSET_COMMIT || code.is_coordinator_moving() || code.is_topic_spreading();
            if !passing || left <= RETRY {
                return Err(attempt.failed(code, ""));
            }
            std::thread::sleep(RETRY);
        }
    }

    fn committed_now(
        &self,
        group: &str,
        list: &[TopicPartition],
        within: Duration,
        attempt: Attempt<'_>,
    ) -> Result<Result<Vec<Committed>, Code>, AdminError> {
        let report = self.ask(within, attempt, |turn, left| turn.ask_committed(group, list, left))?;
        let AdminReport::Answer(OffsetsAnswer::Committed { error, entries, .. }) = report else {
            return Err(attempt.failed(Code::UNKNOWN, "the answer is to another question"));
        };
        if let Some(code) = error.or_else(|| entries.iter().find_map(|entry| entry.error)) {
            return Ok(Err(code));
        }
        let committed = entries.into_iter().map(|entry| Committed {
            partition: entry.at.partition,
            offset: entry.offset,
            metadata: entry.metadata,
        });
        Ok(Ok(committed.collect()))
    }
}

/// Why offsets are not known.
enum Failure {
    /// The topic may be too new.
    Early(AdminError),
    Final(AdminError),
}

/// How long one question waits: longer than librdkafka's own pause before it looks for leaders again, which is 3 s.
const TRY: Duration = Duration::from_secs(5);
/// Between two looks.
const RETRY: Duration = Duration::from_millis(50);

fn all_partitions(topic: &str, count: i32) -> Vec<TopicPartition> {
    (0..count).map(|partition| TopicPartition { topic: topic.to_owned(), partition }).collect()
}

fn none_committed(count: i32) -> Vec<Committed> {
    (0..count).map(|partition| Committed { partition, offset: None, metadata: None }).collect()
}
