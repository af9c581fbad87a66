//! Topics: creating them, and whether they are there.

use std::time::{Duration, Instant};

use crate::librdkafka::{AdminReport, CallError, Code, OffsetsAnswer, TopicToCreate};

use super::connection::Admin;
use super::error::{AdminError, Attempt};

/// A topic that was just created is looked for this often until every partition has a leader.
const VISIBLE_INTERVAL: Duration = Duration::from_millis(50);

/// A topic to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTopic {
    name: String,
    partitions: i32,
    replication_factor: Option<i32>,
    config: Vec<(String, String)>,
}

impl NewTopic {
    /// With this full name and this many partitions; copies and settings are the cluster's defaults.
    pub fn new(name: impl Into<String>, partitions: i32) -> Self {
        Self { name: name.into(), partitions, replication_factor: None, config: Vec::new() }
    }

    /// Sets how many brokers keep a copy.
    #[must_use]
    pub fn replication_factor(mut self, copies: i32) -> Self {
        self.replication_factor = Some(copies);
        self
    }

    /// Sets one of the topic's settings, for example `cleanup.policy`.
    #[must_use]
    pub fn config(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.config.push((key.into(), value.into()));
        self
    }
}

/// What [`Admin::create_topics`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creation {
    /// The topic was created, and every partition can be used.
    Created,
    /// There was a topic of that name. Nothing was changed, whatever its partitions and settings are.
    AlreadyExisted,
}

/// A topic that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TopicInfo {
    /// Its full name.
    pub name: String,
    /// How many partitions it has.
    pub partitions: i32,
}

impl Admin {
    /// Creates topics and waits until all their partitions have leaders, so that producing and consuming work right after.
    /// One result per topic, in their order; the time is for all together.
    pub fn create_topics(&self, topics: &[NewTopic], within: Duration) -> Vec<Result<Creation, AdminError>> {
        if topics.is_empty() {
            return Vec::new();
        }
        let deadline = Instant::now() + within;
        let requests: Vec<_> = topics.iter().map(NewTopic::request).collect();
        let first = creating(&topics[0].name);
        match self.ask(within, first, |turn, left| turn.ask_to_create(&requests, left)) {
            Ok(AdminReport::Created(results)) => topics
                .iter()
                .map(|topic| {
                    let found = results.iter().find(|(name, _)| *name == topic.name).map(|(_, result)| result);
                    self.created(topic, found, deadline, within)
                })
                .collect(),
            Ok(_) => vec![Err(first.failed(Code::UNKNOWN, "the answer is to another question")); topics.len()],
            Err(error) => vec![Err(error); topics.len()],
        }
    }

    fn created(
        &self,
        topic: &NewTopic,
        found: Option<&Result<(), CallError>>,
        deadline: Instant,
        within: Duration,
    ) -> Result<Creation, AdminError> {
        match found {
            Some(Ok(())) => self.wait_until_visible(topic, deadline, within).map(|()| Creation::Created),
            Some(Err(error)) if error.code == Code::TOPIC_ALREADY_EXISTS => Ok(Creation::AlreadyExisted),
            Some(Err(error)) => Err(creating(&topic.name).call_failed(error.clone())),
            None => Err(creating(&topic.name).failed(Code::UNKNOWN, "the answer does not name it")),
        }
    }

    /// Every partition answers for its offsets once it has a leader. Whether the topic is known is asked before, by a request of
    /// its own: a client that asked for the offsets of a topic too early was seen to answer `_NOENT` about it from then on (with
    /// several clients at once; why is not known).
    fn wait_until_visible(&self, topic: &NewTopic, deadline: Instant, within: Duration) -> Result<(), AdminError> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let visible = self.topic(&topic.name, left).and_then(|info| match info {
                Some(_) => self.ranges_of(&topic.name, topic.partitions, left),
                None => Err(AdminError::NoSuchTopic(topic.name.clone())),
            });
            let error = match visible {
                // Denied: it was created, this user just may not look.
                Ok(_) | Err(AdminError::Denied { .. }) => return Ok(()),
                Err(error @ (AdminError::Login { .. } | AdminError::Unreachable { .. })) => return Err(error),
                Err(error) => error,
            };
            if left <= VISIBLE_INTERVAL {
                let reason = format!("it was created, but not all partitions had a leader within {within:?} ({error})");
                return Err(creating(&topic.name).failed(Code::UNKNOWN, reason));
            }
            std::thread::sleep(VISIBLE_INTERVAL);
        }
    }

    /// Looks a topic up; `None` when there is none of that name.
    pub fn topic(&self, name: &str, within: Duration) -> Result<Option<TopicInfo>, AdminError> {
        let attempt = Attempt { action: "look up the topic", name, operation: "Describe" };
        let names = [name.to_owned()];
        let report = self.ask(within, attempt, |turn, left| turn.ask_topics(&names, left))?;
        let AdminReport::Answer(OffsetsAnswer::Topics { entries, .. }) = report else {
            return Err(attempt.failed(Code::UNKNOWN, "the answer is to another question"));
        };
        match entries.into_iter().next() {
            Some((name, Ok(found))) => Ok(Some(TopicInfo { name, partitions: found.partitions })),
            Some((_, Err(code))) => match attempt.failed(code, "") {
                AdminError::NoSuchTopic(_) => Ok(None),
                error => Err(error),
            },
            None => Err(attempt.failed(Code::UNKNOWN, "the answer is empty")),
        }
    }
}

impl NewTopic {
    fn request(&self) -> TopicToCreate<'_> {
        TopicToCreate {
            name: &self.name,
            // Below 1 is the broker's to refuse, except that -1 would mean its default.
            partitions: self.partitions.max(0),
            replication_factor: self.replication_factor,
            config: &self.config,
        }
    }
}

fn creating(name: &str) -> Attempt<'_> {
    Attempt { action: "create the topic", name, operation: "Create" }
}
