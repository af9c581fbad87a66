//! Topics and offsets of a real cluster, and what is said when there is none or it does not let us in.

use std::collections::BTreeMap;
use std::time::Duration;

use karafka_rt::admin::{Admin, AdminError, Creation, NewTopic};
use karafka_rt::consumer::Record;
use karafka_rt::producer::Publisher;
use karafka_tests::kafka::{OwnCluster, bootstrap_servers, cli};

const LONG: Duration = Duration::from_mins(1);

fn properties(given: &[(&str, &str)]) -> BTreeMap<String, String> {
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn admin(servers: &str) -> Admin {
    Admin::new(&properties(&[("bootstrap.servers", servers)])).unwrap()
}

#[test]
fn topics_are_created_once_and_usable_at_once() {
    let servers = bootstrap_servers();
    let admin = admin(&servers);
    assert_eq!(admin.topic("admin.new", LONG), Ok(None));
    let topics = [
        NewTopic::new("admin.new", 4).replication_factor(1).config("cleanup.policy", "compact"),
        NewTopic::new("admin.none", 0),
        NewTopic::new("admin.bad config", 1),
    ];
    let results = admin.create_topics(&topics, LONG);
    assert_eq!(results[0], Ok(Creation::Created));
    assert!(matches!(&results[1], Err(AdminError::Refused { name, .. }) if name == "admin.none"), "{results:?}");
    assert!(matches!(&results[2], Err(AdminError::Refused { name, .. }) if name == "admin.bad config"), "{results:?}");
    let ranges = admin.ranges("admin.new", Duration::from_secs(1)).unwrap();
    assert_eq!(ranges.len(), 4);
    assert_eq!(admin.create_topics(&topics[..1], LONG), [Ok(Creation::AlreadyExisted)]);
}

#[test]
fn several_clients_at_once_create_topics_one_after_the_other() {
    let servers = bootstrap_servers();
    let create = &|client: u32| {
        let admin = admin(&servers);
        for number in 0..6 {
            let topic = NewTopic::new(format!("admin.several.{client}.{number}"), 1);
            assert_eq!(admin.create_topics(&[topic], LONG), [Ok(Creation::Created)]);
        }
    };
    std::thread::scope(|scope| {
        for client in 0..6 {
            scope.spawn(move || create(client));
        }
    });
}

#[test]
fn ranges_and_committed_offsets_are_those_that_kafka_itself_shows() {
    let servers = bootstrap_servers();
    let admin = admin(&servers);
    assert_eq!(admin.create_topics(&[NewTopic::new("admin.offsets", 2)], LONG), [Ok(Creation::Created)]);
    let publisher = Publisher::new(&properties(&[("bootstrap.servers", &servers)])).unwrap();
    for number in 0..7u32 {
        let payload = number.to_string();
        publisher.send("admin.offsets", &Record::new(payload.as_bytes()).partition(1)).unwrap();
    }
    assert_eq!(publisher.close(LONG).acknowledged, 7);
    let ranges = admin.ranges("admin.offsets", LONG).unwrap();
    assert_eq!(ranges.iter().map(|range| (range.earliest, range.latest)).collect::<Vec<_>>(), [(0, 0), (0, 7)]);
    let offsets = || {
        let committed = admin.committed("admin-group", "admin.offsets", LONG).unwrap();
        committed.iter().map(|entry| (entry.partition, entry.offset)).collect::<Vec<_>>()
    };
    assert_eq!(offsets(), [(0, None), (1, None)], "a group that is not there");
    let reset = ["--bootstrap-server", &servers, "--group", "admin-group", "--topic", "admin.offsets:1"];
    let mut arguments = reset.to_vec();
    arguments.extend(["--reset-offsets", "--to-offset", "5", "--execute"]);
    cli("ConsumerGroupCommand", &arguments).unwrap();
    assert_eq!(offsets(), [(0, None), (1, Some(5))]);
    assert_eq!(admin.ranges("admin.missing", LONG), Err(AdminError::NoSuchTopic("admin.missing".into())));
}

#[test]
fn wrong_credentials_and_missing_rights_are_sentences_without_secrets() {
    let cluster = OwnCluster::start("it-admin", 1, &[]).unwrap();
    let address = format!("127.0.0.1:{}", cluster.description().brokers[0].sasl);
    let login = |user: &str, password: &str| {
        Admin::new(&properties(&[
            ("bootstrap.servers", &address),
            ("security.protocol", "sasl_plaintext"),
            ("sasl.mechanism", "PLAIN"),
            ("sasl.username", user),
            ("sasl.password", password),
        ]))
        .unwrap()
    };
    let topic = [NewTopic::new("secret", 1)];
    let start = std::time::Instant::now();
    let error = login("alice", "hunter2").create_topics(&topic, LONG).remove(0).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(10), "told at once, not after the deadline");
    assert!(matches!(error, AdminError::Login { .. }), "{error:?}");
    let sentence = error.to_string();
    assert!(sentence.contains("refused the login") && !sentence.contains("hunter2"), "{sentence}");
    let error = login("alice", "alice").create_topics(&topic, LONG).remove(0).unwrap_err();
    assert_eq!(error.to_string(), "not allowed to create the topic `secret`: grant this user `Create` on it");
    // What reading a group's progress takes, and no more: `Describe` on its topic and on the group itself.
    let servers = &cluster.description().bootstrap_servers;
    assert_eq!(admin(servers).create_topics(&[NewTopic::new("open", 1)], LONG), [Ok(Creation::Created)]);
    let grant = ["--bootstrap-server", servers, "--add", "--allow-principal", "User:bob", "--operation", "Describe"];
    let mut arguments = grant.to_vec();
    arguments.extend(["--topic", "open", "--group", "readers"]);
    cli("AclCommand", &arguments).unwrap();
    let bob = login("bob", "bob");
    let committed = bob.committed("readers", "open", LONG).unwrap();
    assert_eq!(committed.iter().map(|entry| entry.offset).collect::<Vec<_>>(), [None]);
    let error = bob.committed("others", "open", LONG).unwrap_err();
    assert_eq!(
        error.to_string(),
        "not allowed to read the offsets of the group `others`: grant this user `Describe` on it"
    );
}
