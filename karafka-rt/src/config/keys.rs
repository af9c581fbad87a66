//! The key table: name, kind with bounds, default, one line of documentation, and the field it fills.
//!
//! Parsing, errors, suggestions, `config show` and the reference page all come from it. librdkafka's properties (section
//! `kafka`) have their own table in `properties.rs`.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::limits;
use super::quantity::{format_duration, format_size, parse_duration, parse_size};
use super::settings::{Config, LogFormat, MemoryLimit};
use crate::topology::{NameFault, check_name};

/// One key of the configuration.
pub(crate) struct Key {
    /// `section.name`.
    pub(crate) name: &'static str,
    #[cfg_attr(not(test), allow(dead_code, reason = "the reference page, written by a test, reads it"))]
    pub(crate) docs: &'static str,
    pub(super) kind: Kind,
}

type Field<T> = fn(&mut Config) -> &mut T;

/// What a key's value may be, its default, and its field.
pub(super) enum Kind {
    Duration {
        default: Duration,
        bounds: RangeInclusive<Duration>,
        field: Field<Duration>,
    },
    Size {
        default: u64,
        bounds: RangeInclusive<u64>,
        field: Field<u64>,
    },
    /// A count that the framework finds out when it is `auto` (the default).
    Count {
        bounds: RangeInclusive<u32>,
        field: Field<Option<u32>>,
    },
    /// A size, `auto` (the default) or `off`.
    MemoryLimit {
        bounds: RangeInclusive<u64>,
        field: Field<MemoryLimit>,
    },
    Text {
        default: &'static str,
        check: fn(&str) -> Result<(), String>,
        field: Field<String>,
    },
    LogFormat {
        field: Field<LogFormat>,
    },
}

/// Sections, in the order in which they are shown.
pub(crate) const SECTIONS: &[&str] = &["application", "kafka", "swarm", "processing", "telemetry"];

/// The host name stands in for an `application.instance` that is not configured.
pub(super) const INSTANCE: &str = "application.instance";

/// Every key outside `kafka`, in the order in which they are shown.
#[rustfmt::skip]
pub(crate) const KEYS: &[Key] = &[
    text(INSTANCE, "", part_of_identity, |c| &mut c.application.instance,
        "Part of every identity the cluster sees, so unique among the processes of this application. Default: the host name."),
    text("application.environment", "development", any_text, |c| &mut c.application.environment,
        "A label such as `production`, in logs and reports."),
    text("application.runtime_dir", "", any_text, |c| &mut c.application.runtime_dir,
        "Where a swarm keeps its lock and small files, in a directory of its own. Empty: `RUNTIME_DIRECTORY`, `XDG_RUNTIME_DIR/karafka`, `/run/karafka` or `/tmp/karafka-<uid>`, the first that works."),
    text("application.topic_prefix", "", prefix, |c| &mut c.application.topic_prefix,
        "Put before every topic name of the routes, except `external` ones. Group names are never prefixed."),
    count("swarm.nodes", 1..=limits::MAX_NODES, |c| &mut c.swarm.nodes,
        "Nodes of the swarm. `auto`: the cores, but no more than the largest declared partition count."),
    duration("swarm.shutdown_timeout", limits::SHUTDOWN_TIMEOUT, limits::PROCESS_TIMES, |c| &mut c.swarm.shutdown_timeout,
        "Jobs that still run this long after a stop was asked for are given up, uncommitted. Also for `server`."),
    memory_limit("swarm.memory_limit", limits::MEMORY_LIMITS, |c| &mut c.swarm.memory_limit,
        "Private memory of a node (what it does not share with its siblings); above it the node finishes its batch and is started anew. `auto`: its share of the control group's limit."),
    duration("swarm.boot_timeout", limits::BOOT_TIMEOUT, limits::PROCESS_TIMES, |c| &mut c.swarm.boot_timeout,
        "A node that is not up this long after its fork is killed and started again."),
    duration("swarm.restart_backoff", limits::RESTART_BACKOFF, limits::PROCESS_TIMES, |c| &mut c.swarm.restart_backoff,
        "First wait before a crashed node is started again; doubles with every crash."),
    duration("swarm.restart_backoff_max", limits::RESTART_BACKOFF_MAX, limits::PROCESS_TIMES, |c| &mut c.swarm.restart_backoff_max,
        "Longest wait before a crashed node is started again."),
    count("processing.concurrency", 1..=limits::MAX_CONCURRENCY, |c| &mut c.processing.concurrency,
        "Worker threads of a process. `auto`: the cores, shared among the nodes of a swarm, at least 2."),
    duration("processing.commit_interval", limits::COMMIT_INTERVAL, limits::PROCESSING_TIMES, |c| &mut c.processing.commit_interval,
        "Marked progress is committed at least this often."),
    duration("processing.commit_deadline", limits::COMMIT_DEADLINE, limits::PROCESSING_TIMES, |c| &mut c.processing.commit_deadline,
        "A commit without an answer after this has failed and is sent again. Less than `socket.timeout.ms`."),
    duration("processing.drain_timeout", limits::DRAIN_TIMEOUT, limits::PROCESSING_TIMES, |c| &mut c.processing.drain_timeout,
        "How long a revocation waits for running handlers. At most half of `max.poll.interval.ms`."),
    size("processing.memory", limits::MEMORY, limits::MEMORIES, |c| &mut c.processing.memory,
        "Bytes that a process takes for records before their handlers are done with them (fetched ahead, waiting, or with a handler) and for itself (16 MiB of it). What handlers keep comes on top."),
    size("processing.partition_buffer", limits::PARTITION_BUFFER, limits::PARTITION_BUFFERS, |c| &mut c.processing.partition_buffer,
        "Payload bytes fetched ahead of the workers for each assigned partition; less where `processing.memory` is small or partitions are many."),
    text("telemetry.log", "info", log_filter, |c| &mut c.telemetry.log,
        "What is logged: `tracing` directives such as `info,my_crate=debug`."),
    log_format("telemetry.log_format", |c| &mut c.telemetry.log_format,
        "How a log line looks: `human` or `json`."),
];

