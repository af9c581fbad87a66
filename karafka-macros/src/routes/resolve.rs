//! Inheritance: the nearest setting wins, `config` and `kafka` merge by key, and everything is written out.

use proc_macro2::Ident;

use super::chain::Chain;
use super::meaning::Meaning;
use super::model::{
    Config, ConsumerGroup, DeclaredTopic, Multiplexing, PatternType, Periodicity, Policies, Produced, Route, Source,
    SubscriptionGroup, Target, TopicName, Unready, Written,
};
use super::names;
use super::tree::{Group, Layer, Subscription, Topic, Tree};
use crate::diagnostics::{Errors, Place, wording};

/// The parts of a model that come out of inheritance.
#[derive(Default)]
pub(crate) struct Resolved {
    module: Option<Ident>,
    pub(crate) topics: Vec<DeclaredTopic>,
    pub(crate) patterns: Vec<PatternType>,
    pub(crate) groups: Vec<ConsumerGroup>,
    pub(crate) unready: Vec<Unready>,
    /// Types that errors took out: the fallback has them.
    pub(crate) lost_types: Vec<Ident>,
}

/// Resolves the whole tree.
pub(crate) fn resolve(tree: &Tree, module: Option<&Ident>, errors: &mut Errors) -> Resolved {
    let mut resolved = Resolved { module: module.cloned(), ..Resolved::default() };
    resolved.note_unready(&tree.defaults, "`defaults`");
    for group in &tree.groups {
        let at =
            group.name.as_ref().map_or("the implicit group".to_owned(), |(name, _)| format!("consumer group `{name}`"));
        resolved.note_unready(&group.layer, &at);
        let subscription_groups: Vec<SubscriptionGroup> = group
            .subscriptions
            .iter()
            .map(|subscription| resolved.subscription(tree, group, subscription, errors))
            .filter(|subscription| !subscription.routes.is_empty())
            .collect();
        if !subscription_groups.is_empty() {
            resolved.groups.push(consumer_group(group, subscription_groups));
        }
    }
    let repeated = tree.repeated.iter().filter_map(|topic| {
        names::type_name(topic.name.text(), topic.place, topic.alias.as_ref(), &mut Errors::default())
    });
    resolved.lost_types.extend(repeated);
    resolved
}

fn consumer_group(group: &Group, subscription_groups: Vec<SubscriptionGroup>) -> ConsumerGroup {
    let chain = Chain(vec![&group.layer]);
    ConsumerGroup {
        name: group.name.as_ref().map(|(name, _)| name.clone()),
        docs: group.docs.clone(),
        membership: chain.word("membership", "dynamic"),
        protocol: chain.word("protocol", "consumer"),
        subscription_groups,
    }
}

impl Resolved {
    fn note_unready(&mut self, layer: &Layer, at: &str) {
        for option in layer.settings.iter().flat_map(|checked| &checked.unready) {
            self.unready.push(Unready { option: option.clone(), at: at.to_owned() });
        }
    }

    fn subscription(
        &mut self,
        tree: &Tree,
        group: &Group,
        subscription: &Subscription,
        errors: &mut Errors,
    ) -> SubscriptionGroup {
        if let Some((name, _)) = &subscription.name {
            self.note_unready(&subscription.layer, &format!("subscription group `{name}`"));
        } else {
            self.note_unready(&subscription.layer, "a subscription group without a name");
        }
        let routes: Vec<Route> = subscription
            .topics
            .iter()
            .filter_map(|topic| {
                let chain = Chain(vec![&topic.layer, &subscription.layer, &group.layer, &tree.defaults]);
                self.topic(&chain, topic, errors)
            })
            .collect();
        let chain = Chain(vec![&subscription.layer, &group.layer]);
        SubscriptionGroup {
            name: subscription.name.as_ref().map(|(name, _)| name.clone()),
            docs: subscription.docs.clone(),
            multiplexing: multiplexing(&chain),
            isolation: chain.word("isolation", "read_committed"),
            nodes: match chain.meaning("nodes") {
                Some(Meaning::Nodes(slots)) => Some(slots.clone()),
                _ => None,
            },
            assign: match chain.meaning("assign") {
                Some(Meaning::Assign(assign)) => Some(assign.clone()),
                _ => None,
            },
            places: chain.places(),
            kafka: chain.properties("kafka", |meaning| match meaning {
                Meaning::Kafka(properties) => Some(properties),
                _ => None,
            }),
            routes,
        }
    }

