//! A member of a group that does what a listener does, on the thread of its test.

use std::collections::BTreeMap;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};

use super::cluster::{Cluster, PATIENCE, wait};
use crate::librdkafka::{
    Code, CommitAnswer, ConsumerClient, ControlEvent, Destroyed, LogLine, NativeMessage, OffsetsAnswer, OffsetsClient,
    OffsetsQueue, PartitionQueue, StartOffset, TopicPartition,
};

/// The two protocols that are served, as properties.
pub(super) const PROTOCOLS: [&[(&str, &str)]; 2] = [
    &[("group.protocol", "consumer")],
    &[
        ("partition.assignment.strategy", "cooperative-sticky"),
        ("session.timeout.ms", "6000"),
        ("heartbeat.interval.ms", "500"),
    ],
];

pub(super) struct Member {
    pub(super) client: ConsumerClient,
    pub(super) queues: BTreeMap<TopicPartition, PartitionQueue>,
    pub(super) offsets: OffsetsQueue,
    /// What was assigned and has not been revoked, added or not.
    pub(super) owned: Vec<TopicPartition>,
    /// Offsets of the records that came, per partition, in order.
    pub(super) records: BTreeMap<TopicPartition, Vec<i64>>,
    /// Errors that came on partition queues.
    pub(super) errors: Vec<(TopicPartition, Code)>,
    pub(super) revocations: Vec<Vec<TopicPartition>>,
    wake: EventFd,
}

impl Member {
    pub(super) fn join(cluster: &Cluster, protocol: &[(&str, &str)], group: &str, topic: &str) -> Self {
        let own = [
            ("group.id", group),
            ("enable.auto.commit", "false"),
            ("enable.auto.offset.store", "false"),
            ("auto.offset.reset", "error"),
            ("fetch.wait.max.ms", "50"),
        ];
        let wake = EventFd::from_flags(EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC).unwrap();
        let properties = cluster.properties(own.into_iter().chain(protocol.iter().copied()));
        let log = Box::new(|line: &LogLine<'_>| println!("{line:?}"));
        let client = ConsumerClient::create(&properties, wake.as_fd(), log).unwrap();
        let asking = OffsetsClient::create(&cluster.properties([])).unwrap();
        let offsets = OffsetsQueue::new(&asking, wake.as_fd()).unwrap();
        client.subscribe(&[topic.to_owned()]).unwrap();
        Self {
            client,
            queues: BTreeMap::new(),
            offsets,
            owned: Vec::new(),
            records: BTreeMap::new(),
            errors: Vec::new(),
            revocations: Vec::new(),
            wake,
        }
    }

    pub(super) fn add(&mut self, at: &TopicPartition, start: StartOffset) {
        let queue = self.client.add_partition(at, start).unwrap();
        assert!(self.queues.insert(at.clone(), queue).is_none());
    }

    pub(super) fn remove(&mut self, at: &TopicPartition) {
        self.client.remove_partition(self.queues.remove(at).unwrap()).unwrap();
    }

    /// Waits for a wake-up, at most for the slow timer, then takes everything there is.
    pub(super) fn turn(&mut self) {
        let mut descriptors = [PollFd::new(self.wake.as_fd(), PollFlags::POLLIN)];
        poll(&mut descriptors, PollTimeout::from(20u8)).unwrap();
        let _ = self.wake.read();
        while let Some(event) = self.client.poll_control() {
            self.control(event);
        }
        let mut messages = Vec::new();
        for queue in self.queues.values() {
            while queue.drain(&mut messages, 512) == 512 {}
            self.records.entry(queue.at().clone()).or_default();
            for message in messages.drain(..) {
                Self::take(&mut self.records, &mut self.errors, queue.at(), &message);
            }
        }
    }

    fn control(&mut self, event: ControlEvent) {
        match event {
            ControlEvent::Assign(partitions) => {
                self.owned.extend(partitions);
                self.client.answer_assign().unwrap();
            }
            ControlEvent::Revoke { partitions, lost } => {
                assert!(!lost);
                self.owned.retain(|at| !partitions.contains(at));
                let queues = partitions.iter().filter_map(|at| self.queues.remove(at)).collect();
                self.client.answer_revoke(queues).unwrap();
                self.revocations.push(partitions);
            }
            other => panic!("{other:?}"),
        }
    }

    fn take(
        records: &mut BTreeMap<TopicPartition, Vec<i64>>,
        errors: &mut Vec<(TopicPartition, Code)>,
        at: &TopicPartition,
        message: &NativeMessage,
    ) {
        match message.error() {
            Some((code, _)) => errors.push((at.clone(), code)),
            None => records.entry(at.clone()).or_default().push(message.offset()),
        }
    }

    pub(super) fn turn_until(&mut self, what: &str, mut is_done: impl FnMut(&Self) -> bool) {
        wait(what, || {
            self.turn();
            is_done(self)
        });
    }

    pub(super) fn commit_answer(&mut self) -> CommitAnswer {
        let mut answer = None;
        wait("a commit is answered", || {
            self.turn();
            answer = self.client.poll_answer();
            answer.is_some()
        });
        answer.unwrap()
    }

    pub(super) fn offsets_answer(&mut self) -> OffsetsAnswer {
        let mut answer = None;
        wait("a question about offsets is answered", || {
            self.turn();
            answer = self.offsets.poll();
            answer.is_some()
        });
        answer.unwrap()
    }

    /// The bare client, with the partition queues given back.
    pub(super) fn into_client(self) -> ConsumerClient {
        self.client
    }

    /// Leaves the group and ends.
    pub(super) fn leave(mut self) -> (Destroyed, Duration) {
        let begin = Instant::now();
        self.client.begin_close().unwrap();
        self.turn_until("the group is left", |member| member.client.is_closed());
        self.queues.clear();
        (self.client.destroy(PATIENCE), begin.elapsed())
    }
}

/// The consecutive offsets `from..to`.
pub(super) fn offsets(from: i64, to: i64) -> Vec<i64> {
    (from..to).collect()
}
