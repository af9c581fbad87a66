//! Topics and records for one test.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant, SystemTime};

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::librdkafka::TopicPartition;

/// Longest wait for anything in these tests.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Cluster {
    servers: String,
    /// Makes the names of this run unlike those of earlier ones.
    run: u128,
}

impl Cluster {
    /// The Kafka to test on; `None`, with a line that says so, when there is none.
    pub(super) fn from_environment() -> Option<Self> {
        let Ok(servers) = std::env::var("TEST_BOOTSTRAP_SERVERS") else {
            println!("skipped: `TEST_BOOTSTRAP_SERVERS` names no Kafka");
            return None;
        };
        let run = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros();
        Some(Self { servers, run })
    }

    pub(super) fn name(&self, base: &str) -> String {
        format!("{base}-{}", self.run)
    }

    pub(super) fn properties<'a>(
        &'a self,
        more: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> BTreeMap<String, String> {
        let own = [("bootstrap.servers", self.servers.as_str()), ("allow.auto.create.topics", "false")];
        own.into_iter().chain(more).map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    pub(super) fn create_topic(&self, base: &str, partitions: i32) -> String {
        let topic = self.name(base);
        let admin: AdminClient<DefaultClientContext> = self.config().create().unwrap();
        let new = NewTopic::new(&topic, partitions, TopicReplication::Fixed(-1));
        block_on(admin.create_topics(&[new], &AdminOptions::new())).unwrap()[0].as_ref().unwrap();
        wait("every partition has a leader", || {
            let metadata = admin.inner().fetch_metadata(Some(&topic), PATIENCE).unwrap();
            let partitions_found = metadata.topics()[0].partitions();
            partitions_found.len() == partitions as usize && partitions_found.iter().all(|found| found.leader() >= 0)
        });
        topic
    }

    /// Appends `count` records to a partition.
    pub(super) fn produce(&self, at: &TopicPartition, count: usize) {
        let producer: BaseProducer = self.config().create().unwrap();
        for number in 0..count {
            let payload = number.to_string();
            let record = BaseRecord::<(), _>::to(&at.topic).partition(at.partition).payload(&payload);
            producer.send(record).map_err(|(error, _)| error).unwrap();
        }
        producer.flush(PATIENCE).unwrap();
    }

    fn config(&self) -> ClientConfig {
        self.properties([]).into_iter().collect()
    }
}

pub(super) fn at(topic: &str, partition: i32) -> TopicPartition {
    TopicPartition { topic: topic.to_owned(), partition }
}

/// Repeats `is_done` until it is; panics with `what` after [`PATIENCE`].
pub(super) fn wait(what: &str, mut is_done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_done() {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        let left = deadline.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "the future did not finish within {PATIENCE:?}");
        thread::park_timeout(left);
    }
}
