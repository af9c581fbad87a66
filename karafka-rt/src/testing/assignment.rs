//! One assigned partition: the harness's part of what a listener does. What happens to records is not decided here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::broker::{Broker, BrokerPort, Writer};
use super::clock::Clock;
use super::transaction::Transactions;
use crate::connection::{Known, Target, instant, start};
use crate::consumer::{CommitPort, Epoch, EpochPhase, MembershipPort, Producer, Seat, SeekTo};
use crate::message::{Origin, Record};
use crate::processing::{Done, Effect, Hook, Job, Partition, Route, Watch as _, execute};
use crate::topology::InitialOffset;

/// Group, topic, partition.
pub(super) type Place = (&'static str, &'static str, i32);

/// The next offset to read, and the metadata beside it.
type Committed = (i64, Option<Arc<str>>);

/// What groups have committed, and the living assignments that may commit.
#[derive(Default)]
pub(super) struct Commits {
    /// The next offset to read, and the metadata beside it.
    stored: Mutex<BTreeMap<Place, Committed>>,
    epochs: Mutex<BTreeMap<u64, (Place, Arc<Epoch>)>>,
    /// Every place that was ever assigned.
    known: Mutex<BTreeSet<Place>>,
}

pub(super) struct Assignment {
    pub(super) place: Place,
    partition: Partition,
    /// The next offset to read.
    next: i64,
}

/// What every assignment of a harness shares.
pub(super) struct Surroundings {
    pub(super) broker: Arc<Broker>,
    pub(super) commits: Arc<Commits>,
    pub(super) clock: Clock,
    pub(super) stopping: Arc<AtomicBool>,
}

impl Assignment {
    /// Begins where the group's progress ends.
    pub(super) fn begin(around: &Surroundings, route: &Arc<Route>, partition: i32, epoch: u64, now: Duration) -> Self {
        let place = (route.group, route.topic, partition);
        let port = |writer| Arc::new(BrokerPort { broker: Arc::clone(&around.broker), writer });
        let seat = Seat {
            origin: Origin { topic: route.topic, partition, epoch },
            node: 0,
            epoch: Arc::new(Epoch::new(epoch)),
            stopping: Arc::clone(&around.stopping),
            producer: Producer::new(port(Writer::Handler), Duration::ZERO),
            dead_letters: port(Writer::DeadLetters),
            commits: Arc::clone(&around.commits) as Arc<dyn CommitPort>,
            transactions: Arc::new(Transactions { broker: Arc::clone(&around.broker) }),
            membership: Arc::clone(&around.commits) as Arc<dyn MembershipPort>,
        };
        around.commits.lock_epochs().insert(epoch, (place, Arc::clone(&seat.epoch)));
        around.commits.known.lock().unwrap_or_else(PoisonError::into_inner).insert(place);
        let partition = Partition::new(Arc::new(seat), Arc::clone(route), now);
        let mut assignment = Self { place, partition, next: 0 };
        assignment.partition.seat().epoch.load(around.commits.metadata(place));
        assignment.go_to(around, Target::Committed);
        // As in a listener: beginning later than at the start is a decision about all that is before it.
        if around.commits.stored(place).is_none() && assignment.initial() != InitialOffset::Earliest {
            assignment.partition.seat().epoch.mark(assignment.next);
        }
        assignment
    }

    /// Hands over what is there and runs one job, if there is one now.
    pub(super) fn job(&mut self, around: &Surroundings, now: Duration) -> Option<Job> {
        let (_, topic, partition) = self.place;
        let room = self.partition.room(now);
        if room > 0 {
            let records = around.broker.read(topic, partition, self.next, room);
            if let Some(last) = records.last() {
                self.next = last.offset + 1;
                self.partition.accept(records.into_iter().map(|record| Record::Owned(Box::new(record))), now);
            }
        }
        self.partition.next(now)
    }

    /// Takes the finished job back. Back-off has no random part here.
    pub(super) fn absorb(&mut self, around: &Surroundings, done: Done, now: Duration) {
        match self.partition.absorb(done, now, 1.0) {
            Some(Effect::CommitSoon) => around.commits.commit_epoch(self.epoch()),
            Some(Effect::Reposition(to)) => self.go_to(around, Target::of(to)),
            None => {}
        }
    }

    pub(super) fn wakes_at(&self, now: Duration) -> Option<Duration> {
        self.partition.wakes_at(now)
    }

