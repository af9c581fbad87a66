//! One life of a consumer client: its state, and one turn of the listener's loop.
//!
//! A turn: the control queue, commit answers, offset answers, mail, the rebalance step, moves, records, hand-overs, the stop, commits.
//! None of it blocks. What belongs to one concern is in a file of its own: `assigning`, `feeding`, `committing`, `revoking`,
//! `stopping`.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::budget::Budget;
use super::commits::Commits;
use super::inbox::{Inbox, Mail};
use super::orphans::Orphans;
use super::plan::ConnectionPlan;
use super::revoking::Revocation;
use super::slot::{Key, Slot};
use super::stopping::Stopping;
use super::topics::{Topics, may_concern_a_topic};
use crate::consumer::{EpochPhase, Seat};
use crate::librdkafka::{CallError, ConsumerClient, ControlEvent, NativeMessage, OffsetsQueue, TopicPartition};
use crate::message::Origin;
use crate::processing::{Done, Effect, Job, Partition, Pool};
use crate::telemetry::{Event, emit};
use crate::topology::Protocol;

/// Longest wait for something to arrive: the wake-up is edge-triggered, so queues are also read on this timer.
pub(super) const SLOW_TIMER: Duration = Duration::from_millis(50);

/// Assignments of this process, counted.
static EPOCHS: AtomicU64 = AtomicU64::new(1);

pub(super) struct Session<'s> {
    pub(super) plan: &'s Arc<ConnectionPlan>,
    pub(super) inbox: &'s Arc<Inbox>,
    pub(super) pool: &'s Arc<Pool>,
    pub(super) stopping_flag: &'s Arc<AtomicBool>,
    pub(super) client: ConsumerClient,
    pub(super) offsets: OffsetsQueue,
    pub(super) protocol: Protocol,
    pub(super) budget: Budget,
    pub(super) topics: &'s mut Topics,
    pub(super) subscribed: Vec<String>,
    pub(super) slots: HashMap<Key, Slot>,
    /// Partitions that are gone while a job of theirs runs; they outlive the session.
    pub(super) orphans: &'s mut Orphans,
    pub(super) revocation: Option<Revocation>,
    pub(super) commits: Commits,
    /// Handlers that wait for a commit.
    pub(super) waiting: Vec<(Origin, std::sync::mpsc::SyncSender<bool>)>,
    pub(super) stopping: Option<Stopping>,
    pub(super) fatal: Option<String>,
    pub(super) next_ticket: u64,
    pub(super) mail: Vec<Mail>,
    pub(super) scratch: Vec<NativeMessage>,
    /// When the last turn began.
    pub(super) last_turn: Duration,
    /// When memory was last given back to the system.
    pub(super) trimmed: Option<Duration>,
    /// Whether queues were emptied since then.
    pub(super) emptied: bool,
    /// When the brokers were last reported as away, so that it is said once a minute.
    pub(super) trouble_said: Option<Duration>,
}

