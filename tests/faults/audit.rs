//! What Kafka holds after a run, read by Kafka's own console consumer: it shares no code with what is tested.
//!
//! Inputs, outputs and dead letters of a run, and every commit of its group, in the order in which the coordinator took them.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use karafka_rt::admin::Admin;
use serde::Deserialize;

use super::world::properties;
use crate::kafka::cli;

/// How long nothing may come before the consumer gives up, in milliseconds. Where groups keep their offsets there are fewer
/// records than offsets: markers of transactions, and what compaction took.
const QUIET: &str = "8000";
/// The line that it logs then behind the records, and what comes next.
const LOGGED: &str = "main ERROR Error processing message";
/// See [`LOGGED`].
const GAVE_UP: &str = "TimeoutException";
/// How long a question about offsets may take.
const ASK: Duration = Duration::from_secs(30);
/// Where groups keep their offsets.
const OFFSETS: &str = "__consumer_offsets";

/// A record as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// From 0.
    pub partition: i32,
    /// From 0.
    pub offset: i64,
    /// Milliseconds since 1970: when it was given to its producer.
    pub at: u64,
    /// The framework's headers; empty for what has none.
    pub source: Option<(i32, i64)>,
    /// Its key.
    pub key: String,
    /// Its payload.
    pub value: String,
}

/// A commit as its coordinator took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Of the input topic.
    pub partition: i32,
    /// Where the group would go on.
    pub offset: i64,
    /// Milliseconds since 1970, by the broker.
    pub at: u64,
}

/// All that is stored of one run.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// The input.
    pub inputs: Vec<Stored>,
    /// What handlers wrote.
    pub outputs: Vec<Stored>,
    /// What was dead-lettered.
    pub letters: Vec<Stored>,
    /// In the order of the coordinator.
    pub commits: Vec<Commit>,
}

/// Reads all that is stored of the runs of `topics` (by the prefix of their names: input, output and dead letters).
pub fn audit(servers: &str, runs: &[&str]) -> anyhow::Result<BTreeMap<String, Audit>> {
    let mut audits: BTreeMap<String, Audit> = runs.iter().map(|run| ((*run).to_owned(), Audit::default())).collect();
    let admin = Admin::new(&properties(servers))?;
    let mut count = 0;
    for topic in runs.iter().flat_map(|run| ["in", "out", "dead"].map(|word| format!("{run}{word}"))) {
        count += count_of(&admin, &topic)?;
    }
    let pattern = runs.iter().map(|run| run.replace('.', "\\.")).collect::<Vec<_>>().join("|");
    let pattern = format!("({pattern})(in|out|dead)");
    let print =
        ["timestamp", "partition", "offset", "headers", "key", "value"].map(|what| format!("print.{what}=true"));
    let mut arguments = vec!["--include", &pattern];
    for property in &print {
        arguments.extend(["--formatter-property", property]);
    }
    let records = consume(servers, count, &arguments)?;
    for line in records.lines().take_while(|line| !line.contains(LOGGED)) {
        let (run, table, stored) = record(line).with_context(|| format!("expected a record, found `{line}`"))?;
        let audit = audits.get_mut(&run).with_context(|| format!("a record of another run: `{line}`"))?;
        match table {
            Table::Input => audit.inputs.push(stored),
            Table::Output => audit.outputs.push(stored),
            Table::Letter => audit.letters.push(stored),
        }
    }
    let formatter = "org.apache.kafka.tools.consumer.OffsetsMessageFormatter";
    let commits = consume(servers, count_of(&admin, OFFSETS)?, &["--topic", OFFSETS, "--formatter", formatter])?;
    for (topic, commit) in self::commits(&commits)? {
        if let Some(audit) = topic.strip_suffix("in").and_then(|run| audits.get_mut(run)) {
            audit.commits.push(commit);
        }
    }
    for audit in audits.values_mut() {
        for table in [&mut audit.inputs, &mut audit.outputs, &mut audit.letters] {
            table.sort_by_key(|stored| (stored.partition, stored.offset));
        }
    }
    Ok(audits)
}

fn count_of(admin: &Admin, topic: &str) -> anyhow::Result<i64> {
    Ok(admin.ranges(topic, ASK)?.iter().map(|range| range.latest - range.earliest).sum())
}

fn consume(servers: &str, count: i64, arguments: &[&str]) -> anyhow::Result<String> {
    if count == 0 {
        return Ok(String::new());
    }
    let count = count.to_string();
    let mut all = vec!["--bootstrap-server", servers, "--from-beginning"];
    all.extend(["--max-messages", &count, "--timeout-ms", QUIET]);
    all.extend(["--isolation-level", "read_committed"]);
    all.extend(arguments);
    let output = cli("ConsoleConsumer", &all)?;
    String::from_utf8(output.stdout).context("the console consumer wrote no text")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    Input,
    Output,
    Letter,
}

