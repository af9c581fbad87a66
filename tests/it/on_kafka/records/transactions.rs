//! Transactions of a handler on a real Kafka: what they produce and mark is there together, or not at all.

use karafka_tests::kafka::bootstrap_servers;
use serde_json::{Value, json};

use super::harness::{Journal, Start};
use super::topics::Topics;

/// One partition: the scripts of its records, what readers see afterwards, and how often the handler is called.
struct Case {
    name: &'static str,
    scripts: &'static [&'static str],
    visible: &'static [&'static str],
    calls: usize,
}

const CASES: [Case; 8] = [
    Case {
        name: "all of it",
        scripts: &[r#"[[{"transaction": [{"produce": ["0", "a"]}, {"produce": ["0", "b"]}, "mark"]}]]"#, "[]"],
        visible: &["a", "b"],
        calls: 2,
    },
    Case {
        name: "an error",
        scripts: &[
            r#"[[{"transaction": [{"produce": ["1", "no"]}, "mark", "fail"]}], [{"transaction": [{"produce": ["1", "yes"]}, "mark"]}]]"#,
        ],
        visible: &["yes"],
        calls: 2,
    },
    Case {
        name: "a panic",
        scripts: &[
            r#"[[{"transaction": [{"produce": ["2", "no"]}, "panic"]}], [{"transaction": [{"produce": ["2", "yes"]}]}]]"#,
        ],
        visible: &["yes"],
        calls: 2,
    },
    Case {
        name: "an error that the handler swallows",
        scripts: &[r#"[[{"try_transaction": [{"produce": ["3", "no"]}, "fail"]}], []]"#],
        visible: &[],
        calls: 2,
    },
    Case {
        name: "a second one behind one that was aborted",
        scripts: &[r#"[[{"try_transaction": ["fail"]}, {"try_transaction": [{"produce": ["4", "no"]}]}, "mark"], []]"#],
        visible: &[],
        calls: 2,
    },
    Case {
        name: "two behind each other",
        scripts: &[
            r#"[[{"transaction": [{"produce": ["5", "one"]}]}, {"transaction": [{"produce": ["5", "two"]}, "mark"]}]]"#,
        ],
        visible: &["one", "two"],
        calls: 1,
    },
    Case {
        name: "a product that is too large",
        scripts: &[
            r#"[[{"transaction": [{"produce": ["6", "no"]}, {"produce_large": 2000000}]}], []]"#,
            r#"[[{"transaction": [{"produce": ["6", "yes"]}]}]]"#,
        ],
        visible: &["yes"],
        calls: 3,
    },
    Case {
        name: "a plain product beside one that is aborted",
        scripts: &[r#"[[{"produce": ["7", "plain"]}, {"try_transaction": [{"produce": ["7", "no"]}, "fail"]}], []]"#],
        visible: &["plain"],
        calls: 2,
    },
];

#[test]
fn what_a_transaction_produces_and_marks_is_there_together_or_not_at_all() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "transactions"), Journal::new());
    topics.create("in", CASES.len() as i32);
    topics.create_with("out", 1, &[("max.message.bytes", "100000")]);
    topics.create("dead", 1);
    for (case, partition) in CASES.iter().zip(0..) {
        topics.send_all("in", partition, case.scripts);
    }
    let mut fixture = Start::new(&topics, "transactions").run(&journal);
    let ends: Vec<_> = CASES.iter().map(|case| Some(case.scripts.len() as i64)).collect();
    fixture.wait_committed(&topics, &ends);
    fixture.finish();
    let read = topics.read_committed("out");
    for (case, partition) in CASES.iter().zip(0..) {
        let key = partition.to_string();
        let visible = read.iter().filter(|record| record.key.as_deref() == Some(key.as_bytes()));
        let visible: Vec<_> = visible.map(|record| String::from_utf8_lossy(record.payload.as_ref().unwrap())).collect();
        assert_eq!(visible, case.visible, "{}", case.name);
        assert_eq!(journal.of("call", partition).len(), case.calls, "{}", case.name);
    }
    let results = |partition| journal.acts(partition).into_iter().map(|(_, result)| result).collect::<Vec<Value>>();
    let aborted =
        json!("a transaction of this call was aborted: nothing more can be marked, produced or committed in it");
    assert_eq!(results(4)[1..], [aborted.clone(), aborted], "nothing more in that call");
}

#[test]
fn a_partition_that_is_lost_takes_its_transaction_with_it() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "transactions-lost"), Journal::new());
    topics.create("in", 2);
    topics.create("out", 1);
    topics.create("dead", 1);
    let script = r#"[[{"transaction": [{"produce": ["k", "no"]}, "mark", {"await": "lost"}]}], [{"transaction": [{"produce": ["k", "yes"]}, "mark"]}]]"#;
    for partition in 0..2 {
        topics.send_all("in", partition, &[script]);
    }
    let start = |instance| {
        Start::new(&topics, "transactions_lost")
            .env("KARAFKA_APPLICATION__INSTANCE", instance)
            .env("KARAFKA_PROCESSING__DRAIN_TIMEOUT", "500ms")
    };
    let mut first = start("one").run(&journal);
    first.wait("both calls", |journal| (0..2).all(|partition| journal.calls(partition) == [0]));
    let mut second = start("two").run(&journal);
    first.wait_words("a job outlived its assignment");
    journal.touch("lost");
    let results = |journal: &Journal| -> Vec<Value> {
        (0..2).flat_map(|partition| journal.acts(partition)).map(|(_, result)| result).collect()
    };
    second.wait("the end of all", |journal| {
        results(journal).iter().filter(|result| **result == json!("committed")).count() >= 2
    });
    first.wait_committed(&topics, &[Some(1), Some(1)]);
    let refused = results(&journal).into_iter().find(|result| *result != json!("committed")).unwrap();
    assert!(refused.as_str().unwrap().starts_with("the assignment was lost"), "{refused}");
    first.finish();
    second.finish();
    let visible = topics.read_committed("out");
    assert_eq!(visible.len(), 2, "one for each record: {visible:?}");
}

