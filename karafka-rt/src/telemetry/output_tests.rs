use std::time::Duration;

use super::*;

/// A log with its text, and the subscriber that writes to it.
fn log(format: Format, filter: &str) -> (LogOutput, Arc<Mutex<String>>, tracing::Dispatch) {
    let text = Arc::new(Mutex::new(String::new()));
    let sink = Arc::clone(&text);
    let sink = move |bytes: &[u8], _: Duration| {
        locked(&sink).push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    };
    let log = LogOutput::new(format, Box::new(sink));
    let dispatch = tracing::Dispatch::new(log.subscriber(format, filter).expect("a legal filter"));
    (log, text, dispatch)
}

#[test]
fn lines_for_people_carry_level_process_and_fields() {
    let (log, text, dispatch) = log(Format::Human, "info");
    tracing::dispatcher::with_default(&dispatch, || {
        tracing::info!(target: "shop", order = 7, "charged");
        log.after_fork("node 0");
        tracing::warn!(target: "shop", "late");
        tracing::debug!(target: "shop", "not asked for");
    });
    let text = locked(&text).clone();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].ends_with(" INFO shop: charged order=7"), "{text}");
    assert!(lines[1].starts_with("node 0: ") && lines[1].ends_with(" WARN shop: late"), "{text}");
}

#[test]
fn json_lines_are_objects_with_the_process() {
    let (log, text, dispatch) = log(Format::Json, "info");
    log.set_process("node \"1\"");
    tracing::dispatcher::with_default(&dispatch, || tracing::info!(target: "shop", order = 7, "charged\nonce"));
    let text = locked(&text).clone();
    assert_eq!(text.lines().count(), 1, "{text}");
    let line: serde_json::Value = serde_json::from_str(&text).expect("one object");
    for (field, expected) in [
        ("process", serde_json::json!("node \"1\"")),
        ("level", serde_json::json!("INFO")),
        ("target", serde_json::json!("shop")),
        ("message", serde_json::json!("charged\nonce")),
        ("order", serde_json::json!(7)),
    ] {
        assert_eq!(line[field], expected, "{text}");
    }
}

#[test]
fn lines_of_the_framework_are_limited_per_kind_and_those_of_users_are_not() {
    let (_log, text, dispatch) = log(Format::Human, "info");
    tracing::dispatcher::with_default(&dispatch, || {
        for _ in 0..150 {
            tracing::info!(target: "karafka_rt::connection", "again");
            tracing::info!(target: "shop", "mine");
        }
        tracing::info!(target: "karafka_rt::connection", "another kind");
    });
    let text = locked(&text).clone();
    let count = |word: &str| text.lines().filter(|line| line.ends_with(word)).count();
    assert_eq!((count(": again"), count(": mine"), count(": another kind")), (100, 150, 1));
}

#[test]
fn what_was_hidden_and_dropped_is_told_in_both_formats() {
    assert_eq!(human("", "a\n", 0), "a\n");
    assert_eq!(human("node 0", "a\n", 3), "node 0: a (3 more like this were not shown)\n");
    assert_eq!(json("", "{\"a\":1}\n", 0), "{\"a\":1}\n");
    assert_eq!(json("node 0", "{\"a\":1}\n", 3), "{\"process\":\"node 0\",\"not_shown\":3,\"a\":1}\n");
    let notice: serde_json::Value = serde_json::from_str(&notice(Format::Json)(5)).expect("one object");
    assert_eq!(notice["dropped"], 5);
}

#[test]
fn a_filter_that_is_none_is_an_error() {
    let log = LogOutput::new(Format::Human, Box::new(|bytes, _| Ok(bytes.len())));
    assert!(log.subscriber(Format::Human, "=info=").is_err());
}