/// `CreateTime:N  Partition:N  Offset:N  HEADERS  KEY  VALUE`, separated by tabs.
fn record(line: &str) -> anyhow::Result<(String, Table, Stored)> {
    let fields: Vec<&str> = line.splitn(6, '\t').collect();
    let [time, partition, offset, headers, key, value] = fields[..] else { bail!("there are {} fields", fields.len()) };
    let number = |field: &str, name: &str| -> anyhow::Result<i64> {
        Ok(field.strip_prefix(name).with_context(|| format!("`{name}` is missing"))?.parse()?)
    };
    let header = |name: &str| -> Option<i64> {
        headers.split(',').find_map(|header| header.strip_prefix(name)?.strip_prefix(':')?.parse().ok())
    };
    let source = header("karafka-source-partition").zip(header("karafka-source-offset"));
    let stored = Stored {
        partition: number(partition, "Partition:")? as i32,
        offset: number(offset, "Offset:")?,
        at: number(time, "CreateTime:")? as u64,
        source: source.map(|(partition, offset)| (partition as i32, offset)),
        key: key.to_owned(),
        value: value.to_owned(),
    };
    let (table, rest) = match value.strip_prefix("out ") {
        Some(rest) => (Table::Output, rest),
        None if stored.source.is_some() => (Table::Letter, value),
        None => (Table::Input, value),
    };
    let run = rest.split(' ').next().unwrap_or_default().to_owned();
    Ok((run, table, stored))
}

#[derive(Deserialize)]
struct OffsetsLine {
    key: Versioned<OffsetsKey>,
    value: Option<Versioned<OffsetsValue>>,
}

#[derive(Deserialize)]
struct Versioned<T> {
    data: T,
}

#[derive(Deserialize)]
struct OffsetsKey {
    topic: String,
    partition: i32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OffsetsValue {
    offset: i64,
    commit_timestamp: u64,
}

/// What Kafka's `OffsetsMessageFormatter` writes, which puts nothing between two commits. One without a value is a deletion.
fn commits(text: &str) -> anyhow::Result<Vec<(String, Commit)>> {
    let mut commits = Vec::new();
    // The records are one line; what is logged follows it.
    let end = text.find(GAVE_UP).unwrap_or(text.len());
    let (text, log) = text.split_at(text[..end].rfind('}').map_or(0, |brace| brace + 1));
    ensure!(log.trim().is_empty() || log.contains(GAVE_UP), "the console consumer failed: {log}");
    for line in serde_json::Deserializer::from_str(text).into_iter::<OffsetsLine>() {
        let OffsetsLine { key: Versioned { data: OffsetsKey { topic, partition } }, value } =
            line.context("expected commits as Kafka's `OffsetsMessageFormatter` writes them")?;
        if let Some(Versioned { data: OffsetsValue { offset, commit_timestamp: at } }) = value {
            commits.push((topic, Commit { partition, offset, at }));
        }
    }
    Ok(commits)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test an `unwrap` is an assertion")]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_console_consumer_are_sorted_by_what_they_hold() {
        let line = |headers: &str, value: &str| format!("CreateTime:70\tPartition:2\tOffset:9\t{headers}\tk3\t{value}");
        let (run, table, stored) = record(&line("NO_HEADERS", "r.1. 5 3 0 2 good")).unwrap();
        assert_eq!((run.as_str(), table, stored.at, stored.source), ("r.1.", Table::Input, 70, None));
        assert_eq!((stored.partition, stored.offset, stored.key.as_str()), (2, 9, "k3"));
        assert_eq!(record(&line("NO_HEADERS", "out r.1. 5 3 0")).unwrap().1, Table::Output);
        let headers =
            "karafka-source-topic:r.1.in,karafka-source-partition:1,karafka-source-offset:44,karafka-error:a, b";
        let (_, table, stored) = record(&line(headers, "r.1. 5 3 0 2 poison")).unwrap();
        assert_eq!((table, stored.source), (Table::Letter, Some((1, 44))));
        assert!(record("CreateTime:70\tPartition:2").is_err());
    }

    #[test]
    fn commits_are_read_and_deletions_left_out() {
        let line = r#"{"key":{"type":1,"data":{"group":"g","topic":"r.in","partition":1}},"value":{"version":4,"data":{"offset":5,"leaderEpoch":-1,"metadata":"","commitTimestamp":77,"topicId":"x"}}}"#;
        let deleted = r#"{"key":{"type":1,"data":{"group":"g","topic":"r.in","partition":1}},"value":null}"#;
        let expect = ("r.in".to_owned(), Commit { partition: 1, offset: 5, at: 77 });
        assert_eq!(commits(&format!("{line}{deleted}{line}")).unwrap(), [expect.clone(), expect]);
        let log = "2026-11-26 10:03:05,1 ERROR Error processing message\norg.apache.kafka..TimeoutException\n";
        assert_eq!(commits(&format!("{line}{log}")).unwrap().len(), 1);
        assert!(commits(&format!("{line}2026-11-26 ERROR something else")).is_err());
        assert!(commits("{}").is_err());
    }
}
