//! Rules about the whole block: names, dead letters, connections, and that there is something to do.

use std::collections::HashMap;

use super::model::{DeclaredTopic, Model, Source, Target};
use super::tree::Tree;
use super::{assignment, names, patterns};
use crate::diagnostics::{Errors, Place, nearest, wording};

/// Names given twice. Repeated topics are taken out, so that nothing else is said about them.
pub(crate) fn names(tree: &mut Tree, application: Option<(String, Place)>, errors: &mut Errors) {
    let mut groups: HashMap<String, Place> = HashMap::new();
    // The implicit group is called like the application.
    let (implicit_name, implicit) =
        application.filter(|_| tree.groups[0].topics().any(super::tree::Topic::consumes)).unzip();
    for group in &mut tree.groups {
        if let Some((name, place)) = &group.name {
            match implicit.filter(|_| implicit_name.as_ref() == Some(name)) {
                Some(first) => {
                    errors.report(first, wording::implicit_group(name));
                    errors.report(*place, wording::name_twice_again("consumer group", name));
                }
                None => drop(twice(&mut groups, name, *place, "consumer group", errors)),
            }
        }
        let mut subscriptions: HashMap<String, Place> = HashMap::new();
        let mut topics: HashMap<String, Place> = HashMap::new();
        for subscription in &mut group.subscriptions {
            if let Some((name, place)) = &subscription.name {
                twice(&mut subscriptions, name, *place, "subscription group", errors);
            }
            let repeated = subscription.topics.extract_if(.., |topic| {
                let noun = if topic.is_pattern { "pattern" } else { "topic" };
                !twice(&mut topics, &topic.name.key(), topic.place, noun, errors)
            });
            tree.repeated.extend(repeated);
        }
    }
    for group in tree.groups.iter().skip(1) {
        if let Some((_, place)) = &group.name
            && group.topics().next().is_none()
        {
            errors.report(*place, wording::group_empty("consumer group"));
        }
    }
}

/// False after both ends of a repetition were reported.
fn twice(seen: &mut HashMap<String, Place>, name: &str, place: Place, noun: &str, errors: &mut Errors) -> bool {
    if name.is_empty() {
        return true;
    }
    let shown = name.trim_start_matches("= ");
    match seen.get(name) {
        Some(first) => {
            errors.report(*first, wording::name_twice_first(noun, shown));
            errors.report(place, wording::name_twice_again(noun, shown));
            false
        }
        None => {
            seen.insert(name.to_owned(), place);
            true
        }
    }
}

/// What can be said once everything is resolved.
pub(crate) fn model(model: &Model, tree: &Tree, errors: &mut Errors) {
    type_names(model, errors);
    similar_names(model, errors);
    dead_letters(model, errors);
    connections(model, errors);
    transactions(model, errors);
    assignment::check(model, errors);
    patterns::check(tree, errors);
    something_to_do(model, tree, errors);
}

/// Two topics with one generated name.
fn type_names(model: &Model, errors: &mut Errors) {
    let mut seen: HashMap<String, (&str, Place)> = HashMap::new();
    let topics = model.topics.iter().map(|topic| (&topic.type_name, topic.name.text(), topic.place));
    let patterns = model
        .patterns
        .iter()
        .map(|pattern| (&pattern.type_name, pattern.glob.as_str(), Place::from(&pattern.type_name)));
    for (ident, name, place) in topics.chain(patterns) {
        let text = ident.to_string();
        match seen.get(&text) {
            Some((other, first)) => {
                errors.report(*first, wording::type_name_twice(&text, other, name));
                errors.report(place, wording::type_name_twice(&text, name, other));
            }
            None => {
                seen.insert(text, (name, place));
            }
        }
    }
}

/// `a.b` beside `a_b`: Kafka gives both the same metric name and warns.
fn similar_names(model: &Model, errors: &mut Errors) {
    let mut seen: HashMap<String, &DeclaredTopic> = HashMap::new();
    for topic in &model.topics {
        let name = topic.name.text();
        match seen.get(&name.replace('.', "_")) {
            Some(other) if other.name.text() != name => {
                errors.report(other.place, wording::similar_names(other.name.text(), name));
                errors.report(topic.place, wording::similar_names(name, other.name.text()));
            }
            Some(_) => {}
            None => {
                seen.insert(name.replace('.', "_"), topic);
            }
        }
    }
}