    fn topic(&mut self, chain: &Chain<'_>, topic: &Topic, errors: &mut Errors) -> Option<Route> {
        let noun = if topic.is_pattern { "pattern" } else { "topic" };
        let at = format!("{noun} `{}`", topic.name.text());
        self.note_unready(&topic.layer, &at);
        let own = Chain(vec![&topic.layer]);
        let consumer = match own.meaning("consumer") {
            Some(Meaning::Consumer(consumer)) => Some(consumer.clone()),
            _ => None,
        };
        if own.checked("consumer").is_none() {
            without_consumer(topic, noun, errors);
        }
        let source = if topic.is_pattern {
            self.unready.push(Unready { option: "pattern".to_owned(), at });
            self.pattern(topic, errors);
            Source::Pattern(topic.name.text().to_owned())
        } else {
            let produced = match own.meaning("produce") {
                Some(Meaning::Produce(produced)) => Some(produced.clone()),
                _ => None,
            };
            Source::Topic(self.declare(chain, topic, consumer.as_ref(), produced, errors)?)
        };
        let policies = policies(chain, topic, self.module.as_ref());
        let places = chain.places();
        consumer.map(|consumer| Route { source, docs: topic.docs.clone(), consumer, policies, places })
    }

    fn pattern(&mut self, topic: &Topic, errors: &mut Errors) {
        let glob = topic.name.text().to_owned();
        if let Some(alias) = &topic.alias
            && let Some(type_name) = names::type_name(&glob, topic.place, Some(alias), errors)
        {
            self.patterns.push(PatternType { type_name, glob, docs: topic.docs.clone() });
        }
    }

    /// The index of the declared topic, made or extended.
    fn declare(
        &mut self,
        chain: &Chain<'_>,
        topic: &Topic,
        consumer: Option<&Written>,
        produced: Option<Produced>,
        errors: &mut Errors,
    ) -> Option<usize> {
        let sensitive = matches!(chain.meaning("sensitive"), Some(Meaning::Sensitive(true)));
        let config = chain.config();
        let key = topic.name.key();
        if let Some(index) = self.topics.iter().position(|declared| declared.name.key() == key) {
            let declared = &mut self.topics[index];
            self.lost_types.extend(same_type_name(declared, topic, errors));
            merge_config(&mut declared.config, config, &topic.name, errors);
            declared.consumers.extend(consumer.cloned());
            declared.produced.extend(produced);
            declared.sensitive |= sensitive;
            if declared.docs.is_empty() {
                declared.docs.clone_from(&topic.docs);
            }
            return Some(index);
        }
        let type_name: Ident = names::type_name(topic.name.text(), topic.place, topic.alias.as_ref(), errors)?;
        self.topics.push(DeclaredTopic {
            name: topic.name.clone(),
            place: topic.place,
            type_name,
            docs: topic.docs.clone(),
            config,
            consumers: consumer.into_iter().cloned().collect(),
            produced: produced.into_iter().collect(),
            sensitive,
        });
        Some(self.topics.len() - 1)
    }
}

/// The same topic in two groups is one type; the other one, when there is one.
fn same_type_name(declared: &DeclaredTopic, topic: &Topic, errors: &mut Errors) -> Option<Ident> {
    let alias = topic.alias.as_ref().filter(|alias| **alias != declared.type_name)?;
    let (first, second) = (declared.type_name.to_string(), alias.to_string());
    errors.report(&declared.type_name, wording::two_type_names(topic.name.text(), &first, &second));
    errors.report(alias, wording::two_type_names(topic.name.text(), &second, &first));
    Some(crate::hygiene::named(alias))
}

