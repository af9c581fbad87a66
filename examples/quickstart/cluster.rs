//! The Kafka of this run, and the run's own topics on it.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use karafka_rt::App;
use karafka_rt::admin::{Admin, Creation, NewTopic};
use karafka_rt::consumer::Topic;

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
}

impl Cluster {
    /// The configured cluster.
    pub(super) fn connect(app: &App) -> anyhow::Result<Self> {
        let admin_properties = app.admin_properties()?;
        let producer_properties = app.producer_properties()?;
        let Some(servers) = admin_properties.get(BOOTSTRAP_SERVERS).cloned() else {
            bail!("no Kafka is configured: set KARAFKA_BOOTSTRAP_SERVERS=host:port")
        };
        let admin = Admin::new(&admin_properties)?;
        Ok(Self { admin, admin_properties, producer_properties, servers, topic_prefix: topic_prefix() })
    }

    /// Creates the topics that the routes declare. Those of a run are its own, so there must be none yet.
    pub(super) fn create_topics(&self) -> anyhow::Result<()> {
        let declared = delays::TOPOLOGY.topics.iter();
        let topics: Vec<NewTopic> = declared
            .map(|topic| {
                let partitions = topic.partitions.expect("the routes declare partitions for every topic");
                NewTopic::new(format!("{}{}", self.topic_prefix, topic.name), partitions as i32)
            })
            .collect();
        for created in self.admin.create_topics(&topics, ANSWER_WITHIN) {
            if created? == Creation::AlreadyExisted {
                bail!("a topic `{}*` exists already: start again for another name", self.topic_prefix);
            }
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
        format!("`{}`", self.servers)
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
    pub(super) fn environment(&self) -> impl Iterator<Item = (&'static str, &str)> {
        std::iter::empty()
    }
}

/// Unique among runs: the second it began, and the process.
fn topic_prefix() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    format!("quickstart-{seconds:x}-{:x}.", std::process::id())
}
