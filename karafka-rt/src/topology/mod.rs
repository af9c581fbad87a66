//! The topology of a program as const data: what `routes!` expands to.
//!
//! Everything here is resolved: defaults are merged, inherited settings are written out, durations are `Duration`.
//! Nothing here allocates, performs I/O or knows Kafka; what differs between environments is configuration.

mod group;
mod names;
mod policies;
mod topic;

pub use group::{Assign, ConsumerGroup, Isolation, Membership, Multiplexing, Nodes, Protocol, SubscriptionGroup};
pub use names::{NameFault, check_name, matches_glob, same_name};
pub use policies::{
    Backoff, Batching, Counting, DeadLetter, DeadLetterTarget, InitialOffset, LaneKey, Lanes, Offsets, Oversized,
    Periodic, Policies, Priority, Transaction,
};
pub use topic::{DeclaredTopic, Property, Route, Source, Unready, Value};

/// One `routes!` block.
#[derive(Debug, Clone, Copy)]
pub struct Topology {
    /// The application name (`mod shop as "shop"`): Kafka identities derive from it.
    pub application: &'static str,
    /// The block's doc comment.
    pub docs: &'static str,
    /// Consumer groups in the order they were written; the implicit one, if it has topics, is first.
    pub groups: &'static [ConsumerGroup],
    /// Every topic named in the block, consumed or not, once each.
    pub topics: &'static [DeclaredTopic],
    /// Options that were used although their runtime is not ready: booting with them is an error.
    pub unready: &'static [Unready],
}

impl Topology {
    /// All routes with the groups they stand in.
    pub fn routes(&self) -> impl Iterator<Item = (&'static ConsumerGroup, &'static SubscriptionGroup, &'static Route)> {
        self.groups.iter().flat_map(|group| {
            group
                .subscription_groups
                .iter()
                .flat_map(move |subscription| subscription.routes.iter().map(move |route| (group, subscription, route)))
        })
    }

    /// The name that a consumer group has in Kafka, before any prefix: its own, or the application's for the implicit one.
    pub fn group_name(&self, group: &ConsumerGroup) -> &'static str {
        group.name.unwrap_or(self.application)
    }
}
