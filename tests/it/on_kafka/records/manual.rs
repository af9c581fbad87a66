//! Manual offsets: only what the user marks is committed, in either direction, and only while the partition is his.

use karafka_tests::kafka::bootstrap_servers;
use serde_json::json;

use super::harness::{Journal, Start};
use super::topics::Topics;

#[test]
fn only_marks_move_progress_and_a_lower_mark_moves_it_back() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "manual"), Journal::new());
    topics.create("in", 4);
    topics.send_all("in", 0, &["[]"; 5]);
    topics.send_all(
        "in",
        1,
        &["[]", r#"[["mark", "mark", "commit"]]"#, "[]", r#"[[{"await": "go"}, {"mark_at": 0}, "commit"]]"#],
    );
    topics.send_all("in", 2, &[r#"[["commit"]]"#]);
    // The second time it marks its own.
    let foreign = r#"[[{"await": "go"}, {"mark_elsewhere": [1, 2]}], ["mark"]]"#;
    topics.send_all("in", 3, &["[]", foreign, "[]"]);
    let mut fixture = Start::new(&topics, "manual").run(&journal);
    fixture.wait("the mark", |journal| journal.calls(1).len() == 4 && journal.calls(3).len() == 2);
    fixture.wait("all others", |journal| journal.calls(0).len() == 5 && journal.acts(2).len() == 1);
    assert_eq!(topics.committed("records-manual", "in"), [None, Some(2), None, None], "what `commit` said is so");
    journal.touch("go");
    fixture.wait("the end", |journal| journal.acts(1).len() == 5 && journal.calls(3).len() == 4);
    assert_eq!(topics.committed("records-manual", "in")[1], Some(1));
    fixture.finish();
    assert_eq!(topics.committed("records-manual", "in"), [None, Some(1), None, Some(2)]);

    let results = |partition| journal.acts(partition).into_iter().map(|(_, result)| result).collect::<Vec<_>>();
    assert_eq!(results(1), [json!(true), json!(true), json!(true), json!(true), json!(true)]);
    assert_eq!(results(2), [json!(true)], "nothing is marked, so nothing is missing");
    let misuse = results(3)[0].as_str().unwrap().to_owned();
    let name = topics.name("in");
    assert!(misuse.contains(&format!("{name}[3]")) && misuse.contains(&format!("{name}[1]@2")), "both: {misuse}");
    assert_eq!(journal.calls(3), [0, 1, 1, 2], "misuse is an error of the attempt");
    assert_eq!(journal.calls(1), [0, 1, 2, 3], "a lower mark hands nothing over again in this process");
}

#[test]
fn a_tick_marks_what_a_handler_kept() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "manual-ticks"), Journal::new());
    topics.create("in", 2);
    topics.send_all("in", 0, &["[]"; 7]);
    let tick = r#"[["mark_last"]]"#;
    let mut fixture = Start::new(&topics, "manual_ticks")
        .env("FIXTURE_TICK", tick)
        .env("KARAFKA_PROCESSING__COMMIT_INTERVAL", "50ms")
        .run(&journal);
    fixture.wait_committed(&topics, &[Some(7), None]);
    fixture.wait("a tick without records", |journal| !journal.acts(1).is_empty());
    fixture.finish();
    assert_eq!(journal.calls(0), (0..7).collect::<Vec<_>>());
}

#[test]
fn a_mark_after_the_partition_was_lost_says_so_and_moves_nothing() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "losing"), Journal::new());
    topics.create("in", 2);
    // The first process holds on to its record until it is told that the partition is gone.
    for partition in 0..2 {
        topics.send_all("in", partition, &[r#"[["await_revoked", {"await": "lost"}, "mark", "commit"]]"#]);
    }
    let start = || Start::new(&topics, "losing").env("KARAFKA_PROCESSING__DRAIN_TIMEOUT", "200ms");
    let mut first = start().run(&journal);
    first.wait("both calls", |journal| (0..2).all(|partition| journal.calls(partition) == [0]));
    let mut second = start().run(&journal);
    first.wait_words("a job outlived its assignment");
    journal.touch("lost");
    first.wait("the results", |journal| (0..2).any(|partition| journal.acts(partition).len() == 2));
    let lost = (0..2).find(|partition| journal.acts(*partition).len() == 2).unwrap();
    let results: Vec<_> = journal.acts(lost).into_iter().map(|(_, result)| result).collect();
    assert_eq!(results, [json!(false), json!(false)], "neither mark nor commit");
    second.wait("the new owner's call", |journal| {
        journal.of("call", lost).iter().map(|line| line.pid).any(|pid| pid != journal.lines()[0].pid)
    });
    assert_eq!(topics.committed("records-losing", "in"), [None, None]);
    assert_eq!(journal.calls(lost), [0, 0], "the new owner begins where progress was");
}
