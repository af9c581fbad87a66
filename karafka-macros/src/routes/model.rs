//! What the block means: everything resolved, nothing left to inherit or to look up.

use std::time::Duration;

use proc_macro2::{Ident, TokenStream};

use super::numbers::Measure;
use crate::diagnostics::Place;

/// A checked block.
pub(crate) struct Model {
    pub(crate) runtime: TokenStream,
    pub(crate) docs: String,
    pub(crate) visibility: TokenStream,
    pub(crate) module: Ident,
    pub(crate) application: String,
    pub(crate) topics: Vec<DeclaredTopic>,
    /// Types of patterns: they name what is consumed, and nothing can be produced to them.
    pub(crate) patterns: Vec<PatternType>,
    /// Groups with at least one route; the implicit one first.
    pub(crate) groups: Vec<ConsumerGroup>,
    pub(crate) unready: Vec<Unready>,
    /// Types that errors took out: only the fallback has them.
    pub(crate) lost_types: Vec<Ident>,
}

pub(crate) struct PatternType {
    pub(crate) type_name: Ident,
    pub(crate) glob: String,
    pub(crate) docs: String,
}

/// A type or path as it was written.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) tokens: TokenStream,
    pub(crate) text: String,
    pub(crate) place: Place,
}

impl Written {
    /// Whether it is the path of a generated type as it is usually written: `shop::Orders`.
    pub(crate) fn names_type(&self, module: &Ident, type_name: &str) -> bool {
        let path = self.text.strip_prefix("self::").unwrap_or(&self.text);
        path.strip_prefix(module.to_string().as_str()).and_then(|rest| rest.strip_prefix("::")) == Some(type_name)
    }
}

#[derive(Clone)]
pub(crate) enum TopicName {
    Text(String),
    /// A constant; known to the compiler only.
    Constant(Written),
}

impl TopicName {
    /// Equal for the same name; constants are compared as they are written.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Constant(path) => format!("= {}", path.text),
        }
    }

    /// For sentences.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Constant(path) => &path.text,
        }
    }
}

/// A topic of the block, once, however many groups name it.
pub(crate) struct DeclaredTopic {
    pub(crate) name: TopicName,
    pub(crate) place: Place,
    pub(crate) type_name: Ident,
    pub(crate) docs: String,
    pub(crate) config: Config,
    /// Consumers first: `payload` of the first decides, the others must say the same.
    pub(crate) consumers: Vec<Written>,
    pub(crate) produced: Vec<Produced>,
    pub(crate) sensitive: bool,
}

#[derive(Clone)]
pub(crate) struct Produced {
    pub(crate) payload: Written,
    /// `None`: Json.
    pub(crate) codec: Option<Written>,
}

pub(crate) struct ConsumerGroup {
    pub(crate) name: Option<String>,
    pub(crate) docs: String,
    pub(crate) membership: &'static str,
    pub(crate) protocol: &'static str,
    pub(crate) subscription_groups: Vec<SubscriptionGroup>,
}

pub(crate) struct SubscriptionGroup {
    pub(crate) name: Option<String>,
    pub(crate) docs: String,
    pub(crate) multiplexing: Option<Multiplexing>,
    pub(crate) isolation: &'static str,
    pub(crate) nodes: Option<Vec<u64>>,
    pub(crate) assign: Option<Assign>,
    pub(crate) places: Places,
    pub(crate) kafka: Vec<Property>,
    pub(crate) routes: Vec<Route>,
}

pub(crate) enum Source {
    /// An index of [`Model::topics`].
    Topic(usize),
    Pattern(String),
}

pub(crate) struct Route {
    pub(crate) source: Source,
    pub(crate) docs: String,
    pub(crate) consumer: Written,
    pub(crate) policies: Policies,
    pub(crate) places: Places,
}

/// Where the settings stand that apply, inherited ones included.
#[derive(Default)]
pub(crate) struct Places(Vec<(&'static str, Place)>);

impl Places {
    pub(crate) fn new(places: Vec<(&'static str, Place)>) -> Self {
        Self(places)
    }

    pub(crate) fn of(&self, word: &str) -> Option<Place> {
        self.0.iter().find(|(known, _)| *known == word).map(|(_, place)| *place)
    }
}

/// Settings that were made; what is `None` keeps the runtime's default.
#[derive(Default)]
pub(crate) struct Policies {
    pub(crate) manual_offsets: bool,
    pub(crate) exactly_once: bool,
    pub(crate) max_messages: Option<u64>,
    pub(crate) max_wait_time: Option<Duration>,
    pub(crate) initial_offset: Option<InitialOffset>,
    pub(crate) pause: Option<Pause>,
    pub(crate) dead_letter_queue: Option<DeadLetterQueue>,
    pub(crate) periodic: Periodicity,
    pub(crate) handler_timeout: Option<Duration>,
    pub(crate) parallel: Option<Parallel>,
    pub(crate) priority: Option<&'static str>,
}

/// Whether the topic ticks, and whether that was said.
#[derive(Clone, Default)]
pub(crate) enum Periodicity {
    #[default]
    Unsaid,
    /// `periodic false;`
    Never,
    Every(Periodic),
}

#[derive(Clone, Debug)]
pub(crate) struct Multiplexing {
    pub(crate) min: u64,
    pub(crate) max: u64,
    pub(crate) boot: u64,
    pub(crate) scale_delay: Duration,
    pub(crate) max_place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InitialOffset {
    Earliest,
    Latest,
    Ago(Duration),
}

#[derive(Clone, Debug)]
pub(crate) struct Pause {
    pub(crate) timeout: Duration,
    pub(crate) max_timeout: Duration,
    pub(crate) exponential: bool,
}

#[derive(Clone)]
pub(crate) struct DeadLetterQueue {
    pub(crate) target: Target,
    pub(crate) target_place: Place,
    pub(crate) max_retries: u64,
    pub(crate) independent: bool,
    pub(crate) isolate: bool,
    pub(crate) oversized: &'static str,
    pub(crate) policy: Option<Written>,
}

/// Where dead letters go.
#[derive(Clone)]
pub(crate) enum Target {
    /// A topic of this block by name.
    Name(String),
    /// A topic type, of this block or another.
    Type(Written),
    External(String),
    Skip,
}

#[derive(Clone, Debug)]
pub(crate) struct Periodic {
    pub(crate) interval: Duration,
    pub(crate) during_pause: bool,
    pub(crate) during_retry: bool,
}

#[derive(Clone)]
pub(crate) struct Parallel {
    pub(crate) by: LaneKey,
    /// `None`: as many as the runtime chooses for async handlers.
    pub(crate) lanes: Option<u64>,
    /// Where `parallel` stands.
    pub(crate) place: Place,
}

#[derive(Clone)]
pub(crate) enum LaneKey {
    Key,
    Any,
    Function(Written),
}

#[derive(Clone, Debug)]
pub(crate) enum Assign {
    Partitions(Vec<u64>),
    All,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    pub(crate) partitions: Option<(u64, Place)>,
    pub(crate) replication_factor: Option<(u64, Place)>,
    pub(crate) properties: Vec<Property>,
}

#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) key: String,
    pub(crate) value: PropertyValue,
    /// Where the key stands.
    pub(crate) place: Place,
    pub(crate) value_place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PropertyValue {
    Text(String),
    Integer { amount: i64, measure: Measure },
    Switch(bool),
}

/// An option whose runtime is not ready, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unready {
    pub(crate) option: String,
    pub(crate) at: String,
}