const fn duration(
    name: &'static str,
    default: Duration,
    bounds: RangeInclusive<Duration>,
    field: Field<Duration>,
    docs: &'static str,
) -> Key {
    Key { name, docs, kind: Kind::Duration { default, bounds, field } }
}

const fn size(
    name: &'static str,
    default: u64,
    bounds: RangeInclusive<u64>,
    field: Field<u64>,
    docs: &'static str,
) -> Key {
    Key { name, docs, kind: Kind::Size { default, bounds, field } }
}

const fn count(name: &'static str, bounds: RangeInclusive<u32>, field: Field<Option<u32>>, docs: &'static str) -> Key {
    Key { name, docs, kind: Kind::Count { bounds, field } }
}

const fn memory_limit(
    name: &'static str,
    bounds: RangeInclusive<u64>,
    field: Field<MemoryLimit>,
    docs: &'static str,
) -> Key {
    Key { name, docs, kind: Kind::MemoryLimit { bounds, field } }
}

const fn text(
    name: &'static str,
    default: &'static str,
    check: fn(&str) -> Result<(), String>,
    field: Field<String>,
    docs: &'static str,
) -> Key {
    Key { name, docs, kind: Kind::Text { default, check, field } }
}

const fn log_format(name: &'static str, field: Field<LogFormat>, docs: &'static str) -> Key {
    Key { name, docs, kind: Kind::LogFormat { field } }
}

/// The key with this name.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

impl Key {
    /// The default as it would be written.
    pub(crate) fn default(&self) -> String {
        match &self.kind {
            Kind::Duration { default, .. } => format_duration(*default),
            Kind::Size { default, .. } => format_size(*default),
            Kind::Count { .. } | Kind::MemoryLimit { .. } => "auto".to_owned(),
            Kind::Text { default, .. } => (*default).to_owned(),
            Kind::LogFormat { .. } => "human".to_owned(),
        }
    }

