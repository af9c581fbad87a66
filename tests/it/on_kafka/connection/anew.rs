//! A topic that is deleted and created anew while it is consumed: never a silent replay, never a stall, and nothing is passed
//! over because the new topic's offsets look like the old one's.

use karafka_tests::kafka::bootstrap_servers;
use rdkafka::admin::{AdminOptions, NewTopic, TopicReplication};

use super::super::records::harness::{Journal, Start};
use super::super::records::topics::Topics;
use super::{changing, done};

#[test]
fn a_topic_that_is_created_anew_is_read_from_its_start_and_that_is_said() {
    let servers = bootstrap_servers();
    let (topics, journal) = (Topics::new(&servers, "recreated"), Journal::new());
    topics.create("in", 2);
    topics.send_all("in", 0, &["[]"; 5]);
    let mut fixture =
        Start::new(&topics, "recreated").env("KARAFKA_PROCESSING__COMMIT_INTERVAL", "100ms").run(&journal);
    fixture.wait_committed(&topics, &[Some(5), None]);
    let name = topics.name("in");
    done(changing(&servers).delete_topics(&[&name], &AdminOptions::new())).unwrap();
    fixture.wait_words("it does not exist: create it, or check its name and the topic prefix");
    topics.create("in", 2);
    topics.send_all("in", 0, &["[]"; 3]);
    topics.send_all("in", 1, &["[]"; 2]);
    fixture.wait_committed(&topics, &[Some(3), Some(2)]);
    fixture.wait_words(&format!("going on at its start topic=\"{name}\" partition=0 from=5 to=0"));
    fixture.finish();
    assert_eq!((journal.calls(0), journal.calls(1)), (vec![0, 1, 2, 3, 4, 0, 1, 2], vec![0, 1]));
}

/// The new topic has more records than the old one had before the consumer looks: its old offset is a good one there.
#[test]
fn an_offset_of_the_old_topic_hides_no_record_of_the_new_one() {
    let servers = bootstrap_servers();
    let (topics, journal) = (Topics::new(&servers, "overtaken"), Journal::new());
    topics.create("in", 1);
    topics.send_all("in", 0, &["[]"; 5]);
    let mut fixture =
        Start::new(&topics, "overtaken").env("KARAFKA_PROCESSING__COMMIT_INTERVAL", "100ms").run(&journal);
    fixture.wait_committed(&topics, &[Some(5)]);
    let (admin, options, name) = (changing(&servers), AdminOptions::new(), topics.name("in"));
    done(admin.delete_topics(&[&name], &options)).unwrap();
    let again = || done(admin.create_topics(&[NewTopic::new(&name, 1, TopicReplication::Fixed(1))], &options)).unwrap();
    while again()[0].is_err() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    topics.send_all("in", 0, &["[]"; 20]);
    fixture.wait_words(&format!("going on at its start topic=\"{name}\" partition=0 from="));
    let from_the_start = |journal: &Journal| journal.calls(0).iter().rposition(|offset| *offset == 0).unwrap();
    fixture.wait("all of the new topic", |journal| {
        let from = from_the_start(journal);
        from >= 5 && journal.calls(0).len() == from + 20
    });
    fixture.wait_committed(&topics, &[Some(20)]);
    fixture.finish();
    let (calls, from_the_start) = (journal.calls(0), from_the_start(&journal));
    assert_eq!(calls[from_the_start..], (0..20).collect::<Vec<_>>());
}
