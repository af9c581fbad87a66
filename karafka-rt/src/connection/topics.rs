//! Which topics of a connection are subscribed to, and which ones were created anew. Pure.
//!
//! One denied topic fails the whole heartbeat of a KIP-848 member, and the error names none. So the brokers are asked about
//! every topic before it is subscribed to, again after errors that may concern a topic, and from time to time: librdkafka
//! goes on at the old offset in a topic that was deleted and created anew, and tells nobody
//! (`rd_kafka_topic_metadata_update`). A topic that cannot be consumed fails alone.

use std::collections::HashMap;
use std::time::Duration;

use super::slot::Key;
use super::start::Before;
use crate::librdkafka::{Code, TopicFound, TopicId};
use crate::topology::Protocol;

/// Between two looks at topics that are well.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// Between two looks after errors.
const LOOK_SOON: Duration = Duration::from_secs(1);
/// Before a topic that failed is looked at again, doubled with each failure.
const FAILED: Duration = Duration::from_secs(1);
const LONGEST_FAILED: Duration = Duration::from_mins(1);
/// Longest wait for an answer; the question itself is bounded below that.
const ANSWER: Duration = Duration::from_secs(10);

/// What is known about a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Unknown,
    Readable,
    /// It was readable, and one answer says that it is missing: a broker may not know it yet.
    Doubted,
    Failed {
        why: Code,
        failures: u32,
        next: Duration,
    },
}