/// A dead letter target exists, is not its own source, and leads into no circle.
fn dead_letters(model: &Model, errors: &mut Errors) {
    let by_name: HashMap<&str, usize> =
        model.topics.iter().enumerate().map(|(index, topic)| (topic.name.text(), index)).collect();
    let constants = model.topics.iter().any(|topic| matches!(topic.name, super::model::TopicName::Constant(_)));
    let mut edges: Vec<(usize, usize, Place)> = Vec::new();
    for route in routes(model) {
        let Some(queue) = &route.policies.dead_letter_queue else { continue };
        patterns::dead_letters(route, errors);
        let source = match route.source {
            Source::Topic(index) => Some(index),
            Source::Pattern(_) => None,
        };
        match &queue.target {
            Target::Name(name) => match by_name.get(name.as_str()) {
                Some(target) if Some(*target) == source => {
                    errors.report(queue.target_place, wording::target_is_source(name));
                }
                Some(target) => edges.extend(source.map(|source| (source, *target, queue.target_place))),
                None if constants => {}
                None => {
                    let near = nearest(name, by_name.keys().copied());
                    errors.report(queue.target_place, wording::target_unknown(name, near));
                }
            },
            Target::External(name) => {
                if let Some(fault) = names::fault(name) {
                    errors.report(queue.target_place, wording::illegal_name(name, fault));
                }
            }
            Target::Type(path) => {
                let own = |topic: &DeclaredTopic| path.names_type(&model.module, &topic.type_name.to_string());
                let target = model.topics.iter().position(own).filter(|target| Some(*target) != source);
                edges.extend(source.zip(target).map(|(source, target)| (source, target, queue.target_place)));
            }
            Target::Skip => {}
        }
    }
    circles(model, &edges, errors);
}

/// Reports every edge that lies on a circle of dead letter queues.
fn circles(model: &Model, edges: &[(usize, usize, Place)], errors: &mut Errors) {
    for (source, target, place) in edges {
        let mut reached = vec![*target];
        let mut next = 0;
        while let Some(at) = reached.get(next).copied() {
            next += 1;
            for (_, onward, _) in edges.iter().filter(|(from, ..)| *from == at) {
                if !reached.contains(onward) {
                    reached.push(*onward);
                }
            }
        }
        if reached.contains(source) {
            let text = |index: usize| model.topics[index].name.text();
            errors.report(*place, wording::target_circle(text(*source), text(*target)));
        }
    }
}

/// More connections than partitions: some would never get any.
fn connections(model: &Model, errors: &mut Errors) {
    for subscription in model.groups.iter().flat_map(|group| &group.subscription_groups) {
        let Some(multiplexing) = &subscription.multiplexing else { continue };
        let partitions: Option<Vec<u64>> = subscription
            .routes
            .iter()
            .map(|route| match route.source {
                Source::Topic(index) => model.topics[index].config.partitions.map(|(count, _)| count),
                Source::Pattern(_) => None,
            })
            .collect();
        let largest = partitions.and_then(|partitions| partitions.into_iter().max());
        if let Some(largest) = largest.filter(|largest| multiplexing.max > *largest) {
            errors.report(multiplexing.max_place, wording::more_connections_than_partitions(multiplexing.max, largest));
        }
    }
}

/// What cannot go together with `exactly_once`.
fn transactions(model: &Model, errors: &mut Errors) {
    for subscription in model.groups.iter().flat_map(|group| &group.subscription_groups) {
        for route in subscription.routes.iter().filter(|route| route.policies.exactly_once) {
            let own = |word: &str| route.places.of(word);
            let clashes = [
                ("manual_offsets", route.policies.manual_offsets, own("manual_offsets")),
                ("parallel", route.policies.parallel.is_some(), own("parallel")),
                (
                    "isolation read_uncommitted",
                    subscription.isolation == "read_uncommitted",
                    subscription.places.of("isolation"),
                ),
            ];
            for (other, _, place) in clashes.into_iter().filter(|(_, clash, _)| *clash) {
                if let Some(exactly_once) = own("exactly_once") {
                    errors.report(exactly_once, wording::exactly_once_with(other));
                }
                if let Some(place) = place {
                    errors.report(place, wording::not_with_exactly_once(other));
                }
            }
        }
    }
}

/// A block that consumes nothing and produces nothing.
fn something_to_do(model: &Model, tree: &Tree, errors: &mut Errors) {
    let idle = model.groups.is_empty() && model.topics.iter().all(|topic| topic.produced.is_empty());
    let topics = tree.groups.iter().flat_map(super::tree::Group::topics);
    let said = topics.flat_map(|topic| &topic.layer.settings);
    let meant = said.filter(|checked| matches!(checked.specification.word, "consumer" | "produce")).count();
    if idle && meant == 0 && errors.is_empty() {
        errors.report(&model.module, wording::nothing_to_do());
    }
}

fn routes(model: &Model) -> impl Iterator<Item = &super::model::Route> {
    model.groups.iter().flat_map(|group| &group.subscription_groups).flat_map(|subscription| &subscription.routes)
}
