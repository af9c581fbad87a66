//! What consumers need that only the whole program can give. Pure; every fault is a sentence.

use std::any::TypeId;

use crate::consumer::{Handler, Routes};

/// `states` are those that the program loads.
pub(super) fn check(blocks: &[Routes], states: &[TypeId]) -> Vec<String> {
    let mut faults = Vec::new();
    for block in blocks {
        missing_states(block, states, &mut faults);
        handlers(block, &mut faults);
    }
    faults
}

fn missing_states(block: &Routes, states: &[TypeId], faults: &mut Vec<String>) {
    for consumer in block.consumers {
        for wanted in consumer.states.iter().filter(|wanted| !states.contains(&(wanted.id)())) {
            faults.push(format!(
                "error: `{}` has a field `State<{}>`, but nothing loads it: add `.state(|| ..)` to `App` with a closure that returns it",
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
                "error: topic `{}` has a dead letter queue and `{}` handles batches: finding the record that fails inside a batch is \
                 not ready in this version; implement `ConsumeEach`, or remove `dead_letter_queue`",
                route.source.text(),
                route.consumer_name
            ));
        }
    }
}
