//! How a consumer's assignment changes: partition by partition with a cooperative protocol, as a whole with an eager one.
//!
//! An eager member gives everything up at each rebalance and may only replace its whole assignment (`rd_kafka_assign`;
//! `rd_kafka_cgrp_assign` refuses the incremental calls). What changes is therefore collected until the caller hands over
//! the whole with [`ConsumerClient::assign_all`]. Queues of partitions that stay keep working: that their forwarding was cut
//! is remembered by the queue (`RD_KAFKA_Q_F_FWD_APP`).

use std::collections::BTreeMap;

use rdkafka_sys as sys;

use super::consumer::{ConsumerClient, StartOffset};
use super::error::{CallError, Code};
use super::list::{List, TopicPartition};
use super::partition_queue::PartitionQueue;
use super::queue::Queue;

/// How a group moves partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rebalancing {
    /// Only what moves is given up: KIP-848, and the classic protocol with `cooperative-sticky`.
    Cooperative,
    /// Everything is given up: the classic protocol with any other strategy.
    Eager,
}

impl Rebalancing {
    pub(super) fn of(properties: &BTreeMap<String, String>) -> Self {
        let is_kip_848 = properties.get("group.protocol").is_some_and(|protocol| protocol == "consumer");
        // Without a strategy librdkafka takes `range,roundrobin`.
        let strategy = properties.get("partition.assignment.strategy").map_or("", String::as_str);
        if is_kip_848 || strategy.contains("cooperative") { Self::Cooperative } else { Self::Eager }
    }
}

impl ConsumerClient {
    /// Answers an assignment with nothing (`rd_kafka_incremental_assign` of an empty list), which is a full answer:
    /// what the connection owns already runs again, and the new partitions are added later.
    pub(crate) fn answer_assign(&self) -> Result<(), CallError> {
        let nothing = List::with_capacity(0);
        match self.rebalancing {
            Rebalancing::Cooperative => self.incremental_assign(&nothing)?,
            Rebalancing::Eager => self.assign(Some(&nothing))?,
        }
        self.unanswered.set(None);
        Ok(())
    }

    /// Starts an assigned partition: takes its queue off the control queue, then `rd_kafka_incremental_assign`. An eager
    /// member fetches it only after [`assign_all`](Self::assign_all).
    ///
    /// Not while a rebalance event is unanswered.
    pub(crate) fn add_partition(&self, at: &TopicPartition, start: StartOffset) -> Result<PartitionQueue, CallError> {
        let queue = Queue::partition(&self.client, &self.wake, at)?;
        match self.rebalancing {
            Rebalancing::Cooperative => {
                self.incremental_assign(&List::of([at].into_iter(), start.raw())?)?;
                // A pause of the application's outlives the assignment that it was made in (`RD_KAFKA_TOPPAR_F_APP_PAUSE`).
                self.resume(at)?;
            }
            Rebalancing::Eager => self.changed.set(true),
        }
        Ok(PartitionQueue::new(at.clone(), queue))
    }

    /// Stops a partition that stays ours, to add it again elsewhere (`rd_kafka_incremental_unassign`): the one way to
    /// repair a partition after any error, and to move it. An eager member stops it with [`assign_all`](Self::assign_all).
    ///
    /// Not while a rebalance event is unanswered.
    pub(crate) fn remove_partition(&self, queue: PartitionQueue) -> Result<(), CallError> {
        if self.rebalancing == Rebalancing::Eager {
            self.changed.set(true);
            return Ok(());
        }
        self.unassign(vec![queue])
    }

    /// Whether partitions were added or removed that [`assign_all`](Self::assign_all) has not handed over.
    pub(crate) fn is_changed(&self) -> bool {
        self.changed.get()
    }

    /// Replaces the assignment of an eager member (`rd_kafka_assign`): every partition that runs, with its next offset. Those
    /// that fetch are resumed: a pause of an earlier assignment would hold.
    pub(crate) fn assign_all(&self, running: &[(TopicPartition, i64, Pausing)]) -> Result<(), CallError> {
        let mut list = List::with_capacity(running.len());
        for (at, next, _) in running {
            list.add(at, *next, None)?;
        }
        self.assign(Some(&list))?;
        self.changed.set(false);
        for (at, _, _) in running.iter().filter(|(_, _, pausing)| *pausing == Pausing::Runs) {
            self.resume(at)?;
        }
        Ok(())
    }

    /// Answers a revocation (`rd_kafka_incremental_unassign`): `queues` are those of the revoked partitions that were
    /// added, possibly none. Naming one that was never added would leave the event unanswered. An eager member gives up
    /// everything.
    pub(crate) fn answer_revoke(&self, queues: Vec<PartitionQueue>) -> Result<(), CallError> {
        match self.rebalancing {
            Rebalancing::Cooperative => self.unassign(queues)?,
            Rebalancing::Eager => {
                drop(queues);
                self.assign(None)?;
                self.changed.set(false);
            }
        }
        self.unanswered.set(None);
        Ok(())
    }

    fn unassign(&self, queues: Vec<PartitionQueue>) -> Result<(), CallError> {
        let list = List::of(queues.iter().map(PartitionQueue::at), 0)?;
        drop(queues);
        self.incremental_unassign(&list)
    }

    /// `rd_kafka_assign`: this and nothing else, or nothing at all.
    pub(super) fn assign(&self, list: Option<&List>) -> Result<(), CallError> {
        let list = list.map_or(std::ptr::null_mut(), List::as_ptr);
        // SAFETY: a live client, and null or a live list, which is copied.
        let code = unsafe { sys::rd_kafka_assign(self.rk(), list) };
        Code::check(code, || "the assignment was refused".to_owned())
    }
}

/// Whether a partition that is handed over again fetches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pausing {
    Runs,
    Paused,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_classic_protocol_with_another_strategy_is_eager() {
        for (protocol, strategy, expected) in [
            ("consumer", None, Rebalancing::Cooperative),
            ("classic", Some("cooperative-sticky"), Rebalancing::Cooperative),
            ("classic", Some("range"), Rebalancing::Eager),
            ("classic", Some("roundrobin,range"), Rebalancing::Eager),
            ("classic", None, Rebalancing::Eager),
        ] {
            let mut properties = BTreeMap::from([("group.protocol".to_owned(), protocol.to_owned())]);
            properties.extend(strategy.map(|name| ("partition.assignment.strategy".to_owned(), name.to_owned())));
            assert_eq!(Rebalancing::of(&properties), expected, "{protocol} {strategy:?}");
        }
    }
}
