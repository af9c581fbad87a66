//! `Revoked` and `Shutdown`: once, after the last record, and in the right order with commits.

use karafka_tests::kafka::bootstrap_servers;
use serde_json::json;

use super::harness::{Journal, Start};
use super::topics::Topics;

#[test]
fn shutdown_runs_once_for_each_partition_that_had_work_and_its_marks_are_committed() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "stopping"), Journal::new());
    topics.create("in", 3);
    topics.send_all("in", 0, &["[]"; 5]);
    // In the middle of this record the process is told to stop.
    topics.send_all("in", 1, &["[]", r#"[[{"await": "told"}]]"#, "[]"]);
    let mut fixture = Start::new(&topics, "stopping").env("FIXTURE_SHUTDOWN", r#"[["mark_last"]]"#).run(&journal);
    fixture.wait("the records", |journal| journal.of("end", 0).len() == 5 && journal.calls(1) == [0, 1]);
    assert_eq!(topics.committed("records-stopping", "in"), [None; 3]);
    fixture.tell_to_stop();
    fixture.wait_words("stopping: running jobs are finished");
    journal.touch("told");
    assert_eq!(fixture.end(), Some(0), "{}", fixture.words());
    assert_eq!(topics.committed("records-stopping", "in"), [Some(5), Some(2), None]);
    assert_eq!(journal.calls(1), [0, 1], "the record in the middle is finished, none is begun");
    for (partition, hooks) in [(0, 1), (1, 1), (2, 0)] {
        let of: Vec<String> =
            journal.lines().into_iter().filter(|l| l.partition == partition).map(|l| l.event).collect();
        assert_eq!(of.iter().filter(|event| *event == "shutdown").count(), hooks, "{partition}: {of:?}");
        assert_eq!(of.iter().filter(|event| *event == "revoked").count(), 0, "{partition}: {of:?}");
        assert!(hooks == 0 || of.last().is_some_and(|event| event == "shutdown_end"), "{partition}: {of:?}");
    }
}

#[test]
fn revoked_runs_once_after_the_last_record_and_the_next_owner_goes_on_after_it() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "revoking"), Journal::new());
    topics.create("in", 2);
    for partition in 0..2 {
        topics.send_all("in", partition, &["[]"; 20]);
    }
    let start = || Start::new(&topics, "revoking").env("FIXTURE_REVOKED", r#"[["mark_last"]]"#);
    let mut first = start().run(&journal);
    first.wait("all records", |journal| (0..2).all(|partition| journal.of("end", partition).len() == 20));
    let second = start().run(&journal);
    first.wait("a revocation", |journal| (0..2).any(|partition| !journal.of("revoked_end", partition).is_empty()));
    let moved = (0..2).find(|partition| !journal.of("revoked_end", *partition).is_empty()).unwrap();
    // Committed before the hook; a mark of the hook has no effect any more.
    assert_eq!(topics.committed("records-revoking", "in")[moved as usize], Some(20));
    assert_eq!(journal.acts(moved), [("MarkLast".to_owned(), json!(false))]);
    for partition in 0..2 {
        topics.send_all("in", partition, &["[]"; 20]);
    }
    first.wait_committed(&topics, &[Some(40); 2]);
    first.finish();
    second.finish();
    for partition in 0..2 {
        assert_eq!(journal.calls(partition), (0..40).collect::<Vec<_>>(), "each once and in order");
    }
    let owners: Vec<u32> = journal.of("call", moved).iter().map(|line| line.pid).collect();
    assert!(owners[..20].iter().all(|owner| *owner == owners[0]) && owners[20..].iter().all(|o| *o == owners[39]));
    assert_ne!(owners[0], owners[39]);
    let of_first: Vec<String> = journal
        .lines()
        .into_iter()
        .filter(|line| line.partition == moved && line.pid == owners[0] && line.event != "act")
        .map(|line| line.event)
        .collect();
    assert_eq!(of_first[of_first.len() - 3..], ["end", "revoked", "revoked_end"], "once, and nothing after it");
    assert_eq!(of_first.iter().filter(|event| *event == "revoked").count(), 1);
}
