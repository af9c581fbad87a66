//! The embedded broker is good enough to develop on, and never outlives the program that started it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use karafka_rt::admin::{Admin, AdminError};
use karafka_rt::consumer::Record;
use karafka_rt::producer::Publisher;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::{ClientConfig, Message as _};

const LONG: Duration = Duration::from_mins(1);

/// A program that runs a broker, killed on drop.
struct Holder {
    child: Child,
    said: String,
}

impl Holder {
    fn start(topics: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dev_broker_fixture"));
        let mut child = command.args(topics).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        Self { child, said: said.trim_end().to_owned() }
    }

    fn properties(&self) -> BTreeMap<String, String> {
        BTreeMap::from([("bootstrap.servers".to_owned(), self.said.clone())])
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until nobody listens there any more.
fn gone(address: &str) -> bool {
    let deadline = Instant::now() + LONG;
    while TcpStream::connect(address).is_ok() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}

fn consume(servers: &str, group: &str, protocol: &str, count: usize) -> Vec<String> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", servers)
        .set("group.id", group)
        .set("group.protocol", protocol)
        .set("enable.auto.commit", "false")
        .set("auto.offset.reset", "earliest")
        .set("fetch.wait.max.ms", "50")
        .create()
        .unwrap();
    consumer.subscribe(&["orders"]).unwrap();
    let deadline = Instant::now() + LONG;
    let mut found = Vec::new();
    while found.len() < count {
        assert!(Instant::now() < deadline, "{protocol}: {} of {count} records", found.len());
        if let Some(message) = consumer.poll(Duration::from_millis(50)) {
            found.push(String::from_utf8(message.unwrap().payload().unwrap().to_vec()).unwrap());
        }
    }
    consumer.commit_consumer_state(CommitMode::Sync).unwrap();
    found.sort();
    found
}

#[test]
fn records_groups_and_committed_offsets_work() {
    let holder = Holder::start(&["orders:3", "orders:3"]);
    let publisher = Publisher::new(&holder.properties()).unwrap();
    let mut sent: Vec<_> = (0..500).map(|number| format!("order {number}")).collect();
    for (payload, partition) in sent.iter().zip((0..3).cycle()) {
        publisher.send("orders", &Record::new(payload.as_bytes()).partition(partition)).unwrap();
    }
    assert_eq!(publisher.close(LONG).acknowledged, 500);
    sent.sort();
    let admin = Admin::new(&holder.properties()).unwrap();
    let latest: Vec<_> = admin.ranges("orders", LONG).unwrap().iter().map(|range| range.latest).collect();
    assert_eq!(latest, [167, 167, 166]);
    for protocol in ["classic", "consumer"] {
        let group = format!("group-{protocol}");
        assert_eq!(consume(&holder.said, &group, protocol, 500), sent, "{protocol}");
        let committed = admin.committed(&group, "orders", LONG).unwrap();
        assert_eq!(committed.iter().map(|entry| entry.offset.unwrap()).collect::<Vec<_>>(), latest, "{protocol}");
    }
}

#[test]
fn a_topic_that_was_not_created_is_missing() {
    let holder = Holder::start(&["orders:1"]);
    let admin = Admin::new(&holder.properties()).unwrap();
    assert_eq!(admin.topic("refunds", LONG), Ok(None));
    assert_eq!(admin.ranges("refunds", LONG), Err(AdminError::NoSuchTopic("refunds".into())));
    assert!(Holder::start(&["orders:0"]).said.contains("the embedded broker refused"));
}

#[test]
fn the_broker_ends_with_its_program_however_that_ends() {
    let mut clean = Holder::start(&[]);
    drop(clean.child.stdin.take());
    assert!(clean.child.wait().unwrap().success());
    assert!(gone(&clean.said));
    let mut killed = Holder::start(&[]);
    assert!(TcpStream::connect(&killed.said).is_ok());
    killed.child.kill().unwrap();
    assert!(gone(&killed.said));
}
