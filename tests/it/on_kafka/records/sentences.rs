//! What a user reads when something outside of the program is wrong.

use std::process::Command;

use karafka_tests::kafka::OwnCluster;

use super::harness::{Fixture, Journal, plain};

const CONFIGURATION: i32 = 78;

fn refused(mut command: Command, parts: &[&str]) {
    let journal = Journal::new();
    command.env("FIXTURE_JOURNAL", "unused");
    let mut fixture = Fixture::spawn(command, &journal, "refused");
    let code = fixture.end();
    let words = fixture.words();
    assert_eq!(code, Some(CONFIGURATION), "{words}");
    for part in parts {
        assert!(words.contains(part), "expected `{part}` in {words}");
    }
    assert!(!words.contains("panicked"), "{words}");
    assert!(journal.lines().is_empty());
}

#[test]
fn a_wrong_configuration_is_refused_before_anything_starts() {
    let with = |name: &str, value: &str| {
        let mut command = plain("sentences");
        command.env("KARAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1").env(name, value);
        command
    };
    refused(plain("sentences"), &["bootstrap.servers", "KARAFKA_BOOTSTRAP_SERVERS"]);
    let mut set = with("IGNORED", "");
    set.args(["--set", "swarm.nodse=3"]);
    refused(set, &["swarm.nodse", "did you mean", "swarm.nodes"]);
    refused(with("KARAFKA_SWARM__NODSE", "3"), &["KARAFKA_SWARM__NODSE", "did you mean", "swarm.nodes"]);
    refused(with("KARAFKA_PROCESSING__CONCURRENCY", "many"), &["processing.concurrency", "`many`"]);
    refused(with("KARAFKA_KAFKA__GROUP_ID", "x"), &["group.id", "consumer_group"]);
    // Several at once.
    let mut several = with("KARAFKA_SWARM__NODSE", "3");
    several.env("KARAFKA_TELEMETRY__LOG_FORMAT", "yaml");
    refused(several, &["swarm.nodes", "telemetry.log_format", "`human`"]);
}

#[test]
fn unreachable_brokers_are_named_and_a_stop_works_all_the_same() {
    let journal = Journal::new();
    let mut command = plain("sentences");
    command.env("KARAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1");
    let mut fixture = Fixture::spawn(command, &journal, "unreachable");
    fixture.wait_words("127.0.0.1:1");
    fixture.wait_words("refused");
    assert_eq!(fixture.stop(), Some(0), "{}", fixture.words());
}

#[test]
fn refused_credentials_are_named_without_their_secret_and_tried_again() {
    let cluster = OwnCluster::start("it-sentences", 1, &[]).unwrap();
    let journal = Journal::new();
    let server = format!("127.0.0.1:{}", cluster.description().brokers[0].sasl);
    let mut command = plain("sentences");
    command
        .env("KARAFKA_BOOTSTRAP_SERVERS", &server)
        .env("KARAFKA_KAFKA__SECURITY_PROTOCOL", "sasl_plaintext")
        .env("KARAFKA_KAFKA__SASL_MECHANISM", "PLAIN")
        .env("KARAFKA_KAFKA__SASL_USERNAME", "alice")
        .env("KARAFKA_KAFKA__SASL_PASSWORD", "hunter2");
    let mut fixture = Fixture::spawn(command, &journal, "credentials");
    fixture.wait_words(&server);
    fixture.wait_words("uthentication");
    assert_eq!(fixture.stop(), Some(0), "{}", fixture.words());
    assert!(!fixture.words().contains("hunter2"), "{}", fixture.words());
}
