//! Everything about routes that can only be known when the program is put together. Pure; all errors at once.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::fmt;

use crate::consumer::{Handler, Routes};
use crate::topology::{Assign, NameFault, Source, check_name};

/// What is wrong, each a sentence.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Faults(pub(super) Vec<String>);

impl fmt::Display for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            write!(formatter, "{}error: {fault}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

/// `states` are those that the program loads; `full_name` puts the topic prefix before a name.
pub(super) fn check(blocks: &[Routes], states: &[TypeId], full_name: impl Fn(&str) -> String) -> Result<(), Faults> {
    let mut faults = Vec::new();
    for block in blocks {
        unready(block, &mut faults);
        missing_states(block, states, &mut faults);
        handlers(block, &mut faults);
        names(block, &full_name, &mut faults);
    }
    clashes(blocks, &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(Faults(faults)) }
}

fn unready(block: &Routes, faults: &mut Vec<String>) {
    let listed = block.topology.unready.iter();
    faults.extend(listed.map(|unready| {
        format!(
            "`{}` of {} is not ready in this version: remove it, or wait for a later one",
            unready.option, unready.at
        )
    }));
    for (_, subscription, _) in block.topology.routes() {
        debug_assert!(
            subscription.assign == Assign::Balanced || !block.topology.unready.is_empty(),
            "the macro lists `assign` as not ready"
        );
    }
}

fn missing_states(block: &Routes, states: &[TypeId], faults: &mut Vec<String>) {
    for consumer in block.consumers {
        for wanted in consumer.states.iter().filter(|wanted| !states.contains(&(wanted.id)())) {
            faults.push(format!(
                "`{}` has a field `State<{}>`, but nothing loads it: add `.state(|| ..)` to `App` with a closure that returns it",
                (consumer.type_name)(),
                (wanted.name)()
            ));
        }
    }
}

fn handlers(block: &Routes, faults: &mut Vec<String>) {
    for (_, _, route) in block.topology.routes() {
        let consumer = &block.consumers[route.consumer];
        if route.policies.dead_letter.is_some() && consumer.handler == Handler::Batch {
            faults.push(format!(
                "topic `{}` has a dead letter queue and `{}` handles batches: finding the record that fails inside a batch is \
                 not ready in this version; implement `ConsumeEach`, or remove `dead_letter_queue`",
                route.source.text(),
                route.consumer_name
            ));
        }
    }
}

/// The prefix counts: a name that is legal alone may be too long with it.
fn names(block: &Routes, full_name: &impl Fn(&str) -> String, faults: &mut Vec<String>) {
    for topic in block.topology.topics {
        let name = full_name(topic.name);
        if let Some(fault) = check_name(&name) {
            let expected = match fault {
                NameFault::Empty => "at least one character".to_owned(),
                NameFault::TooLong => "at most 249 characters".to_owned(),
                NameFault::Dots => "another name than `.` and `..`".to_owned(),
                NameFault::Character(at) => {
                    format!("only letters, digits, `.`, `_` and `-`, unlike the byte at {at}")
                }
            };
            faults.push(format!(
                "topic `{}` is called `{name}` with `application.topic_prefix`; Kafka wants {expected}",
                topic.name
            ));
        }
    }
}

/// One consumer group, one connection family per topic: two blocks must not name the same group or read the same topic in it.
fn clashes(blocks: &[Routes], faults: &mut Vec<String>) {
    let mut groups: BTreeMap<&str, &str> = BTreeMap::new();
    for block in blocks {
        for group in block.topology.groups {
            let name = block.topology.group_name(group);
            if let Some(other) = groups.insert(name, block.topology.application) {
                let topics: Vec<&str> = group
                    .subscription_groups
                    .iter()
                    .flat_map(|subscription| subscription.routes)
                    .map(|route| match route.source {
                        Source::Topic(name) | Source::Pattern(name) => name,
                    })
                    .collect();
                faults.push(format!(
                    "consumer group `{name}` stands in two blocks, `{other}` and `{}` (with {}): give one of them another name",
                    block.topology.application,
                    topics.join(", ")
                ));
            }
        }
    }
}
