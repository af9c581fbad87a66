//! Routes (consumed topics) and declared topics.

use super::policies::Policies;

/// A topic or pattern with a consumer.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// Where records come from.
    pub source: Source,
    /// The doc comment.
    pub docs: &'static str,
    /// Everything that decides what happens to a record.
    pub policies: Policies,
    /// The consumer's index in `Routes::consumers`.
    pub consumer: usize,
    /// The consumer type as it was written in the block.
    pub consumer_name: &'static str,
}

/// Where a route's records come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// One topic.
    Topic(&'static str),
    /// Every topic whose name matches the glob (`*` only).
    Pattern(&'static str),
}

impl Source {
    /// The topic name or the glob, as written.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Topic(text) | Self::Pattern(text) => text,
        }
    }
}

/// A topic named in the block.
#[derive(Debug, Clone, Copy)]
pub struct DeclaredTopic {
    /// Its name, before any prefix.
    pub name: &'static str,
    /// The generated unit type.
    pub type_name: &'static str,
    /// The doc comment.
    pub docs: &'static str,
    /// `config(partitions: ..)`.
    pub partitions: Option<u32>,
    /// `config(replication_factor: ..)`.
    pub replication_factor: Option<u16>,
    /// Topic settings, merged by key.
    pub config: &'static [Property],
    /// Whether the block declares that it writes this topic (`produce`).
    pub produced: bool,
    /// Payloads are hidden in the UI, logs and exports.
    pub sensitive: bool,
}

/// A key and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Property {
    /// The key as Kafka or librdkafka spells it.
    pub key: &'static str,
    /// The value.
    pub value: Value,
}

/// A property value. Durations are milliseconds and sizes are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Str(&'static str),
    /// A whole number.
    Int(i64),
    /// A switch.
    Bool(bool),
}

impl core::fmt::Display for Value {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Str(text) => formatter.write_str(text),
            Self::Int(number) => write!(formatter, "{number}"),
            Self::Bool(switch) => write!(formatter, "{switch}"),
        }
    }
}

/// An option that parses and is checked, but whose runtime is not ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unready {
    /// The option, `parallel` or `dead_letter_queue(isolate)`.
    pub option: &'static str,
    /// Where it stands: "topic `orders`".
    pub at: &'static str,
}
