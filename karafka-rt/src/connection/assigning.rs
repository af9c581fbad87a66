//! Partitions that come, and partitions that move: where they start, and adding them to the client.
//!
//! An assignment is answered at once with an empty list, so that what is already ours runs on. Where a new partition starts
//! is asked through a client that does not fetch, and each one is added with an explicit offset when its answers are there.
//! A seek and a repair go the same way: remove, ask, add.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::holding::Hold;
use super::orphans;
use super::session::Session;
use super::slot::{Answer, Fetch, Flow, Key, Lookup, Slot};
use super::start::{Known, Remark, Target, instant, start};
use crate::consumer::SeekTo;
use crate::failpoint::{self, Point};
use crate::ledger::Progress;
use crate::librdkafka::{Code, OffsetsAnswer, Pausing, StartOffset, TopicPartition, Which};
use crate::processing::{Partition, Route};
use crate::telemetry::{Event, emit};
use crate::topology::{InitialOffset, Isolation};

/// Longest wait for an answer about offsets; then it is asked again.
pub(super) const ANSWER_BOUND: Duration = Duration::from_secs(5);
/// The longest that librdkafka takes: see `ask_committed`.
const COMMITTED_BOUND: Duration = Duration::from_hours(1);

impl Session<'_> {
    pub(super) fn assigned(&mut self, partitions: &[TopicPartition], now: Duration) {
        failpoint::at(Point::InAssign);
        if let Err(error) = self.client.answer_assign() {
            self.fatal = Some(format!("an assignment could not be answered: {error}"));
            return;
        }
        if self.stopping.is_some() {
            return;
        }
        for at in partitions {
            let Some(route) = self.plan.route(&at.topic) else { continue };
            let key = (route.topic, at.partition);
            if self.slots.contains_key(&key) {
                continue;
            }
            if self.topics.knows(key) {
                self.topics.look_soon(now);
            }
            let slot = self.slot(at, route, Target::Committed, now);
            self.slots.insert(key, slot);
        }
    }

    fn slot(&self, at: &TopicPartition, route: &Arc<Route>, target: Target, now: Duration) -> Slot {
        let partition = Partition::new(self.seat(route.topic, at.partition), Arc::clone(route), now);
        let fetch = Fetch::Moving(Lookup::new(target, now));
        let (progress, id) = (Progress::new(None), self.topics.id(route.topic));
        Slot { at: at.clone(), partition, progress, fetch, wants: None, trouble: 0, id, hold: Hold::Free }
    }

    /// Takes moving partitions away from the client, asks where they start, and adds those whose answers are complete.
    /// Not while a revocation is unanswered: any such call would be its answer.
    pub(super) fn moves(&mut self, now: Duration) {
        if self.revocation.is_some() || self.stopping.is_some() {
            return;
        }
        self.take_away(now);
        self.ask(now);
        self.ask_committed();
        let ready: Vec<Key> = self.slots.iter().filter(|(_, slot)| is_ready(slot)).map(|(key, _)| *key).collect();
        for key in ready {
            self.add(key, now);
        }
        self.assign_all();
    }

    /// An eager member hands over the whole of what runs after any change of it.
    fn assign_all(&mut self) {
        if !self.client.is_changed() {
            return;
        }
        let running = self.slots.values().filter_map(|slot| match &slot.fetch {
            Fetch::Flowing { next, flow: Flow::Paused, .. } => Some((slot.at.clone(), *next, Pausing::Paused)),
            Fetch::Flowing { next, .. } => Some((slot.at.clone(), *next, Pausing::Runs)),
            Fetch::Moving(_) => None,
        });
        if let Err(error) = self.client.assign_all(&running.collect::<Vec<_>>()) {
            self.fatal = Some(error.to_string());
        }
    }

    fn take_away(&mut self, now: Duration) {
        let mut anew = Vec::new();
        for slot in self.slots.values_mut() {
            let Some(target) = slot.wants.take() else { continue };
            if let Target::Anew { .. } = target {
                anew.push((slot.key(), target));
            }
            let before = std::mem::replace(&mut slot.fetch, Fetch::Moving(Lookup::after(slot.trouble, target, now)));
            if let Fetch::Flowing { queue, .. } = before
                && let Err(error) = self.client.remove_partition(queue)
            {
                self.fatal = Some(format!("a partition could not be moved: {error}"));
            }
        }
        for (key, target) in anew {
            self.replace(key, target, now);
        }
    }

    /// The partition is one of another topic: the assignment ends, and a new one takes its place.
    fn replace(&mut self, key: Key, target: Target, now: Duration) {
        let Some(old) = self.slots.remove(&key) else { return };
        let slot = self.slot(&old.at, old.partition.route(), target, now);
        self.slots.insert(key, slot);
        self.lose(old.partition);
    }

    /// One question for all partitions that need an answer now. A partition whose earlier job outlived its assignment, in any
    /// connection of this process, is not handed over again before that job ends.
    fn ask(&mut self, now: Duration) {
        // Which topic it is has to be known first.
        if self.topics.is_suspicious() {
            return;
        }
        let ticket = self.next_ticket;
        let mut all = Vec::new();
        let mut timed: BTreeMap<i64, Vec<TopicPartition>> = BTreeMap::new();
        for slot in self.slots.values_mut() {
            let held = orphans::are_held(self.plan.group, slot.key());
            let Fetch::Moving(lookup) = &mut slot.fetch else { continue };
            if lookup.is_overdue(now, ANSWER_BOUND * 2) {
                lookup.failed(now);
            }
            if held || lookup.ticket.is_some() || now < lookup.at {
                continue;
            }
            let initial = slot.partition.route().policies.initial_offset;
            (lookup.ticket, lookup.at) = (Some(ticket), now);
            lookup.instant = instant(lookup.target, initial, SystemTime::now());
            if let Some(instant) = lookup.instant {
                timed.entry(instant).or_default().push(slot.at.clone());
            }
            all.push(slot.at.clone());
        }
        if all.is_empty() {
            return;
        }
        self.next_ticket += 1;
        let isolation = match self.plan.isolation {
            Isolation::ReadCommitted => crate::librdkafka::Isolation::ReadCommitted,
            Isolation::ReadUncommitted => crate::librdkafka::Isolation::ReadUncommitted,
        };
        let mut asked = Vec::new();
        let ends = [(Which::Earliest, &all), (Which::Latest, &all)];
        let instants = timed.iter().map(|(instant, partitions)| (Which::At(*instant), partitions));
        for (which, partitions) in ends.into_iter().chain(instants) {
            asked.push(self.offsets.ask_range(ticket, partitions, which, isolation, ANSWER_BOUND));
        }
        for error in asked.into_iter().filter_map(Result::err) {
            self.refused("offsets cannot be asked for", &error);
        }
    }

    /// What the group has committed is asked for when the brokers have answered the rest, and that question is never given up by
    /// the client: one that times out while its coordinator is away is a use after free in librdkafka 2.12 when the coordinator is
    /// back (`rd_kafka_coord_req_fail` after `rd_kafka_admin_coord_request`).
    fn ask_committed(&mut self) {
        let mut questions: BTreeMap<u64, Vec<TopicPartition>> = BTreeMap::new();
        for slot in self.slots.values_mut() {
            let Fetch::Moving(lookup) = &mut slot.fetch else { continue };
            if let Some(ticket) = lookup.wants_committed() {
                lookup.committed = Answer::Asked;
                questions.entry(ticket).or_default().push(slot.at.clone());
            }
        }
        for (ticket, partitions) in questions {
            if let Err(error) = self.offsets.ask_committed(ticket, self.plan.group, &partitions, COMMITTED_BOUND) {
                self.refused("committed offsets cannot be asked for", &error);
            }
        }
    }

    pub(super) fn offsets_answered(&mut self, answer: OffsetsAnswer, now: Duration) {
        match answer {
            OffsetsAnswer::Committed { ticket, entries, .. } => {
                for entry in entries {
                    let metadata = entry.metadata.and_then(|bytes| String::from_utf8(bytes).ok());
                    let value = entry.error.map_or(Ok(entry.offset), Err);
                    self.answered(ticket, &entry.at, now, value, |lookup, offset| {
                        lookup.committed = Answer::Given(offset);
                        lookup.metadata = metadata.filter(|text| !text.is_empty()).map(Into::into);
                    });
                }
            }
            OffsetsAnswer::Range { ticket, which, entries, .. } => {
                for (at, value) in entries {
                    self.answered(ticket, &at, now, value, |lookup, offset| match which {
                        Which::Earliest => lookup.earliest = Some(offset),
                        Which::Latest => lookup.latest = Some(offset),
                        Which::At(_) => lookup.timed = Some(offset),
                    });
                }
            }
            OffsetsAnswer::Topics { ticket, entries, .. } => self.topics_answered(ticket, &entries, now),
        }
    }

    fn answered<T>(
        &mut self,
        ticket: u64,
        at: &TopicPartition,
        now: Duration,
        value: Result<T, Code>,
        keep: impl FnOnce(&mut Lookup, T),
    ) {
        let Some(slot) = self.key(at).and_then(|key| self.slots.get_mut(&key)) else { return };
        let Fetch::Moving(lookup) = &mut slot.fetch else { return };
        if lookup.ticket != Some(ticket) {
            return;
        }
        match value {
            Ok(value) => keep(lookup, value),
            Err(code) => {
                if code == Code::UNSTABLE_OFFSET_COMMIT {
                    self.plan.transactions.claim();
                }
                if lookup.failures == 0 || lookup.failures % 20 == 0 {
                    let (topic, partition) = (slot.partition.seat().origin.topic, at.partition);
                    let error = format!("its offsets are not known yet: {} ({code})", code.name());
                    emit(Event::FetchFailed { topic, partition, error: &error });
                }
                lookup.failed(now);
            }
        }
    }

    fn add(&mut self, key: Key, now: Duration) {
        let Some(slot) = self.slots.get_mut(&key) else { return };
        let initial = slot.partition.route().policies.initial_offset;
        let Fetch::Moving(lookup) = &slot.fetch else { return };
        let Some(known) = lookup.known() else { return };
        let known = Known { before: self.topics.ended_in_another(key), ..known };
        let start = start(lookup.target, known, initial);
        let is_first = matches!(lookup.target, Target::Committed | Target::Anew { .. });
        // What another topic's progress carried means nothing here.
        let is_another = matches!(start.remark, Some(Remark::Recreated { .. }));
        let metadata = lookup.metadata.clone().filter(|_| !is_another);
        match self.client.add_partition(&slot.at, StartOffset::Offset(start.offset)) {
            Ok(queue) => {
                slot.id = self.topics.id(key.0);
                slot.fetch = Fetch::Flowing { queue, next: start.offset, flow: Flow::Drained };
                slot.partition.repositioned(start.offset);
                if is_first {
                    slot.progress = Progress::new(known.committed);
                    slot.hold = Hold::Free;
                    let epoch = &slot.partition.seat().epoch;
                    epoch.load(metadata);
                    // It went back to what is stored: nothing else is marked any more.
                    if epoch.marked().is_some() {
                        epoch.mark(start.offset);
                    }
                    // Beginning later than at the start is a decision about all before it: without a commit the next owner
                    // would decide again, and pass over what failed here meanwhile.
                    if known.committed.is_none() && initial != InitialOffset::Earliest {
                        slot.partition.seat().epoch.mark(start.offset);
                        self.commits.soon(now);
                    }
                }
                failpoint::at(Point::PartitionStarted);
                remark(key, start.remark, start.offset);
                let (topic, partition) = key;
                emit(Event::Started { topic, partition, offset: start.offset, group: self.plan.group });
            }
            Err(error) => {
                if let Fetch::Moving(lookup) = &mut slot.fetch {
                    lookup.failed(now);
                }
                self.refused("a partition cannot be started", &error);
            }
        }
    }
}

fn is_ready(slot: &Slot) -> bool {
    matches!(&slot.fetch, Fetch::Moving(lookup) if lookup.known().is_some())
}

fn remark((topic, partition): Key, remark: Option<Remark>, start: i64) {
    match remark {
        Some(Remark::Gap { from }) => emit(Event::DataGap { topic, partition, from, to: start }),
        Some(Remark::Recreated { from }) if from == start => {}
        Some(Remark::Recreated { from }) => emit(Event::Recreated { topic, partition, from, to: start }),
        Some(Remark::BeyondEnd { wanted }) => {
            emit(Event::BeyondEnd { topic, partition, committed: wanted, end: start });
        }
        None => {}
    }
}

/// After an error of its queue a partition goes on at its own next offset.
pub(super) fn repair(next: i64) -> Target {
    Target::Place(SeekTo::Offset(next))
}