    pub(super) fn epoch(&self) -> u64 {
        self.partition.seat().origin.epoch
    }

    /// What is marked, or else what is stored.
    pub(super) fn progress(&self, commits: &Commits) -> Option<i64> {
        self.partition.seat().epoch.marked().or_else(|| commits.stored(self.place))
    }

    /// Taken away in order: what is done is committed first.
    pub(super) fn revoke(mut self, around: &Surroundings) {
        self.partition.seat().epoch.advance(EpochPhase::Revoking);
        self.partition.retire();
        around.commits.commit_epoch(self.epoch());
        self.bury(around);
    }

    /// Lost: nothing is committed any more.
    pub(super) fn lose(mut self, around: &Surroundings) {
        self.partition.seat().epoch.advance(EpochPhase::Lost);
        self.partition.retire();
        self.bury(around);
    }

    /// The process stops: the partition stays ours until its hook has run.
    pub(super) fn stop(mut self, around: &Surroundings) {
        self.partition.retire();
        self.last(around, Hook::Shutdown);
        around.commits.commit_epoch(self.epoch());
        self.partition.seat().epoch.advance(EpochPhase::Dead);
        around.commits.lock_epochs().remove(&self.epoch());
    }

    fn bury(&mut self, around: &Surroundings) {
        self.partition.seat().epoch.advance(EpochPhase::Dead);
        self.last(around, Hook::Revoked);
        around.commits.lock_epochs().remove(&self.epoch());
    }

    fn last(&mut self, around: &Surroundings, hook: Hook) {
        if let Some(job) = self.partition.last_hook(hook) {
            let done = execute(job, &around.clock);
            self.partition.absorb(done, Duration::ZERO, 1.0);
        }
    }

    fn go_to(&mut self, around: &Surroundings, target: Target) {
        let (_, topic, partition) = self.place;
        let (earliest, latest) = around.broker.range(topic, partition);
        let committed = if target == Target::Committed { around.commits.stored(self.place) } else { None };
        let now = SystemTime::UNIX_EPOCH + around.clock.now();
        let timed = instant(target, self.initial(), now).map(|time| around.broker.at_time(topic, partition, time));
        self.next = start(target, Known { committed, earliest, latest, timed, before: None }, self.initial()).offset;
        self.partition.repositioned(self.next);
    }

    fn initial(&self) -> InitialOffset {
        self.partition.route().policies.initial_offset
    }

    /// Retention may have overtaken the reader.
    pub(super) fn expired(&mut self, around: &Surroundings) {
        let (_, topic, partition) = self.place;
        if self.next < around.broker.range(topic, partition).0 {
            self.go_to(around, Target::Place(SeekTo::Offset(self.next)));
        }
    }
}

impl Commits {
    pub(super) fn stored(&self, place: Place) -> Option<i64> {
        self.lock_stored().get(&place).map(|(next, _)| *next)
    }

    fn metadata(&self, place: Place) -> Option<Arc<str>> {
        self.lock_stored().get(&place).and_then(|(_, metadata)| metadata.clone())
    }

    /// Whether the partition was never assigned.
    pub(super) fn is_new(&self, place: Place) -> bool {
        !self.known.lock().unwrap_or_else(PoisonError::into_inner).contains(&place)
    }

    /// Whether the assignment may still commit.
    pub(super) fn lives(&self, epoch: u64) -> bool {
        self.lock_epochs().get(&epoch).is_some_and(|(_, epoch)| !epoch.phase().is_over())
    }

    /// Commits what is marked in every living assignment.
    pub(super) fn commit_all(&self) {
        let epochs: Vec<u64> = self.lock_epochs().keys().copied().collect();
        for epoch in epochs {
            self.commit_epoch(epoch);
        }
    }

    fn commit_epoch(&self, epoch: u64) {
        let living = self.lock_epochs();
        if let Some((place, epoch)) = living.get(&epoch)
            && let Some(marked) = epoch.to_commit()
        {
            self.lock_stored().insert(*place, (marked.next, marked.metadata));
        }
    }

    fn lock_stored(&self) -> MutexGuard<'_, BTreeMap<Place, Committed>> {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_epochs(&self) -> MutexGuard<'_, BTreeMap<u64, (Place, Arc<Epoch>)>> {
        self.epochs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CommitPort for Commits {
    fn commit(&self, origin: Origin) -> bool {
        let lives = self.lives(origin.epoch);
        if lives {
            self.commit_epoch(origin.epoch);
        }
        lives
    }
}
