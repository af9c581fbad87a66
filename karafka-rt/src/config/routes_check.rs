//! What the routes need from this environment: names that are legal with the prefix, properties that librdkafka takes, options
//! whose runtime is ready, blocks that run together, and slots that exist.

use std::collections::BTreeMap;

use super::clients::group_text;
use super::entry::{NotATarget, Scope, Target};
use super::error::{ConfigError, ConfigErrors};
use super::load::{Purpose, checked_property};
use super::rules;
use super::settings::Config;
use super::source::Source;
use crate::topology::{self, DeclaredTopic, NameFault, Nodes, SubscriptionGroup, Topology, check_name};

/// Checks every block, and all of them together.
pub(super) fn check(config: &Config, blocks: &[&'static Topology], purpose: Purpose, errors: &mut Vec<ConfigError>) {
    for block in blocks {
        if purpose != Purpose::Inspect {
            errors.extend(block.unready.iter().map(|unready| ConfigError::Routes {
                at: unready.at.to_owned(),
                problem: format!("the option `{}` is not ready in this version", unready.option),
                fix: "remove it".to_owned(),
            }));
        }
        for group in block.groups.iter().flat_map(|group| group.subscription_groups) {
            check_properties(config, group, errors);
        }
        check_names(config, block, errors);
    }
    check_clashes(config, blocks, errors);
}

/// Every slot that a group is pinned to must exist. Apart from the rest, because the number of nodes may depend on the machine.
pub(crate) fn check_slots(blocks: &[&'static Topology], node_count: u32) -> Result<(), ConfigErrors> {
    let groups = blocks.iter().flat_map(|block| block.groups).flat_map(|group| group.subscription_groups);
    let beyond = groups.filter_map(|group| match group.nodes {
        Nodes::All => None,
        Nodes::Slots(slots) => slots.iter().find(|slot| **slot >= node_count).map(|slot| (group, slot)),
    });
    let error = |(group, slot): (&SubscriptionGroup, &u32)| ConfigError::Routes {
        at: group_text(group),
        problem: format!("it runs on node {slot}, but the swarm has {node_count} nodes, numbered from 0"),
        fix: format!("set `swarm.nodes` to at least {}, or change `nodes(..)` in the routes", slot + 1),
    };
    ConfigErrors::check(beyond.map(error).collect())
}

/// `kafka(..)` of a subscription group, by the rules for section `kafka.consumer`.
fn check_properties(config: &Config, group: &SubscriptionGroup, errors: &mut Vec<ConfigError>) {
    let source = Source::Routes { group: group_text(group) };
    for given in group.kafka {
        let (at, key) = (source.clone(), given.key.to_owned());
        match Target::property(Scope::Consumer, given.key) {
            Ok(Target::Property(_, name)) => {
                checked_property("", name, &given.value.to_string(), &source, errors);
            }
            Ok(Target::Key(_)) => {}
            Err(NotATarget::Unknown(instead)) => errors.push(ConfigError::UnknownKey { at, key, instead }),
            Err(NotATarget::Refused(instead)) => errors.push(ConfigError::Refused { at, key, instead }),
        }
    }
    if errors.is_empty() && group.kafka.iter().any(|given| rules::CONNECTION.contains(&given.key)) {
        rules::check_connection(config, Some(group), errors);
    }
}

/// Names were legal as written; the prefix may make them too long.
fn check_names(config: &Config, block: &Topology, errors: &mut Vec<ConfigError>) {
    let topics = block.topics.iter().map(|topic| topic.name);
    let patterns = block.routes().filter_map(|(_, _, route)| match route.source {
        topology::Source::Pattern(glob) => Some(glob),
        topology::Source::Topic(_) => None,
    });
    for name in topics.chain(patterns) {
        let full = config.topic_name(name);
        // A glob stands for at least one legal character.
        let Some(fault) = check_name(&full.replace('*', "x")) else { continue };
        errors.push(ConfigError::Routes {
            at: format!("topic `{name}`"),
            problem: format!(
                "with `application.topic_prefix` it is `{}`, which {}",
                super::shown::in_text(&full),
                words(fault)
            ),
            fix: "shorten the prefix or the name".to_owned(),
        });
    }
}

fn words(fault: NameFault) -> &'static str {
    match fault {
        NameFault::Empty => "is empty",
        NameFault::TooLong => "is longer than 249 characters",
        NameFault::Dots => "is `.` or `..`",
        NameFault::Character(_) => "has characters other than letters, digits, `.`, `_` and `-`",
    }
}

/// What one block alone cannot see: the same topic twice in one consumer group, and two opinions about one topic.
fn check_clashes(config: &Config, blocks: &[&'static Topology], errors: &mut Vec<ConfigError>) {
    let mut consumed: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let mut declared: BTreeMap<String, (&DeclaredTopic, &str)> = BTreeMap::new();
    for block in blocks {
        for (group, _, route) in block.routes() {
            let key = (block.group_name(group), route.source.text());
            if let Some(other) = consumed.insert(key, block.application) {
                errors.push(ConfigError::Routes {
                    at: format!("topic `{}`", route.source.text()),
                    problem: format!(
                        "the blocks `{other}` and `{}` both consume it in consumer group `{}`",
                        block.application, key.0
                    ),
                    fix: "keep one, or give them different consumer groups".to_owned(),
                });
            }
        }
        for topic in block.topics {
            // Kafka's metrics write `.` as `_`, so brokers refuse two topics that differ only there.
            let folded = config.topic_name(topic.name).replace('.', "_");
            if let Some((other, application)) = declared.insert(folded, (topic, block.application)) {
                errors.extend(clash(topic, block.application, other, application));
            }
        }
    }
}

fn clash(topic: &DeclaredTopic, block: &str, other: &DeclaredTopic, other_block: &str) -> Option<ConfigError> {
    let declared = |topic: &DeclaredTopic| {
        let partitions = topic.partitions.map(|count| format!("{count} partitions"));
        let factor = topic.replication_factor.map(|factor| format!("replication factor {factor}"));
        partitions.into_iter().chain(factor).collect::<Vec<_>>().join(" and ")
    };
    let differs = |left: Option<u32>, right: Option<u32>| left.zip(right).is_some_and(|(left, right)| left != right);
    let (problem, fix) = if topic.name != other.name {
        (format!("it differs from `{}` of block `{other_block}` only in `.` and `_`", other.name), "rename one of them")
    } else if differs(topic.partitions, other.partitions)
        || differs(topic.replication_factor.map(u32::from), other.replication_factor.map(u32::from))
    {
        let (here, there) = (declared(topic), declared(other));
        (
            format!("`{block}` declares {here}, but `{other_block}` declares {there}"),
            "declare them in one block, or alike",
        )
    } else {
        return None;
    };
    Some(ConfigError::Routes { at: format!("topic `{}`", topic.name), problem, fix: fix.to_owned() })
}
