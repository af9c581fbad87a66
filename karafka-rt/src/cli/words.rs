//! The words of `routes!` for what the topology holds as enums.

use crate::topology::{Isolation, LaneKey, Membership, Priority, Protocol};

pub(super) fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Consumer => "consumer",
        Protocol::Classic => "classic",
    }
}

pub(super) fn membership(membership: Membership) -> &'static str {
    match membership {
        Membership::Dynamic => "dynamic",
        Membership::Static => "static",
    }
}

pub(super) fn isolation(isolation: Isolation) -> &'static str {
    match isolation {
        Isolation::ReadCommitted => "read_committed",
        Isolation::ReadUncommitted => "read_uncommitted",
    }
}

pub(super) fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Normal => "normal",
        Priority::High => "high",
    }
}

pub(super) fn lane_key(key: LaneKey) -> &'static str {
    match key {
        LaneKey::Key => "key",
        LaneKey::Any => "none",
        LaneKey::Custom => "custom",
    }
}
