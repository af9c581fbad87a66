//! The typed configuration: one struct per section. What may be written into each field stands in `keys.rs`.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::entry::Scope;
use super::limits;
use super::shown::shown_property;
use super::source::Source;

/// Everything that differs between environments, resolved and checked.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) application: Application,
    pub(crate) kafka: Kafka,
    pub(crate) swarm: Swarm,
    pub(crate) processing: Processing,
    pub(crate) telemetry: Telemetry,
    /// What was written for each key outside `kafka`, and where; a key that is absent has its built-in default.
    pub(super) written: BTreeMap<&'static str, Given>,
}

/// Identity of this installation. The application's name is not here: it comes from the routes.
#[derive(Debug, Clone)]
pub(crate) struct Application {
    /// Part of every identity the cluster sees. Default: the host name.
    pub(crate) instance: String,
    /// A label such as `production`, in logs and reports.
    pub(crate) environment: String,
    /// Where swarms keep their files; empty for the usual places.
    pub(crate) runtime_dir: String,
    /// Put before every topic name of the routes, except `external` ones. Group names are never prefixed.
    pub(crate) topic_prefix: String,
}

/// librdkafka properties by scope, checked, under their main names.
#[derive(Clone, Default)]
pub(crate) struct Kafka {
    pub(super) common: BTreeMap<String, Given>,
    pub(super) consumer: BTreeMap<String, Given>,
    pub(super) producer: BTreeMap<String, Given>,
    pub(super) admin: BTreeMap<String, Given>,
}

/// A value as text and where it comes from.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) value: String,
    pub(super) source: Source,
}

/// The supervisor and its nodes; `shutdown_timeout` belongs to `server` mode too.
#[derive(Debug, Clone)]
pub(crate) struct Swarm {
    /// `None` is `auto`: see `sizing::node_count`.
    pub(crate) nodes: Option<u32>,
    /// Jobs that still run this long after a stop was asked for are given up, uncommitted.
    pub(crate) shutdown_timeout: Duration,
    /// Private memory of one node.
    pub(crate) memory_limit: MemoryLimit,
    /// From a node's fork until it is up.
    pub(crate) boot_timeout: Duration,
    /// First wait before a crashed node is started again.
    pub(crate) restart_backoff: Duration,
    /// Longest such wait.
    pub(crate) restart_backoff_max: Duration,
}

/// How much private memory a node may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemoryLimit {
    /// Its share of what the control group allows; off without one.
    Auto,
    /// As much as there is.
    Off,
    /// So many bytes.
    Bytes(u64),
}

/// One consuming process.
#[derive(Debug, Clone)]
pub(crate) struct Processing {
    /// Worker threads; `None` is `auto`: see `sizing::concurrency`.
    pub(crate) concurrency: Option<u32>,
    /// Marked progress is committed at least this often.
    pub(crate) commit_interval: Duration,
    /// A commit without an answer after this has failed.
    pub(crate) commit_deadline: Duration,
    /// How long a revocation waits for running handlers.
    pub(crate) drain_timeout: Duration,
    /// Bytes of records that no handler has finished.
    pub(crate) memory: u64,
    /// Payload bytes fetched ahead for each assigned partition.
    pub(crate) partition_buffer: u64,
}

/// Logs.
#[derive(Debug, Clone)]
pub(crate) struct Telemetry {
    /// `tracing` directives: `info,my_crate=debug`.
    pub(crate) log: String,
    /// How a log line looks.
    pub(crate) log_format: LogFormat,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

impl Processing {
    /// What is left of `memory` for records, in bytes: the process itself needs something too.
    pub(crate) fn record_memory(&self) -> u64 {
        self.memory.saturating_sub(limits::PROCESS_MEMORY).max(self.memory / 2)
    }
}

impl Kafka {
    /// What is configured in one scope.
    pub(super) fn of(&self, scope: Scope) -> &BTreeMap<String, Given> {
        match scope {
            Scope::Common => &self.common,
            Scope::Consumer => &self.consumer,
            Scope::Producer => &self.producer,
            Scope::Admin => &self.admin,
        }
    }

    pub(super) fn of_mut(&mut self, scope: Scope) -> &mut BTreeMap<String, Given> {
        match scope {
            Scope::Common => &mut self.common,
            Scope::Consumer => &mut self.consumer,
            Scope::Producer => &mut self.producer,
            Scope::Admin => &mut self.admin,
        }
    }
}

impl Config {
    /// A configuration in which nothing is set yet; only `resolve` makes one, and sets every key from the table.
    pub(super) fn unset() -> Self {
        Self {
            application: Application {
                instance: String::new(),
                environment: String::new(),
                runtime_dir: String::new(),
                topic_prefix: String::new(),
            },
            kafka: Kafka::default(),
            swarm: Swarm {
                nodes: None,
                memory_limit: MemoryLimit::Auto,
                shutdown_timeout: Duration::ZERO,
                boot_timeout: Duration::ZERO,
                restart_backoff: Duration::ZERO,
                restart_backoff_max: Duration::ZERO,
            },
            processing: Processing {
                concurrency: None,
                commit_interval: Duration::ZERO,
                commit_deadline: Duration::ZERO,
                drain_timeout: Duration::ZERO,
                memory: 0,
                partition_buffer: 0,
            },
            telemetry: Telemetry { log: String::new(), log_format: LogFormat::Human },
            written: BTreeMap::new(),
        }
    }

    /// The name that a topic of the routes has in Kafka. `external` dead letter topics do not go through here.
    pub(crate) fn topic_name(&self, name: &str) -> String {
        format!("{}{name}", self.application.topic_prefix)
    }

    /// The brokers to start from, if any are configured.
    pub(crate) fn bootstrap_servers(&self) -> Option<&str> {
        self.kafka.of(Scope::Common).get(BOOTSTRAP_SERVERS).map(|given| given.value.as_str())
    }

    /// Whether the brokers are the embedded one.
    pub(crate) fn is_on_dev_broker(&self) -> bool {
        let given = self.kafka.of(Scope::Common).get(BOOTSTRAP_SERVERS);
        given.is_some_and(|given| matches!(given.source, Source::DevBroker))
    }

    /// Uses the embedded broker: its address, and a short wait for empty fetches unless one is configured.
    pub(crate) fn use_dev_broker(&mut self, bootstrap_servers: &str) {
        let given = |value: String| Given { value, source: Source::DevBroker };
        self.kafka.common.insert(BOOTSTRAP_SERVERS.to_owned(), given(bootstrap_servers.to_owned()));
        if !self.kafka.common.contains_key(FETCH_WAIT) {
            let wait = limits::DEV_BROKER_FETCH_WAIT.as_millis().to_string();
            self.kafka.consumer.entry(FETCH_WAIT.to_owned()).or_insert_with(|| given(wait));
        }
    }
}

pub(super) const BOOTSTRAP_SERVERS: &str = "bootstrap.servers";
pub(super) const FETCH_WAIT: &str = "fetch.wait.max.ms";

/// Values of properties appear only when the allow-list has them.
impl fmt::Debug for Kafka {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut output = formatter.debug_struct("Kafka");
        for scope in Scope::ALL {
            let properties = self.of(scope).iter();
            let shown: BTreeMap<&str, &str> =
                properties.map(|(name, given)| (name.as_str(), shown_property(name, &given.value))).collect();
            output.field(scope.name(), &shown);
        }
        output.finish()
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Config")
            .field("application", &self.application)
            .field("kafka", &self.kafka)
            .field("swarm", &self.swarm)
            .field("processing", &self.processing)
            .field("telemetry", &self.telemetry)
            .finish_non_exhaustive()
    }
}
