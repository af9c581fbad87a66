//! A denied topic fails alone, by name, and comes back by itself.

use karafka_tests::kafka::{OwnCluster, cli};

use super::super::records::harness::{Fixture, Journal, Start};
use super::super::records::topics::Topics;

/// The offsets of one topic's handler calls.
fn calls(journal: &Journal, topic: &str) -> Vec<i64> {
    journal.of("call", 0).into_iter().filter(|line| line.topic == topic).filter_map(|line| line.offset).collect()
}

fn change(servers: &str, how: &str, resource: &[&str]) {
    let mut arguments =
        vec!["--bootstrap-server", servers, how, "--allow-principal", "User:alice", "--operation", "Read"];
    arguments.extend(resource);
    if how == "--remove" {
        arguments.push("--force");
    }
    cli("AclCommand", &arguments).unwrap();
}

/// One more record for the topic, and its handler call, the only one.
fn handled(topics: &Topics, journal: &Journal, fixture: &mut Fixture<'_>, topic: &str) {
    let name = topics.name(topic);
    let next = calls(journal, &name).len() as i64;
    topics.send_all(topic, 0, &["[]"]);
    fixture.wait(&format!("record {next} of {topic}"), |journal| calls(journal, &name).last() == Some(&next));
    assert_eq!(calls(journal, &name), (0..=next).collect::<Vec<_>>());
}

#[test]
fn a_topic_that_is_denied_for_a_while_stops_no_other_and_loses_and_repeats_nothing() {
    let cluster = OwnCluster::start("it-denied", 1, &[]).unwrap();
    let servers = &cluster.description().bootstrap_servers;
    let (topics, journal) = (Topics::new(servers, "denied"), Journal::new());
    let [first, second, third] = ["in", "second", "third"].map(|topic| {
        topics.create(topic, 1);
        topics.name(topic)
    });
    change(servers, "--add", &["--group", "records-denied", "--topic", &first, "--topic", &second]);
    let mut fixture = Start::new(&topics, "denied")
        .env("KARAFKA_BOOTSTRAP_SERVERS", &format!("127.0.0.1:{}", cluster.description().brokers[0].sasl))
        .env("KARAFKA_KAFKA__SECURITY_PROTOCOL", "sasl_plaintext")
        .env("KARAFKA_KAFKA__SASL_MECHANISM", "PLAIN")
        .env("KARAFKA_KAFKA__SASL_USERNAME", "alice")
        .env("KARAFKA_KAFKA__SASL_PASSWORD", "alice")
        .env("KARAFKA_PROCESSING__COMMIT_INTERVAL", "100ms")
        .run(&journal);

    // From the start: with KIP-848 one denied topic fails the whole member.
    fixture
        .wait_words(&format!("topic=\"{third}\" wait=1s error=\"not allowed: grant this user `Read` on the topic\""));
    for topic in ["in", "second"] {
        handled(&topics, &journal, &mut fixture, topic);
    }
    change(servers, "--add", &["--topic", &third]);
    handled(&topics, &journal, &mut fixture, "third");

    // While it runs.
    change(servers, "--remove", &["--topic", &second]);
    fixture.wait_words(&format!("topic=\"{second}\" wait=1s"));
    fixture.wait_words(&format!("topic=\"{second}\" partition=0 lost=false"));
    for topic in ["in", "third", "in", "third"] {
        handled(&topics, &journal, &mut fixture, topic);
    }
    assert_eq!(calls(&journal, &second), [0]);
    change(servers, "--add", &["--topic", &second]);
    handled(&topics, &journal, &mut fixture, "second");
    assert!(
        fixture.words().contains(&format!("topic can be consumed again group=\"records-denied\" topic=\"{second}\""))
    );
    fixture.finish();
    let revoked = journal.of("revoked", 0);
    assert_eq!(revoked.iter().map(|line| (&line.topic, line.lost)).collect::<Vec<_>>(), [(&second, false)]);
    assert_eq!(topics.committed("records-denied", "second"), [Some(2)]);
}
