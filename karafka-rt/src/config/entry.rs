//! A key and its value as one source gave them, not yet known to be right.

use super::source::Source;
use super::{keys, property};

/// One setting of one source.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) target: Target,
    pub(super) value: String,
    pub(super) source: Source,
}

/// What a setting is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// A key of the table, by its name.
    Key(&'static str),
    /// A librdkafka property, by its main name.
    Property(Scope, &'static str),
}

/// Whose librdkafka property it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// Every client's.
    Common,
    Consumer,
    Producer,
    Admin,
}

impl Scope {
    pub(crate) const ALL: [Self; 4] = [Self::Common, Self::Consumer, Self::Producer, Self::Admin];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Common => "common",
            Self::Consumer => "consumer",
            Self::Producer => "producer",
            Self::Admin => "admin",
        }
    }

    /// What a key of this scope begins with.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Common => "kafka.",
            Self::Consumer => "kafka.consumer.",
            Self::Producer => "kafka.producer.",
            Self::Admin => "kafka.admin.",
        }
    }
}

/// Why a name is not a target.
pub(super) enum NotATarget {
    /// Nothing has this name; what to write instead, if that is known.
    Unknown(Option<String>),
    /// It may not be set; what to do instead.
    Refused(String),
}

impl Target {
    /// Reads a dotted key.
    pub(super) fn parse(key: &str) -> Result<Self, NotATarget> {
        match key.strip_prefix("kafka.") {
            Some(rest) => {
                let (scope, name) = split_scope(rest, '.');
                Self::property(scope, name)
            }
            None => keys::find(key).map(|key| Self::Key(key.name)).ok_or_else(|| NotATarget::Unknown(instead_of(key))),
        }
    }

    /// A librdkafka property, if it may be set in this scope.
    pub(super) fn property(scope: Scope, name: &str) -> Result<Self, NotATarget> {
        let Some(property) = property::find(name) else {
            let instead = keys::find(name).map(|key| format!("did you mean `{}`?", key.name));
            return Err(NotATarget::Unknown(instead.or_else(|| property::instead_of_unknown(name))));
        };
        match property.refusal(scope) {
            Some(instead) => Err(NotATarget::Refused(instead)),
            None => Ok(Self::Property(scope, property.main_name())),
        }
    }

    /// The key as it is written in a file or with `--set`.
    pub(super) fn name(self) -> String {
        match self {
            Self::Key(name) => name.to_owned(),
            Self::Property(scope, name) => format!("{}{name}", scope.prefix()),
        }
    }
}

/// Splits `consumer.fetch.max.bytes` (or `CONSUMER_FETCH_..`, lower-cased) into its scope and the property.
pub(super) fn split_scope(rest: &str, separator: char) -> (Scope, &str) {
    for (word, scope) in [("consumer", Scope::Consumer), ("producer", Scope::Producer), ("admin", Scope::Admin)] {
        if let Some(name) = rest.strip_prefix(word).and_then(|name| name.strip_prefix(separator)) {
            return (scope, name.trim_start_matches(separator));
        }
    }
    (Scope::Common, rest)
}

/// The nearest key; for a key in an unknown section, the nearest section; for a bare property, where it belongs.
fn instead_of(key: &str) -> Option<String> {
    if property::find(key).is_some() {
        return Some(format!("did you mean `kafka.{key}`?"));
    }
    let section = key.split('.').next().unwrap_or(key);
    if !keys::SECTIONS.contains(&section) {
        let nearest = super::suggest::nearest(section, keys::SECTIONS.iter().copied());
        return Some(match nearest {
            Some(nearest) => format!("did you mean section `{nearest}`?"),
            None => format!("the sections are {}", keys::SECTIONS.join(", ")),
        });
    }
    super::suggest::nearest(key, keys::KEYS.iter().map(|key| key.name))
        .map(|nearest| format!("did you mean `{nearest}`?"))
}
