//! Answers to questions about offsets. Every partition or topic that was asked for is in the answer, exactly once.

use rdkafka_sys as sys;

use super::error::{Code, code_of, text};
use super::event::Event;
use super::list::{Entry, TopicPartition, entries, entry};
use super::offsets::{Isolation, Which};

/// The answer to one question; `ticket` is the one that was handed in with it.
///
/// `error` is set when the question as a whole failed; every entry then has an error too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OffsetsAnswer {
    Committed { ticket: u64, error: Option<Code>, entries: Vec<CommittedEntry> },
    Range { ticket: u64, which: Which, error: Option<Code>, entries: Vec<(TopicPartition, Result<i64, Code>)> },
    Topics { ticket: u64, error: Option<Code>, entries: Vec<(String, Result<TopicFound, Code>)> },
}

/// A topic that is there and may be described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TopicFound {
    pub(crate) partitions: i32,
    pub(crate) id: TopicId,
}

/// What tells a topic from another one of the same name (KIP-516). All zero when the broker has no ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TopicId(pub(crate) [i64; 2]);

/// What a group has committed for one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommittedEntry {
    pub(crate) at: TopicPartition,
    /// The next offset to read; `None` when nothing was committed, and whenever there is an error.
    pub(crate) offset: Option<i64>,
    /// As stored: others may have written anything.
    pub(crate) metadata: Option<Vec<u8>>,
    pub(crate) error: Option<Code>,
}

/// A question that was sent.
pub(super) struct Asked {
    pub(super) ticket: u64,
    pub(super) question: Question,
}

pub(super) enum Question {
    Committed { group: String, partitions: Vec<TopicPartition> },
    Range { which: Which, isolation: Isolation, partitions: Vec<TopicPartition> },
    Topics(Vec<String>),
}

/// Reads the answer out of its event.
pub(super) fn answer(event: &Event, Asked { ticket, question }: Asked) -> OffsetsAnswer {
    match question {
        Question::Committed { partitions, .. } => {
            let (error, found) = outcome(event, committed);
            let entries = partitions.into_iter().map(|at| committed_entry(at, error, &found)).collect();
            OffsetsAnswer::Committed { ticket, error, entries }
        }
        Question::Range { which, partitions, .. } => {
            let (error, found) = outcome(event, |event| (None, range(event)));
            let entries = partitions.into_iter().map(|at| range_entry(at, which, error, &found)).collect();
            OffsetsAnswer::Range { ticket, which, error, entries }
        }
        Question::Topics(topics) => {
            let (error, found) = outcome(event, |event| (None, described(event)));
            let entries = topics.into_iter().map(|topic| topic_entry(topic, error, &found)).collect();
            OffsetsAnswer::Topics { ticket, error, entries }
        }
    }
}

/// The error of the whole question, or what `read` finds.
fn outcome<T>(event: &Event, read: impl FnOnce(&Event) -> (Option<Code>, Vec<T>)) -> (Option<Code>, Vec<T>) {
    event.error().map_or_else(|| read(event), |code| (Some(code), Vec::new()))
}

fn committed_entry(at: TopicPartition, whole: Option<Code>, found: &[Entry]) -> CommittedEntry {
    match found.iter().find(|entry| entry.at == at) {
        Some(Entry { error: None, offset, metadata, .. }) if whole.is_none() => {
            CommittedEntry { at, offset: (*offset >= 0).then_some(*offset), metadata: metadata.clone(), error: None }
        }
        other => {
            let error = whole.or(other.and_then(|entry| entry.error)).unwrap_or(Code::UNKNOWN);
            CommittedEntry { at, offset: None, metadata: None, error: Some(error) }
        }
    }
}

fn range_entry(
    at: TopicPartition,
    which: Which,
    whole: Option<Code>,
    found: &[Entry],
) -> (TopicPartition, Result<i64, Code>) {
    let may_be_none = matches!(which, Which::At(_));
    let result = match (whole, found.iter().find(|entry| entry.at == at)) {
        (None, Some(Entry { error: None, offset, .. })) if *offset >= 0 || may_be_none => Ok(*offset),
        (whole, entry) => Err(whole.or(entry.and_then(|entry| entry.error)).unwrap_or(Code::UNKNOWN)),
    };
    (at, result)
}

fn topic_entry(
    topic: String,
    whole: Option<Code>,
    found: &[(String, Result<TopicFound, Code>)],
) -> (String, Result<TopicFound, Code>) {
    let found = found.iter().find(|(name, _)| *name == topic).map(|(_, result)| *result);
    let result = whole.map_or_else(|| found.unwrap_or(Err(Code::UNKNOWN)), Err);
    (topic, result)
}

