//! Consumer groups and subscription groups.

use core::time::Duration;

use super::topic::{Property, Route};

/// A Kafka consumer group.
#[derive(Debug, Clone, Copy)]
pub struct ConsumerGroup {
    /// `None` for the implicit group, whose id is the application name.
    pub name: Option<&'static str>,
    /// The doc comment.
    pub docs: &'static str,
    /// Group membership.
    pub membership: Membership,
    /// Group protocol.
    pub protocol: Protocol,
    /// Subscription groups in the order they were written.
    pub subscription_groups: &'static [SubscriptionGroup],
}

/// Topics that share one set of connections.
#[derive(Debug, Clone, Copy)]
pub struct SubscriptionGroup {
    /// `None` for the unnamed one that topics standing directly in a consumer group share.
    pub name: Option<&'static str>,
    /// The doc comment.
    pub docs: &'static str,
    /// How many connections a process opens.
    pub multiplexing: Multiplexing,
    /// What readers see of open transactions.
    pub isolation: Isolation,
    /// Fixed partitions instead of group balancing.
    pub assign: Assign,
    /// The swarm slots that run this group.
    pub nodes: Nodes,
    /// librdkafka properties of these connections, merged by key.
    pub kafka: &'static [Property],
    /// Topics that are consumed here.
    pub routes: &'static [Route],
}

/// Connections of one subscription group in one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Multiplexing {
    /// Never fewer than this, at least 1.
    pub min: u16,
    /// Never more than this.
    pub max: u16,
    /// How many start.
    pub boot: u16,
    /// Shortest time between two changes.
    pub scale_delay: Duration,
}

impl Multiplexing {
    /// One connection.
    pub const SINGLE: Self = Self { min: 1, max: 1, boot: 1, scale_delay: Duration::from_mins(1) };

    /// Whether the number of connections may change while running.
    pub const fn is_dynamic(self) -> bool {
        self.min < self.max
    }
}

/// Which group protocol is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// KIP-848 where the cluster has it, else classic.
    Consumer,
    /// The classic protocol with cooperative-sticky assignment.
    Classic,
}

/// How members are known to the group (KIP-345).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// A new member id at every start.
    Dynamic,
    /// A stable `group.instance.id`.
    Static,
}

/// What readers see of open and aborted transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// Only committed records.
    ReadCommitted,
    /// Everything.
    ReadUncommitted,
}

/// Partitions without group balancing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assign {
    /// The group protocol balances.
    Balanced,
    /// These partitions of every topic.
    Partitions(&'static [i32]),
    /// Every node reads every partition.
    All,
}

/// Swarm slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nodes {
    /// Every slot.
    All,
    /// These slots, ascending.
    Slots(&'static [u32]),
}

impl Nodes {
    /// Whether `slot` runs the group.
    pub fn contains(&self, slot: u32) -> bool {
        match self {
            Self::All => true,
            Self::Slots(slots) => slots.contains(&slot),
        }
    }
}