fn merge_config(config: &mut Config, other: Config, name: &TopicName, errors: &mut Errors) {
    let mut one = |mine: &mut Option<(u64, Place)>, other: Option<(u64, Place)>, word: &str| match (*mine, other) {
        (Some((a, first)), Some((b, second))) if a != b => {
            errors.report(first, wording::two_configs(name.text(), word));
            errors.report(second, wording::two_configs(name.text(), word));
        }
        (None, Some(value)) => *mine = Some(value),
        _ => {}
    };
    one(&mut config.partitions, other.partitions, "partitions");
    one(&mut config.replication_factor, other.replication_factor, "replication_factor");
    for property in other.properties {
        match config.properties.iter().find(|known| known.key == property.key) {
            Some(known) if known.value != property.value => {
                errors.report(known.place, wording::two_configs(name.text(), &property.key));
                errors.report(property.place, wording::two_configs(name.text(), &property.key));
            }
            Some(_) => {}
            None => config.properties.push(property),
        }
    }
}

/// Settings about consuming say nothing for a topic that is not consumed here.
fn without_consumer(topic: &Topic, noun: &str, errors: &mut Errors) {
    if topic.is_pattern {
        errors.report(topic.place, wording::pattern_without_consumer());
        return;
    }
    let said = topic.layer.settings.iter().filter(|checked| checked.specification.consumption && !checked.guessed);
    for checked in said {
        errors.report(checked.place, wording::no_consumer(checked.specification.word, noun, topic.name.text()));
    }
}

fn multiplexing(chain: &Chain<'_>) -> Option<Multiplexing> {
    match chain.meaning("multiplexing") {
        Some(Meaning::Multiplexing(multiplexing)) => Some(multiplexing.clone()),
        _ => None,
    }
}

/// Everything that decides about the records of one topic.
fn policies(chain: &Chain<'_>, topic: &Topic, module: Option<&Ident>) -> Policies {
    let mut policies = Policies::default();
    for word in super::grammar::OPTIONS.iter().map(|option| option.word) {
        match chain.meaning(word) {
            Some(Meaning::ManualOffsets(on)) => policies.manual_offsets = *on,
            Some(Meaning::ExactlyOnce(on)) => policies.exactly_once = *on,
            Some(Meaning::MaxMessages(count)) => policies.max_messages = Some(*count),
            Some(Meaning::MaxWaitTime(time)) => policies.max_wait_time = Some(*time),
            Some(Meaning::InitialOffset(offset)) => policies.initial_offset = Some(*offset),
            Some(Meaning::Pause(pause)) => policies.pause = Some(pause.clone()),
            Some(Meaning::HandlerTimeout(time)) => policies.handler_timeout = Some(*time),
            Some(Meaning::Parallel(parallel)) => policies.parallel = Some(parallel.clone()),
            Some(Meaning::Priority(word)) => policies.priority = Some(word),
            Some(Meaning::Periodic(periodic)) => policies.periodic = Periodicity::Every(periodic.clone()),
            Some(Meaning::Off) if word == "periodic" => policies.periodic = Periodicity::Never,
            Some(Meaning::DeadLetterQueue(queue)) => policies.dead_letter_queue = Some(queue.clone()),
            _ => {}
        }
    }
    let inherited = !topic.layer.settings.iter().any(|checked| checked.specification.word == "dead_letter_queue");
    let type_name = || topic.alias.as_ref().map(ToString::to_string).or_else(|| names::identifier(topic.name.text()));
    let own_target = |target: &Target| match (target, module) {
        (Target::Name(name), _) => name == topic.name.text(),
        (Target::Type(path), Some(module)) => type_name().is_some_and(|name| path.names_type(module, &name)),
        _ => false,
    };
    if inherited && policies.dead_letter_queue.as_ref().is_some_and(|queue| own_target(&queue.target)) {
        policies.dead_letter_queue = None;
    }
    if policies.exactly_once && policies.handler_timeout.is_none() {
        policies.handler_timeout = Some(std::time::Duration::from_secs(30));
    }
    policies
}