    /// What a value may be, for the reference.
    #[cfg(test)]
    pub(crate) fn expected(&self) -> String {
        match &self.kind {
            Kind::Duration { bounds, .. } => {
                format!("{} to {}", format_duration(*bounds.start()), format_duration(*bounds.end()))
            }
            Kind::Size { bounds, .. } => format!("{} to {}", format_size(*bounds.start()), format_size(*bounds.end())),
            Kind::Count { bounds, .. } => format!("{} to {}, `auto`", bounds.start(), bounds.end()),
            Kind::MemoryLimit { bounds, .. } => {
                format!("{} to {}, `auto`, `off`", format_size(*bounds.start()), format_size(*bounds.end()))
            }
            Kind::Text { .. } => "text".to_owned(),
            Kind::LogFormat { .. } => "`human`, `json`".to_owned(),
        }
    }

    /// Reads `value` into the key's field; `Err` says what is expected.
    pub(super) fn set(&self, config: &mut Config, value: &str) -> Result<(), String> {
        match &self.kind {
            Kind::Duration { bounds, field, .. } => {
                let parsed = parse_duration(value)?;
                *field(config) = within(parsed, bounds, "a duration", |bound| format_duration(*bound))?;
            }
            Kind::Size { bounds, field, .. } => {
                let parsed = parse_size(value)?;
                *field(config) = within(parsed, bounds, "a size", |bound| format_size(*bound))?;
            }
            Kind::Count { bounds, field } => *field(config) = read_count(value, bounds)?,
            Kind::MemoryLimit { bounds, field } => *field(config) = read_memory_limit(value, bounds)?,
            Kind::Text { check, field, .. } => {
                check(value)?;
                value.clone_into(field(config));
            }
            Kind::LogFormat { field } => {
                *field(config) = match value {
                    "human" => LogFormat::Human,
                    "json" => LogFormat::Json,
                    _ => return Err("`human` or `json`".to_owned()),
                }
            }
        }
        Ok(())
    }
}

fn within<T: PartialOrd>(
    value: T,
    bounds: &RangeInclusive<T>,
    what: &str,
    format: impl Fn(&T) -> String,
) -> Result<T, String> {
    if bounds.contains(&value) {
        return Ok(value);
    }
    Err(format!("{what} from {} to {}", format(bounds.start()), format(bounds.end())))
}

fn read_count(value: &str, bounds: &RangeInclusive<u32>) -> Result<Option<u32>, String> {
    if value == "auto" {
        return Ok(None);
    }
    match value.parse() {
        Ok(count) if bounds.contains(&count) => Ok(Some(count)),
        _ => Err(format!("a whole number from {} to {}, or `auto`", bounds.start(), bounds.end())),
    }
}

fn read_memory_limit(value: &str, bounds: &RangeInclusive<u64>) -> Result<MemoryLimit, String> {
    match value {
        "auto" => Ok(MemoryLimit::Auto),
        "off" => Ok(MemoryLimit::Off),
        _ => {
            let bytes = parse_size(value).map_err(|expected| format!("{expected}, `auto` or `off`"))?;
            within(bytes, bounds, "a size", |bound| format_size(*bound)).map(MemoryLimit::Bytes)
        }
    }
}

fn any_text(value: &str) -> Result<(), String> {
    if value.chars().any(char::is_control) { Err("text on one line".to_owned()) } else { Ok(()) }
}

/// Instances become part of transactional ids, member ids and directory names.
fn part_of_identity(value: &str) -> Result<(), String> {
    match check_name(value) {
        None => Ok(()),
        Some(NameFault::Empty) => Err("a name, because the host name of this machine is not known".to_owned()),
        Some(_) => Err("1 to 249 characters of letters, digits, `.`, `_` and `-`".to_owned()),
    }
}

/// The prefix alone; prefixed names are checked once more, against the routes.
fn prefix(value: &str) -> Result<(), String> {
    match check_name(value) {
        None | Some(NameFault::Empty | NameFault::Dots) => Ok(()),
        Some(_) => Err("letters, digits, `.`, `_` and `-`".to_owned()),
    }
}

fn log_filter(value: &str) -> Result<(), String> {
    value
        .parse::<tracing_subscriber::filter::Targets>()
        .map(drop)
        .map_err(|_| "directives such as `info` or `warn,my_crate=debug`".to_owned())
}
