//! What the control queue and the answer queue of a consumer say, as data.

use rdkafka_sys as sys;
use sys::rd_kafka_resp_err_t as Raw;

use super::error::Code;
use super::event::Event;
use super::list::TopicPartition;

/// Something that happened to a consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ControlEvent {
    /// These partitions are ours now. Answer with `ConsumerClient::answer_assign`, at once: until then nothing is
    /// fetched for any partition of the connection. The list is often empty.
    Assign(Vec<TopicPartition>),
    /// These partitions go away. Answer with `ConsumerClient::answer_revoke` within `max.poll.interval.ms`.
    Revoke {
        partitions: Vec<TopicPartition>,
        /// Somebody else may own them already: nothing may be committed any more (`rd_kafka_assignment_lost`).
        lost: bool,
    },
    Error {
        code: Code,
        text: String,
        /// The client cannot go on and has to be made anew.
        fatal: bool,
        at: Option<TopicPartition>,
    },
    /// A statistics document, only with `statistics.interval.ms`.
    Statistics(String),
    /// A record on the control queue. It never happens as long as every partition is added by
    /// `ConsumerClient::add_partition`; the record is lost for this assignment.
    StrayRecord,
    /// An event that nobody asked for, by name.
    Other(String),
}

/// A rebalance event that was handed out and not answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unanswered {
    Assignment,
    Revocation,
}

impl Unanswered {
    /// What `event` asks for.
    pub(super) fn by(event: &ControlEvent) -> Option<Self> {
        match event {
            ControlEvent::Assign(_) => Some(Self::Assignment),
            ControlEvent::Revoke { .. } => Some(Self::Revocation),
            _ => None,
        }
    }
}

/// The answer to one commit.
///
/// With an error the entries cannot be trusted: librdkafka copies the last error of the request onto every partition
/// that has none, stored ones included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommitAnswer {
    /// What `ConsumerClient::commit` returned. Answers come in the order of the commits.
    pub(crate) ticket: u64,
    pub(crate) error: Option<Code>,
    pub(crate) entries: Vec<(TopicPartition, i64, Option<Code>)>,
}

/// Events that a consumer wants to see.
pub(super) const CONTROL_EVENTS: i32 = sys::RD_KAFKA_EVENT_REBALANCE
    | sys::RD_KAFKA_EVENT_OFFSET_COMMIT
    | sys::RD_KAFKA_EVENT_ERROR
    | sys::RD_KAFKA_EVENT_STATS;

/// Translates an event of the control queue. `lost` is asked only for a revocation.
pub(super) fn control_event(event: &Event, lost: impl FnOnce() -> bool) -> ControlEvent {
    match event.kind() {
        sys::RD_KAFKA_EVENT_REBALANCE => rebalance(event, lost),
        sys::RD_KAFKA_EVENT_ERROR => ControlEvent::Error {
            code: event.error().unwrap_or(Code::UNKNOWN),
            text: event.error_text(),
            fatal: event.is_fatal(),
            at: event.partition(),
        },
        sys::RD_KAFKA_EVENT_STATS => ControlEvent::Statistics(event.statistics()),
        sys::RD_KAFKA_EVENT_FETCH => ControlEvent::StrayRecord,
        _ => ControlEvent::Other(event.name()),
    }
}

fn rebalance(event: &Event, lost: impl FnOnce() -> bool) -> ControlEvent {
    let partitions = || event.partitions().into_iter().map(|entry| entry.at).collect();
    match event.error() {
        Some(code) if code == Raw::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS.into() => ControlEvent::Assign(partitions()),
        Some(code) if code == Raw::RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS.into() => {
            ControlEvent::Revoke { partitions: partitions(), lost: lost() }
        }
        other => ControlEvent::Other(format!("{} ({other:?})", event.name())),
    }
}

/// Translates an event of the answer queue; `None` for anything but a commit's answer.
pub(super) fn commit_answer(event: &Event) -> Option<CommitAnswer> {
    (event.kind() == sys::RD_KAFKA_EVENT_OFFSET_COMMIT).then(|| CommitAnswer {
        ticket: event.ticket(),
        error: event.error(),
        entries: event.partitions().into_iter().map(|entry| (entry.at, entry.offset, entry.error)).collect(),
    })
}
