//! From routes and configuration to connections.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::transactions::Transactions;
use crate::config::{Config, GroupProtocol, Membership, limits};
use crate::connection::{Budget, ConnectionPlan};
use crate::consumer::{Producer, Routes, States, TransactionPort};
use crate::processing::Route;
use crate::producer::Producers;
use crate::topology::{ConsumerGroup, Multiplexing, Source, SubscriptionGroup};
use crate::vitals::SuspectTable;

/// What a process runs.
pub(crate) struct Program {
    pub(crate) blocks: Vec<Routes>,
    pub(crate) config: Config,
    pub(crate) states: Arc<States>,
    /// Records that may have ended a process.
    pub(crate) suspects: SuspectTable,
    /// Tasks besides handlers.
    pub(crate) tasks: Vec<Task>,
}

/// Runs on a thread of its own until it is done or the process stops; an error ends the process.
pub(crate) type Task = Box<dyn FnOnce(Producer) -> crate::message::Result + Send>;

/// Why a process cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetUpError {
    /// librdkafka refuses a client.
    #[error("no {what} can be made: {source}")]
    Client { what: &'static str, source: Box<dyn std::error::Error + Send + Sync> },
    /// The kernel refuses something.
    #[error("{what}: {source}")]
    System { what: &'static str, source: std::io::Error },
}

/// The group and topic of each route by the index that tick cells hold, which is that of the routes in [`Program::connections`].
pub(crate) fn route_names(blocks: &[Routes], config: &Config) -> Vec<(String, String)> {
    let groups = blocks.iter().flat_map(|block| block.topology.groups.iter().map(move |group| (block, group)));
    let routes = groups.flat_map(|(block, group)| {
        let routes = group.subscription_groups.iter().flat_map(|subscription| subscription.routes);
        routes.map(move |route| (block.topology.group_name(group), route))
    });
    let named = routes.filter_map(|(group, route)| match route.source {
        Source::Topic(topic) => Some((group.to_owned(), config.topic_name(topic))),
        Source::Pattern(_) => None,
    });
    named.collect()
}

/// The names of the topics by the same index.
pub(crate) fn topic_names(blocks: &[Routes], config: &Config) -> Vec<String> {
    route_names(blocks, config).into_iter().map(|(_, topic)| topic).collect()
}

impl Program {
    /// One plan for each connection of this node.
    pub(super) fn connections(
        &self,
        node: u32,
        producers: &Producers,
        transactions: &Transactions,
    ) -> Vec<ConnectionPlan> {
        let mut plans: Vec<ConnectionPlan> = Vec::new();
        let mut index = 0;
        for block in &self.blocks {
            for group in block.topology.groups {
                for subscription in group.subscription_groups {
                    let routes = self.routes(block, group, subscription, &mut index);
                    if routes.is_empty() || !subscription.nodes.contains(node) {
                        continue;
                    }
                    for connection in 0..connections_of(subscription.multiplexing) {
                        let routes = routes.clone();
                        let own = &transactions[block.topology.group_name(group)];
                        let clients = (producers, Arc::clone(own) as Arc<dyn TransactionPort>);
                        plans.push(self.connection(block, group, subscription, connection, routes, node, clients));
                    }
                }
            }
        }
        let total = self.config.processing.record_memory() / plans.len().max(1) as u64;
        for plan in &mut plans {
            plan.budget.total = total;
        }
        plans
    }

    fn routes(
        &self,
        block: &Routes,
        group: &'static ConsumerGroup,
        subscription: &'static SubscriptionGroup,
        index: &mut u32,
    ) -> Vec<Arc<Route>> {
        let group_name = block.topology.group_name(group);
        let mut routes = Vec::new();
        for route in subscription.routes {
            let Source::Topic(topic) = route.source else { continue };
            routes.push(Arc::new(Route {
                index: *index,
                // One name per topic for the life of the process: positions are `Copy` and hold it.
                topic: self.config.topic_name(topic).leak(),
                group: group_name,
                policies: &route.policies,
                consumer: &block.consumers[route.consumer],
                states: Arc::clone(&self.states),
                suspects: self.suspects,
            }));
            *index += 1;
        }
        routes
    }

    #[allow(clippy::too_many_arguments, reason = "the places of one connection in the topology, each of another type")]
    fn connection(
        &self,
        block: &Routes,
        group: &'static ConsumerGroup,
        subscription: &'static SubscriptionGroup,
        connection: u16,
        routes: Vec<Arc<Route>>,
        node: u32,
        (producers, transactions): (&Producers, Arc<dyn TransactionPort>),
    ) -> ConnectionPlan {
        let group_id = block.topology.group_name(group);
        let properties = |protocol| {
            let membership = Membership { group_id, protocol, instance_id: None };
            self.config.consumer_properties(subscription, membership).into_map()
        };
        let properties = [properties(GroupProtocol::Consumer), properties(GroupProtocol::Classic)];
        ConnectionPlan {
            budget: Budget {
                total: self.config.processing.record_memory(),
                queue: self.config.partition_buffer(),
                fetch: number(&properties[0], "fetch.message.max.bytes").unwrap_or(limits::PARTITION_FETCH),
            },
            revocation_bound: revocation_bound(&properties[0]),
            group: group_id,
            connection,
            protocol: group.protocol,
            isolation: subscription.isolation,
            routes,
            properties,
            producer: Producer::new(producers.records(), limits::ACKNOWLEDGEMENT_TIMEOUT),
            transactions,
            dead_letters: producers.dead_letters(),
            node,
            commit_interval: self.config.processing.commit_interval,
            commit_deadline: self.config.processing.commit_deadline,
            drain_timeout: self.config.processing.drain_timeout,
        }
    }
}

/// The broker waits `max.poll.interval.ms` for the answer to a revocation; an eighth of it is kept for the way.
fn revocation_bound(properties: &BTreeMap<String, String>) -> Duration {
    number(properties, "max.poll.interval.ms").map_or(limits::MAX_POLL_INTERVAL, Duration::from_millis) * 7 / 8
}

fn number(properties: &BTreeMap<String, String>, name: &str) -> Option<u64> {
    properties.get(name).and_then(|value| value.parse().ok())
}

/// Static for now: a dynamic setting runs its `boot` connections and says so.
fn connections_of(multiplexing: Multiplexing) -> u16 {
    if multiplexing.is_dynamic() {
        let Multiplexing { min, max, boot, .. } = multiplexing;
        tracing::warn!(min, max, boot, "connections do not scale yet: the subscription group runs `boot` connections");
    }
    multiplexing.boot.max(1)
}
