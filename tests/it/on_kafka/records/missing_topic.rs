//! A dead letter topic that does not exist: nothing is lost, only its partition waits, and it goes on when the topic is there.

use karafka_tests::kafka::bootstrap_servers;

use super::harness::{Journal, Start};
use super::topics::Topics;

const GROUP: &str = "records-missing";

#[test]
fn a_missing_dead_letter_topic_holds_its_partition_until_it_is_created() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "missing"), Journal::new());
    topics.create("in", 2);
    topics.send_all("in", 0, &["[]", r#"[["fail"]]"#, "[]"]);
    let mut first = Start::new(&topics, "missing").run(&journal);
    first.wait_words("dead letter not written");
    assert!(first.words().contains(&format!("`{}`", topics.name("dead"))), "{}", first.words());
    topics.send_all("in", 1, &["[]"; 20]);
    first.wait("the sibling's records", |journal| journal.calls(1).len() == 20);
    assert_eq!(journal.calls(0), [0, 1, 1, 1], "nothing beyond the record that waits");
    // Stopped while it waits: what is done is committed, the record that waits is not.
    first.finish();
    assert_eq!(topics.committed(GROUP, "in"), [Some(1), Some(20)]);

    let mut second = Start::new(&topics, "missing").run(&journal);
    second.wait_words("dead letter not written");
    assert_eq!(journal.calls(0), [0, 1, 1, 1, 1, 1, 1]);
    topics.create("dead", 2);
    second.wait_committed(&topics, &[Some(3), Some(20)]);
    second.finish();
    assert_eq!(journal.calls(0), [0, 1, 1, 1, 1, 1, 1, 2]);
    let letters = topics.read("dead");
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0].text("karafka-source-offset").as_deref(), Some("1"));
}
