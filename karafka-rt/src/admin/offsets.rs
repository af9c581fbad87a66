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

    pub(super) fn ranges_of(&self, topic: &str, partitions: i32, within: Duration) -> Result<Vec<Range>, AdminError> {
        let deadline = Instant::now() + within;
        let earliest = self.ends(topic, partitions, Which::Earliest, within)?;
        let latest = self.ends(topic, partitions, Which::Latest, deadline.saturating_duration_since(Instant::now()))?;
        let ranges = earliest.into_iter().zip(latest).zip(0..);
        Ok(ranges.map(|((earliest, latest), partition)| Range { partition, earliest, latest }).collect())
    }

    fn ends(&self, topic: &str, partitions: i32, which: Which, within: Duration) -> Result<Vec<i64>, AdminError> {
        let attempt = Attempt { action: "read the offsets of the topic", name: topic, operation: "Describe" };
        let list = all_partitions(topic, partitions);
        let report = self.ask(within, attempt, |turn, left| turn.ask_range(&list, which, left))?;
        let AdminReport::Answer(OffsetsAnswer::Range { entries, .. }) = report else {
            return Err(attempt.failed(Code::UNKNOWN, "the answer is to another question"));
        };
        // In the order of the question.
        entries.into_iter().map(|(_, result)| result.map_err(|code| attempt.failed(code, ""))).collect()
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
            let passing = code == Code::UNSTABLE_OFFSET_COMMIT || code.is_coordinator_moving();
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

/// Between two looks at offsets that an open transaction holds.
const RETRY: Duration = Duration::from_millis(50);

fn all_partitions(topic: &str, count: i32) -> Vec<TopicPartition> {
    (0..count).map(|partition| TopicPartition { topic: topic.to_owned(), partition }).collect()
}

fn none_committed(count: i32) -> Vec<Committed> {
    (0..count).map(|partition| Committed { partition, offset: None, metadata: None }).collect()
}
