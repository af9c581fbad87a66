//! The Kafka of this run, and the run's own topics on it.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, ensure};
use karafka_rt::App;
use karafka_rt::admin::{Admin, Creation, NewTopic};
use karafka_rt::consumer::Topic;
use karafka_rt::dev_broker::DevBroker;

use crate::delays;

/// Longest wait for one answer of the cluster.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// The name of the setting that says where the brokers are.
const BOOTSTRAP_SERVERS: &str = "bootstrap.servers";

/// Where this run takes place.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) admin: Admin,
    admin_properties: BTreeMap<String, String>,
    producer_properties: BTreeMap<String, String>,
    servers: String,
    topic_prefix: String,
    /// Ends with this value.
    embedded: Option<DevBroker>,
}

impl Cluster {
    /// The configured Kafka, or an embedded broker when none is configured.
    pub(super) fn connect(app: &App) -> anyhow::Result<Self> {
        let mut admin_properties = app.admin_properties()?;
        let mut producer_properties = app.producer_properties()?;
        let (servers, embedded) = if let Some(servers) = admin_properties.get(BOOTSTRAP_SERVERS) {
            (servers.clone(), None)
        } else {
            let broker = DevBroker::start()?;
            (broker.bootstrap_servers().to_owned(), Some(broker))
        };
        for properties in [&mut admin_properties, &mut producer_properties] {
            properties.insert(BOOTSTRAP_SERVERS.to_owned(), servers.clone());
        }
        let admin = Admin::new(&admin_properties)?;
        Ok(Self { admin, admin_properties, producer_properties, servers, topic_prefix: topic_prefix(), embedded })
    }

    /// Creates the topics that the routes declare. Those of a run are its own, so there are none yet.
    pub(super) fn create_topics(&mut self) -> anyhow::Result<()> {
        let topics: Vec<(String, i32)> = delays::TOPOLOGY
            .topics
            .iter()
            .map(|topic| {
                let partitions = topic.partitions.expect("the routes declare partitions for every topic");
                (format!("{}{}", self.topic_prefix, topic.name), partitions as i32)
            })
            .collect();
        if let Some(broker) = &mut self.embedded {
            for (name, partitions) in &topics {
                broker.create_topic(name, *partitions)?;
            }
            return Ok(());
        }
        let topics: Vec<NewTopic> = topics.into_iter().map(|(name, count)| NewTopic::new(name, count)).collect();
        for created in self.admin.create_topics(&topics, ANSWER_WITHIN) {
            let is_new = created? == Creation::Created;
            ensure!(is_new, "topics `{}*` exist already; start again, for another name", self.topic_prefix);
        }
        Ok(())
    }

    /// How many records of a topic the swarm has not committed.
    pub(super) fn pending<T: Topic>(&self) -> anyhow::Result<u64> {
        let topic = self.topic::<T>();
        let committed = self.admin.committed(delays::TOPOLOGY.application, &topic, ANSWER_WITHIN)?;
        let ranges = self.admin.ranges(&topic, ANSWER_WITHIN)?;
        let left = ranges
            .iter()
            .zip(committed)
            .map(|(range, committed)| range.latest - committed.offset.unwrap_or(range.earliest));
        u64::try_from(left.sum::<i64>()).context("the group has committed more than there is")
    }

    /// A topic's full name in this run.
    pub(super) fn topic<T: Topic>(&self) -> String {
        format!("{}{}", self.topic_prefix, T::NAME)
    }

    /// What the names of this run's topics begin with.
    pub(super) fn topic_prefix(&self) -> &str {
        &self.topic_prefix
    }

    /// Where the brokers are, for people.
    pub(super) fn place(&self) -> String {
        match self.embedded {
            Some(_) => format!("an embedded broker, {}", self.servers),
            None => self.servers.clone(),
        }
    }

    /// Where the brokers are.
    pub(super) fn servers(&self) -> &str {
        &self.servers
    }

    /// What a client that asks and reads is made with. Values may be secrets.
    pub(super) fn admin_properties(&self) -> &BTreeMap<String, String> {
        &self.admin_properties
    }

    /// What a client that writes is made with. Values may be secrets.
    pub(super) fn producer_properties(&self) -> &BTreeMap<String, String> {
        &self.producer_properties
    }

    /// What a child process must know to find this cluster, beside what it inherits.
    pub(super) fn environment(&self) -> Option<(&'static str, &str)> {
        self.embedded.as_ref().map(|broker| ("KARAFKA_BOOTSTRAP_SERVERS", broker.bootstrap_servers()))
    }
}

/// Unique among runs: the second it began, and the process.
fn topic_prefix() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    format!("quickstart-{seconds:x}-{:x}.", std::process::id())
}