/// The group's error and offsets (`rd_kafka_ListConsumerGroupOffsets_result_groups`).
fn committed(event: &Event) -> (Option<Code>, Vec<Entry>) {
    // SAFETY: a live event; null when it is of another kind.
    let result = unsafe { sys::rd_kafka_event_ListConsumerGroupOffsets_result(event.as_ptr()) };
    if result.is_null() {
        return (Some(Code::UNKNOWN), Vec::new());
    }
    let mut count = 0;
    // SAFETY: a live result and a valid out pointer.
    let groups = unsafe { sys::rd_kafka_ListConsumerGroupOffsets_result_groups(result, &raw mut count) };
    // SAFETY: an array of that many groups, owned by the event.
    let Some(group) = (unsafe { items(groups, count) }).first().copied() else {
        return (Some(Code::UNKNOWN), Vec::new());
    };
    // SAFETY: a live group result.
    let error = unsafe { sys::rd_kafka_group_result_error(group) };
    // SAFETY: null or an error that belongs to the event.
    let error = unsafe { code_of(error) };
    // SAFETY: a live group result.
    let list = unsafe { sys::rd_kafka_group_result_partitions(group) };
    // SAFETY: null or a list that belongs to the event and that nobody changes.
    (error, unsafe { entries(list) })
}

/// The offsets (`rd_kafka_ListOffsets_result_infos`).
fn range(event: &Event) -> Vec<Entry> {
    // SAFETY: a live event; null when it is of another kind.
    let result = unsafe { sys::rd_kafka_event_ListOffsets_result(event.as_ptr()) };
    if result.is_null() {
        return Vec::new();
    }
    let mut count = 0;
    // SAFETY: a live result and a valid out pointer.
    let infos = unsafe { sys::rd_kafka_ListOffsets_result_infos(result, &raw mut count) };
    // SAFETY: an array of that many results, owned by the event.
    let infos = unsafe { items(infos, count) };
    // SAFETY: every info is live, and so is the element that it points at.
    infos.iter().map(|info| unsafe { entry(sys::rd_kafka_ListOffsetsResultInfo_topic_partition(*info)) }).collect()
}

/// The topics (`rd_kafka_DescribeTopics_result_topics`).
fn described(event: &Event) -> Vec<(String, Result<TopicFound, Code>)> {
    // SAFETY: a live event; null when it is of another kind.
    let result = unsafe { sys::rd_kafka_event_DescribeTopics_result(event.as_ptr()) };
    if result.is_null() {
        return Vec::new();
    }
    let mut count = 0;
    // SAFETY: a live result and a valid out pointer.
    let topics = unsafe { sys::rd_kafka_DescribeTopics_result_topics(result, &raw mut count) };
    // SAFETY: an array of that many descriptions, owned by the event.
    let topics = unsafe { items(topics, count) };
    // SAFETY: every description is live as long as the event.
    topics.iter().map(|topic| unsafe { topic_description(*topic) }).collect()
}

/// # Safety
/// `topic` is live.
unsafe fn topic_description(topic: *const sys::rd_kafka_TopicDescription_t) -> (String, Result<TopicFound, Code>) {
    // SAFETY: live by the contract.
    let name = unsafe { sys::rd_kafka_TopicDescription_name(topic) };
    // SAFETY: a string that belongs to the description.
    let name = unsafe { text(name) };
    // SAFETY: live by the contract.
    let error = unsafe { sys::rd_kafka_TopicDescription_error(topic) };
    let mut count = 0;
    // SAFETY: live by the contract, and a valid out pointer.
    let _ = unsafe { sys::rd_kafka_TopicDescription_partitions(topic, &raw mut count) };
    // SAFETY: null or an error that belongs to the description.
    let error = unsafe { code_of(error) };
    // SAFETY: live by the contract.
    let uuid = unsafe { sys::rd_kafka_TopicDescription_topic_id(topic) };
    // SAFETY: an id that belongs to the description.
    let high = unsafe { sys::rd_kafka_Uuid_most_significant_bits(uuid) };
    // SAFETY: as above.
    let low = unsafe { sys::rd_kafka_Uuid_least_significant_bits(uuid) };
    let found = TopicFound { partitions: count as i32, id: TopicId([high, low]) };
    (name, error.map_or(Ok(found), Err))
}

/// An array of pointers of librdkafka as a slice.
///
/// # Safety
/// `first` is null or points at `count` pointers that live as long as `'a`.
pub(super) unsafe fn items<'a, T>(first: *mut *const T, count: usize) -> &'a [*const T] {
    if first.is_null() {
        return &[];
    }
    // SAFETY: by the contract.
    unsafe { std::slice::from_raw_parts(first, count) }
}
