//! The block as groups of topics with their settings read: what stands where, before anything is inherited.

use proc_macro2::Ident;

use super::ast::{Block, Item, Name, Section, SectionKind, Setting};
use super::grammar::{self, Level, Specification};
use super::meaning::Meaning;
use super::model::TopicName;
use super::names;
use super::{readiness, settings, values};
use crate::diagnostics::{Errors, Place, nearest, wording};

/// Settings that stand at one place.
#[derive(Default)]
pub(crate) struct Layer {
    pub(crate) settings: Vec<Checked>,
}

/// A setting that was read.
pub(crate) struct Checked {
    pub(crate) specification: &'static Specification,
    pub(crate) place: Place,
    pub(crate) meaning: Option<Meaning>,
    pub(crate) unready: Vec<String>,
    /// Its word was misspelt: an error already, so nothing else is said about it.
    pub(crate) guessed: bool,
}

#[derive(Default)]
pub(crate) struct Tree {
    /// `defaults` of the block.
    pub(crate) defaults: Layer,
    /// The implicit group first.
    pub(crate) groups: Vec<Group>,
    /// Topics that are named a second time: errors already, whose types are nevertheless used.
    pub(crate) repeated: Vec<Topic>,
}

#[derive(Default)]
pub(crate) struct Group {
    /// `None` for the implicit group.
    pub(crate) name: Option<(String, Place)>,
    pub(crate) docs: String,
    pub(crate) layer: Layer,
    /// The unnamed one that topics of the group share comes first.
    pub(crate) subscriptions: Vec<Subscription>,
}

#[derive(Default)]
pub(crate) struct Subscription {
    pub(crate) name: Option<(String, Place)>,
    pub(crate) docs: String,
    pub(crate) layer: Layer,
    pub(crate) topics: Vec<Topic>,
}

pub(crate) struct Topic {
    pub(crate) is_pattern: bool,
    pub(crate) name: TopicName,
    pub(crate) place: Place,
    pub(crate) alias: Option<Ident>,
    pub(crate) docs: String,
    pub(crate) layer: Layer,
}

impl Topic {
    /// Whether it has a `consumer`.
    pub(crate) fn consumes(&self) -> bool {
        self.layer.settings.iter().any(|setting| setting.specification.word == "consumer")
    }
}

impl Group {
    pub(crate) fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.subscriptions.iter().flat_map(|subscription| &subscription.topics)
    }
}

/// Reads all settings and puts topics where they belong.
pub(crate) fn grow(block: &Block, errors: &mut Errors) -> Tree {
    let mut tree = Tree::default();
    let mut implicit = Group { subscriptions: vec![Subscription::default()], ..Group::default() };
    for item in &block.items {
        match item {
            Item::Setting(setting) => {
                read_setting(setting, Level::ConsumerGroup, "the whole block", &mut implicit.layer, errors);
            }
            Item::Section(section) => match section.kind {
                SectionKind::Defaults => defaults(section, &mut tree.defaults, errors),
                SectionKind::ConsumerGroup => tree.groups.extend(consumer_group(section, errors)),
                _ => group_item(section, &mut implicit, errors),
            },
        }
    }
    tree.groups.insert(0, implicit);
    tree
}

/// A group of its own, and those that stand in it by mistake.
fn consumer_group(section: &Section, errors: &mut Errors) -> Vec<Group> {
    // Without a name there is an error already: the topics inside count nevertheless.
    let name = names::of_group(section, errors).unwrap_or((String::new(), Place::from(&section.keyword)));
    let mut group = Group {
        name: Some(name),
        docs: section.docs.clone(),
        subscriptions: vec![Subscription::default()],
        ..Group::default()
    };
    let mut misplaced = Vec::new();
    let Some(items) = &section.items else { return misplaced };
    for item in items {
        match item {
            Item::Setting(setting) => {
                read_setting(setting, Level::ConsumerGroup, "a consumer group", &mut group.layer, errors);
            }
            Item::Section(inner) => match inner.kind {
                SectionKind::Defaults => defaults(inner, &mut group.layer, errors),
                SectionKind::ConsumerGroup => {
                    errors.report(&inner.keyword, wording::group_in_group());
                    misplaced.extend(consumer_group(inner, errors));
                }
                _ => group_item(inner, &mut group, errors),
            },
        }
    }
    misplaced.insert(0, group);
    misplaced
}

/// A topic, pattern or subscription group of `group`.
fn group_item(section: &Section, group: &mut Group, errors: &mut Errors) {
    if section.kind == SectionKind::SubscriptionGroup {
        group.subscriptions.extend(subscription_group(section, errors));
    } else {
        group.subscriptions[0].topics.extend(topic(section, errors));
    }
}

