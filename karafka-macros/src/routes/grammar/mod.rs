//! The option table: one value that says what every word is called, where it is legal, how its value is read, what it
//! means and whether its runtime is ready. The parser, the suggestions and the reference page all come from it.

mod options;

use super::ast::SectionKind;

pub(crate) use options::OPTIONS;

/// One word of the language.
#[derive(Debug)]
pub(crate) struct Specification {
    pub(crate) word: &'static str,
    pub(crate) levels: &'static [Level],
    pub(crate) kind: Kind,
    pub(crate) readiness: Readiness,
    /// Whether it says something about consuming, so that a topic without a consumer cannot have it.
    pub(crate) consumption: bool,
    pub(crate) default: &'static str,
    pub(crate) example: &'static str,
    pub(crate) doc: &'static str,
}

/// Where a word may stand. A word that is legal at `Topic` and above is a default for the topics below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    ConsumerGroup,
    SubscriptionGroup,
    Topic,
}

impl Level {
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::ConsumerGroup => "consumer group",
            Self::SubscriptionGroup => "subscription group",
            Self::Topic => "topic",
        }
    }
}

/// How a word's value is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// A type.
    Type,
    /// A type, or `(Type, codec: Codec)`.
    Produce,
    /// Nothing, `true` or `false`.
    Switch,
    /// One value.
    Value(ValueKind),
    /// `(name: value, ..)`.
    Arguments { arguments: &'static [ArgumentSpecification], bare: bool, switch: bool },
    /// `(0, 1)` or `(0..=1)`.
    Slots,
    /// `(0, 1)`, `(0..4)` or `(all)`.
    Assign,
    /// `("key": value, ..)`, and these named arguments.
    Properties { arguments: &'static [ArgumentSpecification] },
}

/// How one value is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ValueKind {
    Integer {
        min: u64,
        max: u64,
    },
    Duration {
        min_millis: u64,
    },
    Switch,
    Words(&'static [&'static str]),
    /// `earliest`, `latest` or `ago(1h)`.
    InitialOffset,
    /// `"name"`, a topic type, `external("name")` or `none`.
    DeadLetterTarget,
    /// `key`, `none` or a path to a function.
    LaneKey,
    /// A path to a function.
    Path,
    Type,
}

/// One named argument of a word.
#[derive(Debug)]
#[cfg_attr(not(test), expect(dead_code, reason = "the reference page shows defaults and meanings"))]
pub(crate) struct ArgumentSpecification {
    pub(crate) name: &'static str,
    pub(crate) kind: ValueKind,
    pub(crate) required: bool,
    pub(crate) readiness: Readiness,
    pub(crate) default: &'static str,
    pub(crate) example: &'static str,
    pub(crate) doc: &'static str,
}

/// Whether the runtime does what the word says. A word that is not ready is checked and carried; booting with it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readiness {
    Ready,
    NotReady,
    /// Every value but this one is ready.
    NotReadyWith(&'static str),
}

impl Specification {
    /// Whether it is a setting of topics, and may so stand in `defaults`.
    pub(crate) fn is_inherited(&self) -> bool {
        self.levels.contains(&Level::Topic) && !matches!(self.kind, Kind::Type | Kind::Produce)
    }

    /// The named arguments.
    pub(crate) fn arguments(&self) -> &'static [ArgumentSpecification] {
        match self.kind {
            Kind::Arguments { arguments, .. } | Kind::Properties { arguments } => arguments,
            Kind::Produce => options::PRODUCE,
            _ => &[],
        }
    }
}

/// The option called `word`.
pub(crate) fn option_named(word: &str) -> Option<&'static Specification> {
    OPTIONS.iter().find(|option| option.word == word)
}

/// Whether `word` begins an item.
pub(crate) fn is_known(word: &str) -> bool {
    option_named(word).is_some() || SectionKind::of(word).is_some()
}

/// Whether `word` is a value of `option`, although it also begins items.
pub(crate) fn takes_word(option: &str, word: &str) -> bool {
    match option_named(option).map(|option| option.kind) {
        Some(Kind::Value(ValueKind::Words(words))) => words.contains(&word),
        _ => false,
    }
}

/// Whether the option called `word` says something by itself.
pub(crate) fn may_be_bare(word: &str) -> bool {
    let kind = option_named(word).map(|option| option.kind);
    matches!(kind, Some(Kind::Switch | Kind::Arguments { bare: true, .. }))
}

/// Every word that begins an item.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    OPTIONS.iter().map(|option| option.word).chain(SectionKind::ALL.map(SectionKind::word))
}