#[test]
fn two_processes_with_one_instance_fence_each_other_and_the_first_one_says_what_to_check() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "transactions-fenced"), Journal::new());
    topics.create("in", 2);
    topics.create("out", 1);
    topics.create("dead", 1);
    let script = r#"[[{"transaction": [{"produce": ["k", "v"]}, "mark", {"await": "go"}]}]]"#;
    // Enough of them behind it for every identity to have its turn.
    let plain = r#"[[{"transaction": [{"produce": ["k", "v"]}, "mark"]}]]"#;
    for partition in 0..2 {
        topics.send_all("in", partition, &[script]);
        topics.send_all("in", partition, &[plain; 200]);
    }
    let start = || {
        Start::new(&topics, "transactions_fenced")
            .env("KARAFKA_APPLICATION__INSTANCE", "the-same")
            .env("KARAFKA_PROCESSING__DRAIN_TIMEOUT", "500ms")
    };
    let mut first = start().run(&journal);
    first.wait("both calls", |journal| (0..2).all(|partition| journal.calls(partition) == [0]));
    let mut second = start().run(&journal);
    second.wait("a call of the second process", |journal| {
        let lines = journal.lines();
        lines.iter().any(|line| line.event == "call" && line.pid != lines[0].pid)
    });
    journal.touch("go");
    assert_eq!(first.end(), Some(76), "{}", first.words());
    let words = first.words();
    assert!(words.contains("another process uses the transactional id `records-transactions-fenced."), "{words}");
    assert!(words.contains("is `application.instance` unique"), "{words}");
    second.wait_committed(&topics, &[Some(201), Some(201)]);
    second.finish();
    assert_eq!(topics.read_committed("out").len(), 402, "each once");
}

#[test]
fn a_transaction_that_a_dead_process_left_open_is_ended_by_its_successor() {
    let (topics, journal) = (Topics::new(&bootstrap_servers(), "transactions-left"), Journal::new());
    topics.create("in", 1);
    topics.create("out", 1);
    topics.create("dead", 1);
    // The first process dies in its third transaction: its second one has committed, and the progress of the third is on its way.
    let plain = r#"[[{"transaction": [{"produce": ["k", "v"]}, "mark"]}]]"#;
    topics.send_all("in", 0, &[plain, plain, r#"[[{"transaction": [{"produce": ["k", "v"]}, "mark"]}], []]"#]);
    let start = || Start::new(&topics, "transactions_left");
    let folder = tempfile::tempdir().unwrap();
    let armed = start().env("KARAFKA_FAILPOINT", "before_end_transaction:3");
    let mut first = armed.env("KARAFKA_FAILPOINT_FOLDER", folder.path().to_str().unwrap()).run(&journal);
    assert_ne!(first.end(), Some(0), "it died\n{}", first.words());
    assert_eq!(topics.read_committed("out").len(), 2);
    let since = std::time::Instant::now();
    let mut second = start().run(&journal);
    second.wait_committed(&topics, &[Some(3)]);
    assert!(since.elapsed().as_secs() < 30, "the brokers would have ended it after a minute: {:?}", since.elapsed());
    second.finish();
    assert_eq!(topics.read_committed("out").len(), 3, "each once");
}
