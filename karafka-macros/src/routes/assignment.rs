//! `nodes` and `assign`: which slots, which partitions, and what does not go together with them.

use super::model::{Assign, Model, Source, SubscriptionGroup};
use crate::diagnostics::{Errors, Place, wording};

pub(crate) fn check(model: &Model, errors: &mut Errors) {
    for group in model.groups.iter().flat_map(|group| &group.subscription_groups) {
        let (Some(assign), Some(place)) = (&group.assign, group.places.of("assign")) else { continue };
        match assign {
            Assign::All => broadcast(group, place, errors),
            Assign::Partitions(partitions) => fixed(model, group, place, partitions, errors),
        }
    }
}

/// Fixed partitions belong to exactly one slot, and exist.
fn fixed(model: &Model, group: &SubscriptionGroup, place: Place, partitions: &[u64], errors: &mut Errors) {
    match group.nodes.as_deref() {
        Some([_]) => {}
        None => errors.report(place, wording::assign_without_slot()),
        Some(_) => {
            errors.report(place, wording::assign_without_slot());
            if let Some(nodes) = group.places.of("nodes") {
                errors.report(nodes, wording::slots_of_assign());
            }
        }
    }
    let highest = partitions.iter().max().copied().unwrap_or_default();
    for route in &group.routes {
        let Source::Topic(topic) = route.source else { continue };
        let topic = &model.topics[topic];
        if let Some((declared, _)) = topic.config.partitions.filter(|(declared, _)| *declared <= highest) {
            errors.report(place, wording::assign_beyond(highest, topic.name.text(), declared));
        }
    }
}

/// Every node reads everything and commits nothing.
fn broadcast(group: &SubscriptionGroup, place: Place, errors: &mut Errors) {
    if let Some(nodes) = group.places.of("nodes") {
        errors.report(place, wording::broadcast_with("nodes"));
        errors.report(nodes, wording::not_with_broadcast("nodes"));
    }
    for route in &group.routes {
        let policies = &route.policies;
        let clashes = [
            ("dead_letter_queue", policies.dead_letter_queue.is_some()),
            ("exactly_once", policies.exactly_once),
            ("manual_offsets", policies.manual_offsets),
        ];
        for (word, _) in clashes.into_iter().filter(|(_, clash)| *clash) {
            errors.report(place, wording::broadcast_with(word));
            if let Some(other) = route.places.of(word) {
                errors.report(other, wording::not_with_broadcast(word));
            }
        }
    }
}