impl Session<'_> {
    /// One turn at `now`.
    pub(super) fn turn(&mut self, now: Duration) {
        while let Some(event) = self.client.poll_control() {
            self.control(event, now);
        }
        while let Some(answer) = self.client.poll_answer() {
            self.commit_answered(&answer, now);
        }
        while let Some(answer) = self.offsets.poll() {
            self.offsets_answered(answer, now);
        }
        self.read_mail(now);
        self.subscribing_step(now);
        self.revocation_step(now);
        self.moves(now);
        self.feed(now);
        self.hand_over(now);
        self.stopping_step(now);
        self.commit_step(now);
        self.last_turn = now;
    }

    /// How long the loop may sleep after a turn at `now`.
    pub(super) fn sleep(&self, now: Duration) -> Duration {
        let partitions = self.slots.values().filter_map(|slot| slot.partition.wakes_at(now));
        let next =
            partitions.chain([self.commits.wakes_at(), self.topics.wakes_at()]).min().unwrap_or(now + SLOW_TIMER);
        next.saturating_sub(now).min(SLOW_TIMER)
    }

    fn control(&mut self, event: ControlEvent, now: Duration) {
        match event {
            ControlEvent::Assign(partitions) => self.assigned(&partitions, now),
            ControlEvent::Revoke { partitions, lost } => self.revoked(&partitions, lost, now),
            ControlEvent::Error { code, text, fatal, at } => {
                if may_concern_a_topic(code) {
                    self.topics.look_soon(now);
                }
                let place = at.map(|at| format!(" ({at})")).unwrap_or_default();
                let text = format!("{}: {text}{place}", code.name());
                self.inbox.trouble(&text);
                if fatal {
                    self.fatal = Some(text);
                } else if self.trouble_said.is_none_or(|said| now.saturating_sub(said) > Duration::from_mins(1)) {
                    self.trouble_said = Some(now);
                    emit(Event::ClientTrouble { group: self.plan.group, error: &text });
                }
            }
            ControlEvent::StrayRecord => {
                self.fatal = Some("a record arrived outside of its partition's queue".to_owned());
            }
            ControlEvent::Statistics(_) | ControlEvent::Other(_) => {}
        }
    }

    fn read_mail(&mut self, now: Duration) {
        let mut mail = std::mem::take(&mut self.mail);
        self.inbox.take(&mut mail);
        for mail in mail.drain(..) {
            match mail {
                Mail::Done(done) => self.done(*done, now),
                Mail::Commit { origin, reply } => self.commit_asked(origin, reply, now),
                Mail::HoldCommits { origin, reply } => self.hold_asked(origin, reply, now),
                Mail::Settled { origin, settled } => self.settled(origin, settled),
                Mail::Quiet => self.quiet(now),
                Mail::Stop { deadline } => self.stop(deadline, now),
            }
        }
        self.mail = mail;
    }

    /// A job ended: its partition takes it back, if it is still ours.
    fn done(&mut self, done: Done, now: Duration) {
        let origin = done.origin;
        let jitter = 0.9 + 0.2 * fastrand::f64();
        let key = (origin.topic, origin.partition);
        if let Some(slot) = self.slots.get_mut(&key).filter(|slot| slot.origin().epoch == origin.epoch) {
            match slot.partition.absorb(done, now, jitter) {
                Some(Effect::CommitSoon) => self.commits.soon(now),
                Some(Effect::Reposition(to)) => slot.wants = Some(super::start::Target::of(to)),
                None => {}
            }
        } else if let Some(mut orphan) = self.orphans.remove(origin.epoch) {
            orphan.absorb(done, now, jitter);
            self.bury(orphan);
        }
    }

    fn hand_over(&mut self, now: Duration) {
        if self.stopping.is_some() {
            return;
        }
        let jobs: Vec<Job> = self.slots.values_mut().filter_map(|slot| slot.partition.next(now)).collect();
        for job in jobs {
            self.submit(job);
        }
    }

    pub(super) fn submit(&self, job: Job) {
        self.pool.submit(job, Arc::clone(self.inbox) as Arc<dyn crate::processing::Sender>);
    }

    pub(super) fn seat(&self, topic: &'static str, partition: i32) -> Arc<Seat> {
        let number = EPOCHS.fetch_add(1, Ordering::Relaxed);
        Arc::new(Seat {
            origin: Origin { topic, partition, epoch: number },
            node: self.plan.node,
            epoch: Arc::new(crate::consumer::Epoch::new(number)),
            stopping: Arc::clone(self.stopping_flag),
            producer: self.plan.producer.clone(),
            dead_letters: Arc::clone(&self.plan.dead_letters),
            commits: Arc::clone(self.inbox) as Arc<dyn crate::consumer::CommitPort>,
            transactions: Arc::clone(&self.plan.transactions),
            membership: Arc::clone(self.inbox) as Arc<dyn crate::consumer::MembershipPort>,
        })
    }

    /// Every assignment ends now: the client cannot go on, or says that it lost everything.
    pub(super) fn lose_everything(&mut self) {
        self.revocation = None;
        let slots: Vec<Slot> = self.slots.drain().map(|(_, slot)| slot).collect();
        for slot in slots {
            if let Some(end) = slot.end() {
                self.topics.ended(slot.key(), slot.id, end);
            }
            self.lose(slot.partition);
        }
    }

    /// One assignment ends now, whatever it was doing.
    pub(super) fn lose(&mut self, partition: Partition) {
        partition.seat().epoch.advance(EpochPhase::Lost);
        if partition.is_busy() {
            self.orphans.insert(partition);
        } else {
            self.bury(partition);
        }
    }

    /// A partition of this connection by name.
    pub(super) fn key(&self, at: &TopicPartition) -> Option<Key> {
        self.plan.route(&at.topic).map(|route| (route.topic, at.partition))
    }

    pub(super) fn refused(&self, what: &str, error: &CallError) {
        let text = format!("{what}: {error}");
        emit(Event::ClientTrouble { group: self.plan.group, error: &text });
    }
}