fn subscription_group(section: &Section, errors: &mut Errors) -> Option<Subscription> {
    let name = names::of_group(section, errors);
    let mut group = Subscription { name, docs: section.docs.clone(), ..Subscription::default() };
    for item in section.items.as_ref()? {
        match item {
            Item::Setting(setting) => {
                read_setting(setting, Level::SubscriptionGroup, "a subscription group", &mut group.layer, errors);
            }
            Item::Section(inner) => match inner.kind {
                SectionKind::Defaults => defaults(inner, &mut group.layer, errors),
                SectionKind::Topic | SectionKind::Pattern => group.topics.extend(topic(inner, errors)),
                SectionKind::ConsumerGroup | SectionKind::SubscriptionGroup => {
                    errors.report(&inner.keyword, wording::group_too_deep(inner.kind.word()));
                    group.topics.extend(misplaced_topics(inner));
                }
            },
        }
    }
    if group.topics.is_empty() {
        errors.report(&section.keyword, wording::group_empty("subscription group"));
    }
    Some(group)
}

/// Topics of a section that stands where it cannot: they keep their types, and nothing more is said about them.
fn misplaced_topics(section: &Section) -> Vec<Topic> {
    let mut ignored = Errors::default();
    if matches!(section.kind, SectionKind::Topic | SectionKind::Pattern) {
        return topic(section, &mut ignored);
    }
    let inner = section.items.iter().flatten().filter_map(|item| match item {
        Item::Section(inner) => Some(inner),
        Item::Setting(_) => None,
    });
    inner.flat_map(misplaced_topics).collect()
}

/// A topic, and those that stand in it by mistake.
fn topic(section: &Section, errors: &mut Errors) -> Vec<Topic> {
    let mut layer = Layer::default();
    let mut topics = Vec::new();
    for item in section.items.iter().flatten() {
        match item {
            Item::Setting(setting) => read_setting(setting, Level::Topic, "a topic", &mut layer, errors),
            Item::Section(inner) => {
                errors.report(&inner.keyword, wording::section_in_topic(inner.kind.word()));
                topics.extend(misplaced_topics(inner));
            }
        }
    }
    let is_pattern = section.kind == SectionKind::Pattern;
    let (name, place) = match &section.name {
        Name::Text(text) if is_pattern => (TopicName::Text(text.value.clone()), text.place),
        Name::Text(text) => {
            names::check(text, errors);
            (TopicName::Text(text.value.clone()), text.place)
        }
        Name::Path(tokens) => (TopicName::Constant(values::written(tokens)), tokens.place),
        Name::Absent => return topics,
    };
    if is_pattern && section.alias.is_none() {
        errors.report(place, wording::pattern_alias());
    }
    let (alias, docs) = (section.alias.clone(), section.docs.clone());
    topics.insert(0, Topic { is_pattern, name, place, alias, docs, layer });
    topics
}

/// `defaults { .. }`: settings of topics.
fn defaults(section: &Section, layer: &mut Layer, errors: &mut Errors) {
    for item in section.items.iter().flatten() {
        let setting = match item {
            Item::Setting(setting) => setting,
            Item::Section(inner) => {
                errors.report(&inner.keyword, wording::section_in_defaults(inner.kind.word()));
                continue;
            }
        };
        let word = setting.word.to_string();
        let refused = grammar::option_named(&word).filter(|option| !option.is_inherited());
        match refused {
            Some(option) => errors.report(&setting.word, wording::not_in_defaults(option)),
            None => read_setting(setting, Level::Topic, "a topic", layer, errors),
        }
    }
}

/// Reads one setting into `layer`: unknown, misplaced and repeated words are reported.
fn read_setting(setting: &Setting, level: Level, here: &str, layer: &mut Layer, errors: &mut Errors) {
    let word = setting.word.to_string();
    let Some(specification) = grammar::option_named(&word) else {
        let near = nearest(&word, grammar::words());
        errors.report(&setting.word, wording::unknown_word(&word, near));
        if let Some(specification) = near.and_then(grammar::option_named) {
            guess(specification, setting, level, layer);
        }
        return;
    };
    let place = Place::from(&setting.word);
    layer.settings.retain(|checked| !(checked.guessed && checked.specification.word == word));
    if !specification.levels.contains(&level) {
        errors.report(place, wording::misplaced(specification, here));
        return;
    }
    if let Some(first) = layer.settings.iter().find(|checked| checked.specification.word == specification.word) {
        errors.report(first.place, wording::setting_twice_first(specification.word));
        errors.report(place, wording::setting_twice_again(specification.word));
        return;
    }
    let meaning = settings::read(specification, setting, errors);
    let unready = readiness::unready(specification, setting);
    layer.settings.push(Checked { specification, place, meaning, unready, guessed: false });
}

/// A misspelt word means what it resembles, so that nothing else is said because of it and the public names stay.
fn guess(specification: &'static Specification, setting: &Setting, level: Level, layer: &mut Layer) {
    let known = layer.settings.iter().any(|checked| checked.specification.word == specification.word);
    if known || !specification.levels.contains(&level) {
        return;
    }
    let meaning = settings::read(specification, setting, &mut Errors::default());
    let place = Place::from(&setting.word);
    layer.settings.push(Checked { specification, place, meaning, unready: Vec::new(), guessed: true });
}