/// What an answer changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// The topic cannot be consumed. It is looked at again after the wait.
    Failed { topic: &'static str, why: Code, wait: Duration },
    /// It can be consumed again.
    Recovered { topic: &'static str },
    /// It is another topic of the same name.
    Recreated { topic: &'static str },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Due { at: Duration },
    Asked { ticket: u64, since: Duration },
}

/// Whether partitions wait for the next answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Suspicion {
    None,
    Open,
}

#[derive(Debug)]
struct Watched {
    topic: &'static str,
    state: State,
    id: Option<TopicId>,
    /// How many it had when it was looked at last.
    partitions: usize,
}

/// The topics of one connection. They outlive its sessions.
#[derive(Debug)]
pub(super) struct Topics {
    watched: Vec<Watched>,
    look: Look,
    suspicion: Suspicion,
    last: Option<Duration>,
    /// Where assignments that ended were, and in which topic that was.
    ended: HashMap<Key, (Option<TopicId>, Before)>,
}

impl Topics {
    pub(super) fn new(topics: impl Iterator<Item = &'static str>) -> Self {
        let watched = topics.map(|topic| Watched { topic, state: State::Unknown, id: None, partitions: 0 }).collect();
        Self {
            watched,
            look: Look::Due { at: Duration::ZERO },
            suspicion: Suspicion::None,
            last: None,
            ended: HashMap::new(),
        }
    }

    /// A new session has asked nothing.
    pub(super) fn restart(&mut self, now: Duration) {
        self.look = Look::Due { at: now };
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.watched.iter().map(|watched| watched.topic.to_owned()).collect()
    }

    pub(super) fn is_due(&self, now: Duration) -> bool {
        now >= self.wakes_at()
    }

    pub(super) fn wakes_at(&self) -> Duration {
        match self.look {
            Look::Due { at } => at,
            Look::Asked { since, .. } => since + ANSWER,
        }
    }

    /// Whether a partition should wait for an answer before it goes anywhere. No longer than for one.
    pub(super) fn is_suspicious(&self) -> bool {
        self.suspicion == Suspicion::Open
    }

    /// Something went wrong that may concern a topic.
    pub(super) fn look_soon(&mut self, now: Duration) {
        self.suspicion = Suspicion::Open;
        if let Look::Due { at } = &mut self.look {
            let earliest = self.last.map_or(now, |last| now.max(last + LOOK_SOON));
            *at = (*at).min(earliest);
        }
    }

    /// Partitions go, perhaps because their topic is gone: nothing is committed before that is known.
    pub(super) fn look_now(&mut self, now: Duration) {
        self.suspicion = Suspicion::Open;
        if let Look::Due { at } = &mut self.look {
            *at = now;
        }
    }

    pub(super) fn asked(&mut self, ticket: u64, now: Duration) {
        if matches!(self.look, Look::Asked { .. }) {
            self.suspicion = Suspicion::None;
        }
        (self.look, self.last) = (Look::Asked { ticket, since: now }, Some(now));
    }

    /// The question could not be sent.
    pub(super) fn refused(&mut self, now: Duration) {
        self.suspicion = Suspicion::None;
        (self.look, self.last) = (Look::Due { at: now + LOOK_SOON }, Some(now));
    }

    /// What the brokers say about each topic.
    pub(super) fn answered(
        &mut self,
        ticket: u64,
        entries: &[(String, Result<TopicFound, Code>)],
        now: Duration,
    ) -> Vec<Change> {
        if !matches!(self.look, Look::Asked { ticket: asked, .. } if asked == ticket) {
            return Vec::new();
        }
        self.suspicion = Suspicion::None;
        let mut changes = Vec::new();
        let mut next = now + LOOK_AGAIN;
        for watched in &mut self.watched {
            let said = entries.iter().find(|(name, _)| name == watched.topic).map(|(_, said)| *said);
            next = next.min(watched.hear(said.unwrap_or(Err(Code::UNKNOWN)), now, &mut changes));
        }
        self.look = Look::Due { at: next };
        changes
    }

    /// What to subscribe to. A KIP-848 member may wait for a topic that is missing: the broker assigns it the moment it is
    /// there.
    pub(super) fn wanted(&self, protocol: Protocol) -> Vec<String> {
        let wanted = |watched: &&Watched| match watched.state {
            State::Readable | State::Doubted => true,
            State::Failed { why, .. } => protocol == Protocol::Consumer && is_missing(why),
            State::Unknown => false,
        };
        self.watched.iter().filter(wanted).map(|watched| watched.topic.to_owned()).collect()
    }

    /// How many partitions all topics have that were ever seen.
    pub(super) fn partitions(&self) -> usize {
        self.watched.iter().map(|watched| watched.partitions).sum()
    }

    /// An assignment of a partition of that topic ended.
    pub(super) fn ended(&mut self, key: Key, id: Option<TopicId>, before: Before) {
        self.ended.insert(key, (id, before));
    }

    /// Whether an assignment of this partition ended before.
    pub(super) fn knows(&self, key: Key) -> bool {
        self.ended.contains_key(&key)
    }

    /// Where an earlier assignment of this partition ended, if that was in another topic of the same name.
    pub(super) fn ended_in_another(&self, key: Key) -> Option<Before> {
        let (id, before) = self.ended.get(&key)?;
        (id.is_some() && *id != self.id(key.0)).then_some(*before)
    }

    /// Which topic of that name it is, as far as it is known.
    pub(super) fn id(&self, topic: &str) -> Option<TopicId> {
        self.watched.iter().find(|watched| watched.topic == topic).and_then(|watched| watched.id)
    }
}

impl Watched {
    /// Takes in an answer, and says when to look again.
    fn hear(&mut self, said: Result<TopicFound, Code>, now: Duration, changes: &mut Vec<Change>) -> Duration {
        let topic = self.topic;
        match said {
            Ok(found) => {
                if self.id.replace(found.id).is_some_and(|id| id != found.id) {
                    changes.push(Change::Recreated { topic });
                }
                if matches!(self.state, State::Failed { .. }) {
                    changes.push(Change::Recovered { topic });
                }
                self.state = State::Readable;
                self.partitions = usize::try_from(found.partitions).unwrap_or(0);
                now + LOOK_AGAIN
            }
            Err(why) if !is_lasting(why) => now + LOOK_SOON,
            Err(why) if self.state == State::Readable && is_missing(why) => {
                self.state = State::Doubted;
                now + LOOK_SOON
            }
            Err(_) if matches!(self.state, State::Failed { next, .. } if now < next) => match self.state {
                State::Failed { next, .. } => next,
                _ => now,
            },
            Err(why) => {
                let failures = if let State::Failed { failures, .. } = self.state { failures + 1 } else { 1 };
                let wait = (FAILED * 2_u32.saturating_pow(failures.min(8) - 1)).min(LONGEST_FAILED);
                self.state = State::Failed { why, failures, next: now + wait };
                changes.push(Change::Failed { topic, why, wait });
                now + wait
            }
        }
    }
}

fn is_missing(code: Code) -> bool {
    matches!(
        code,
        Code::UNKNOWN_TOPIC_OR_PARTITION | Code::LOCAL_UNKNOWN_TOPIC | Code::UNKNOWN_TOPIC_ID | Code::LOCAL_NO_ENTRY
    )
}

/// Whether the error is about the topic, and not about who was asked.
fn is_lasting(code: Code) -> bool {
    is_missing(code) || matches!(code, Code::TOPIC_AUTHORIZATION_FAILED | Code::INVALID_TOPIC)
}

/// Whether an error may be about a topic.
pub(super) fn may_concern_a_topic(code: Code) -> bool {
    is_lasting(code) || code == Code::LOCAL_UNKNOWN_PARTITION
}

/// What to do about a topic that cannot be consumed.
pub(super) fn sentence(why: Code) -> String {
    if why == Code::TOPIC_AUTHORIZATION_FAILED {
        return "not allowed: grant this user `Read` on the topic".to_owned();
    }
    if is_missing(why) {
        return "it does not exist: create it, or check its name and the topic prefix".to_owned();
    }
    format!("{} ({why})", why.name())
}

#[cfg(test)]
#[path = "topics_tests.rs"]
mod tests;
