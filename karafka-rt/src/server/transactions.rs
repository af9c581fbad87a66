//! Transactional producers for every consumer group of a process, and their identities.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::build::Program;
use crate::producer::{LazyTransactions, TransactionSettings};

/// Most transactional producers of one consumer group in one process: each is a client with threads of its own.
const MOST: usize = 64;
/// What the brokers do to a transaction that stays open unless it is configured (`transaction.timeout.ms`).
const TRANSACTION_TIMEOUT: Duration = Duration::from_mins(1);
const TIMEOUT_PROPERTY: &str = "transaction.timeout.ms";

/// By consumer group.
pub(super) type Transactions = BTreeMap<&'static str, Arc<LazyTransactions>>;

/// Starts nothing yet. A partition's transactions alternate between two producers, and `concurrency` of them run at a time.
pub(super) fn of_groups(program: &Program, node: u32, concurrency: usize) -> Transactions {
    let config = &program.config;
    let properties = config.producer_properties().into_map();
    let given = properties.get(TIMEOUT_PROPERTY).and_then(|value| value.parse().ok());
    let unsupported = config.is_on_dev_broker().then_some(
        "the embedded broker has none; run on an Apache Kafka, for example with `KARAFKA_BOOTSTRAP_SERVERS=host:port`",
    );
    let groups = program.blocks.iter().flat_map(|block| {
        block.topology.groups.iter().map(|group| (block.topology.application, block.topology.group_name(group)))
    });
    groups
        .map(|(application, group)| {
            let count = (2 * concurrency).clamp(2, MOST);
            let id = |number| transactional_id(application, group, &config.application.instance, node, number);
            let settings = TransactionSettings {
                properties: properties.clone(),
                topic_prefix: config.application.topic_prefix.clone(),
                ids: (0..count).map(id).collect(),
                commit_deadline: config.processing.commit_deadline,
                transaction_timeout: given.map_or(TRANSACTION_TIMEOUT, Duration::from_millis),
            };
            (group, LazyTransactions::new(settings, unsupported))
        })
        .collect()
}

/// What the cluster knows a producer by. Whoever comes later with the same one ends what an earlier one left open.
fn transactional_id(application: &str, group: &str, instance: &str, node: u32, number: usize) -> String {
    format!("{application}.{group}.{instance}.{node}.{number}")
}

/// Reads what idle producers have to say. Why the process has to end, if it has to; that was logged.
pub(super) fn tend(transactions: &Transactions) -> Option<String> {
    for group in transactions.values() {
        group.tend();
    }
    transactions.values().find_map(|group| group.broken())
}

/// Ends the producers of all groups.
pub(super) fn close(transactions: &Transactions) {
    for group in transactions.values() {
        group.close();
    }
}
