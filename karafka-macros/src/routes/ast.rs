//! What was written, before anything is known about its meaning.
//!
//! Values stay tokens here: how a value is read is decided by the option table, not by the token's shape.

use proc_macro2::{Ident, TokenStream, TokenTree};

use crate::diagnostics::Place;

/// One `routes!` block.
#[derive(Default)]
pub(crate) struct Block {
    /// `crate = path;`
    pub(crate) runtime: Option<TokenStream>,
    pub(crate) docs: String,
    pub(crate) visibility: TokenStream,
    /// `None` after an error.
    pub(crate) module: Option<Ident>,
    /// `as "shop"`.
    pub(crate) application: Option<Text>,
    pub(crate) items: Vec<Item>,
}

pub(crate) enum Item {
    Setting(Setting),
    Section(Section),
}

/// `defaults`, a group, a topic or a pattern.
pub(crate) struct Section {
    pub(crate) kind: SectionKind,
    pub(crate) keyword: Ident,
    pub(crate) docs: String,
    pub(crate) name: Name,
    /// `as Ident`.
    pub(crate) alias: Option<Ident>,
    /// `None` for `topic "x";`.
    pub(crate) items: Option<Vec<Item>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SectionKind {
    Defaults,
    ConsumerGroup,
    SubscriptionGroup,
    Topic,
    Pattern,
}

impl SectionKind {
    pub(crate) const ALL: [Self; 5] =
        [Self::Defaults, Self::ConsumerGroup, Self::SubscriptionGroup, Self::Topic, Self::Pattern];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Defaults => "defaults",
            Self::ConsumerGroup => "consumer_group",
            Self::SubscriptionGroup => "subscription_group",
            Self::Topic => "topic",
            Self::Pattern => "pattern",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What a section is called.
pub(crate) enum Name {
    Absent,
    Text(Text),
    /// A path to a constant.
    Path(Tokens),
}

/// A string literal's value.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) value: String,
    pub(crate) place: Place,
}

/// `word;`, `word value;` or `word(arguments);`
pub(crate) struct Setting {
    pub(crate) word: Ident,
    pub(crate) form: Form,
}

pub(crate) enum Form {
    Bare,
    Value(Tokens),
    Arguments(Vec<Argument>, Place),
}

/// `value`, `word: value` or `"key": value`.
pub(crate) struct Argument {
    pub(crate) name: Option<ArgumentName>,
    pub(crate) value: Tokens,
}

impl Argument {
    /// Where its name stands, or its value when it has none.
    pub(crate) fn name_place(&self) -> Place {
        match &self.name {
            Some(ArgumentName::Word(word)) => word.into(),
            Some(ArgumentName::Key(text)) => text.place,
            None => self.value.place,
        }
    }
}

pub(crate) enum ArgumentName {
    Word(Ident),
    Key(Text),
}

/// Tokens of one value, with a place even when there are none.
#[derive(Clone)]
pub(crate) struct Tokens {
    pub(crate) trees: Vec<TokenTree>,
    pub(crate) place: Place,
}

impl Tokens {
    pub(crate) fn stream(&self) -> TokenStream {
        self.trees.iter().cloned().collect()
    }
}
