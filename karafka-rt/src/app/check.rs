//! What consumers need that only the whole program can give. Pure; every fault is a sentence.

use std::any::TypeId;

use crate::consumer::Routes;

/// `states` are those that the program loads.
pub(super) fn check(blocks: &[Routes], states: &[TypeId]) -> Vec<String> {
    let mut faults = Vec::new();
    for block in blocks {
        missing_states(block, states, &mut faults);
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
