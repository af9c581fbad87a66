//! What handlers produce: no progress before it is acknowledged, and in order.

use karafka_tests::kafka::bootstrap_servers;

use super::harness::{Journal, Start};
use super::topics::{Kept, Topics};

fn produce(key: &str, text: &str) -> String {
    format!(r#"[[{{"produce": ["{key}", "{text}"]}}]]"#)
}

fn texts(records: &[Kept]) -> Vec<(String, String)> {
    let text = |bytes: &Option<Vec<u8>>| String::from_utf8(bytes.clone().unwrap()).unwrap();
    records.iter().map(|record| (text(&record.key), text(&record.payload))).collect()
}

#[test]
fn what_handlers_produce_arrives_once_and_in_order_per_key() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "producing"), Journal::new());
    topics.create("in", 1);
    topics.create("out", 2);
    let mut records: Vec<String> = (0..40).map(|n| produce(&format!("k{}", n % 4), &format!("{n}"))).collect();
    records.push(r#"[[{"produce_acked": ["last", "40"]}]]"#.to_owned());
    topics.send_all("in", 0, &records);
    let mut fixture = Start::new(&topics, "producing").run(&journal);
    fixture.wait_committed(&topics, &[Some(41)]);
    fixture.finish();
    let found = texts(&topics.read("out"));
    assert_eq!(found.len(), 41);
    for key in ["k0", "k1", "k2", "k3", "last"] {
        let of_key: Vec<u32> =
            found.iter().filter(|(found, _)| found == key).map(|(_, n)| n.parse().unwrap()).collect();
        assert!(!of_key.is_empty() && of_key.is_sorted(), "{key}: {of_key:?}");
    }
}

#[test]
fn a_record_waits_for_the_topic_that_it_produces_to() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "producing-late"), Journal::new());
    topics.create("in", 2);
    topics.create("dead", 1);
    topics.send_all("in", 0, &["[]".to_owned(), produce("k", "1"), "[]".to_owned()]);
    topics.send_all("in", 1, &["[]"; 3]);
    let mut fixture = Start::new(&topics, "producing_late").run(&journal);
    fixture.wait_committed(&topics, &[Some(1), Some(3)]);
    fixture.wait("more attempts than the dead letter queue allows", |journal| {
        journal.of("call", 0).iter().any(|line| line.offset == Some(1) && line.attempt > 3)
    });
    let out = topics.name("out");
    assert!(fixture.words().contains(&format!("the topic `{out}` cannot be written")), "{}", fixture.words());
    assert_eq!(topics.committed("records-producing-late", "in"), [Some(1), Some(3)]);
    topics.create("out", 1);
    fixture.wait_committed(&topics, &[Some(3), Some(3)]);
    fixture.finish();
    assert_eq!(texts(&topics.read("out")), [("k".to_owned(), "1".to_owned())]);
    assert_eq!(topics.read("dead"), []);
}

/// Runs four records, the third of which produces 5,000 bytes to a topic that takes 2,000 or through a client that does.
fn too_large(topics: &Topics, journal: &Journal, block: &str, topic: &[(&str, &str)], client: &str) {
    topics.create("in", 1);
    topics.create("dead", 1);
    topics.create_with("out", 1, topic);
    let large = r#"[[{"produce_large": 5000}]]"#.to_owned();
    topics.send_all("in", 0, &[produce("k", "0"), produce("k", "1"), large, produce("k", "3")]);
    let mut fixture = Start::new(topics, block).env("KARAFKA_KAFKA__PRODUCER__MESSAGE_MAX_BYTES", client).run(journal);
    fixture.wait_committed(topics, &[Some(4)]);
    fixture.finish();
    let letters = topics.read("dead");
    let [letter] = letters.as_slice() else { panic!("expected one dead letter, found {letters:?}") };
    let error = letter.text("karafka-error").unwrap();
    assert_eq!(letter.text("karafka-source-offset").as_deref(), Some("2"));
    assert!(error.contains("too large") && error.contains("5005 bytes"), "{error}");
    let attempts: u32 = letter.text("karafka-attempts").unwrap().parse().unwrap();
    assert!(attempts >= 3, "{attempts}");
}

#[test]
fn a_record_whose_product_is_too_large_for_the_client_fails_alone() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "producing-refused"), Journal::new());
    too_large(&topics, &journal, "producing_refused", &[], "2000");
    assert_eq!(journal.calls(0), [0, 1, 2, 2, 2, 3], "those before it are done, those after it wait");
    let found: Vec<String> = texts(&topics.read("out")).into_iter().map(|(_, text)| text).collect();
    assert_eq!(found, ["0", "1", "3"]);
}

#[test]
fn a_record_whose_product_is_too_large_for_the_topic_takes_no_other_with_it() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "producing-large"), Journal::new());
    too_large(&topics, &journal, "producing_large", &[("max.message.bytes", "2000")], "1000000");
    // Kafka refuses batches as a whole, so that others may have been tried again; in order and without a loss.
    let mut found: Vec<String> = texts(&topics.read("out")).into_iter().map(|(_, text)| text).collect();
    found.dedup();
    assert_eq!(found, ["0", "1", "3"]);
}
