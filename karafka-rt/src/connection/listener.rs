//! The thread of one connection: sessions one after the other, until it is told to stop.
//!
//! A client that cannot go on is replaced with back-off. A cluster without KIP-848 refuses the first client for good: the
//! connection then stays with the classic protocol.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::budget::Budget;
use super::commits::Commits;
use super::inbox::{Inbox, Mail};
use super::orphans::Orphans;
use super::plan::ConnectionPlan;
use super::session::{SLOW_TIMER, Session};
use super::stopping::{LAST_COMMIT, LEAVE, Stage, Stopping, describe};
use super::topics::Topics;
use crate::librdkafka::{CallError, Code, ConsumerClient, OffsetsClient, OffsetsQueue, log_to_tracing};
use crate::processing::Pool;
use crate::telemetry::{Event, emit};
use crate::topology::Protocol;
use crate::vitals::{CellWriter, Job, JobKind};

/// Longest wait for a client to be destroyed; then it is left to the end of the process.
pub(super) const DESTROY: Duration = Duration::from_millis(1500);
/// Longest time from the end of the jobs' time to the end of the listener.
pub(crate) const LONGEST_CLOSE: Duration =
    LAST_COMMIT.saturating_add(LEAVE).saturating_add(DESTROY).saturating_add(SLOW_TIMER.saturating_mul(4));
/// Until the client is a member of its group, it is asked this often.
const JOIN_LOOK: Duration = Duration::from_millis(250);
/// Between two clients, doubled with each failure.
const ANEW: Duration = Duration::from_secs(1);
const LONGEST_ANEW: Duration = Duration::from_mins(1);

/// A listener before its thread starts.
pub(crate) struct Listener {
    pub(crate) plan: Arc<ConnectionPlan>,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) offsets: Arc<OffsetsClient>,
    pub(crate) stopping: Arc<AtomicBool>,
    pub(crate) cell: Option<CellWriter>,
    pub(crate) clock: fn() -> Duration,
}

/// How a listener ended.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    /// Jobs that did not finish in time, as a person reads them.
    pub(crate) given_up: Vec<String>,
    /// The listener ended by itself: a bug of ours.
    pub(crate) panic: Option<String>,
}

/// What was asked for, beyond the life of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Consume,
    Quiet,
    Stop,
}

/// The client that all listeners of a process ask for offsets.
pub(crate) fn offsets_client(properties: &BTreeMap<String, String>) -> Result<Arc<OffsetsClient>, CallError> {
    OffsetsClient::create(properties)
}

enum SessionEnd {
    Stopped(Ended),
    Failed { error: String, unsupported: bool },
}

impl Listener {
    /// Runs until it is told to stop.
    pub(crate) fn run(self) -> Ended {
        let mut protocol = self.plan.protocol;
        let mut wait = ANEW;
        let mut orphans = Orphans::default();
        let mut topics = Topics::new(self.plan.routes.iter().map(|route| route.topic));
        let mut asked = Asked::Consume;
        loop {
            let began = (self.clock)();
            match self.session(protocol, &mut orphans, &mut topics, &mut asked) {
                SessionEnd::Stopped(ended) => return ended,
                SessionEnd::Failed { unsupported: true, .. } if protocol == Protocol::Consumer => {
                    protocol = Protocol::Classic;
                    let error = "the cluster has no KIP-848 groups: going on with the classic protocol";
                    emit(Event::ClientTrouble { group: self.plan.group, error });
                    continue;
                }
                SessionEnd::Failed { error, .. } => {
                    let error = format!("{error}; a new client follows in {wait:?}");
                    emit(Event::ClientTrouble { group: self.plan.group, error: &error });
                }
            }
            if (self.clock)().saturating_sub(began) > LONGEST_ANEW {
                wait = ANEW;
            }
            self.sleep(wait, &mut orphans, &mut asked);
            if asked == Asked::Stop {
                return Ended { given_up: still_running(&orphans), panic: None };
            }
            wait = (wait * 2).min(LONGEST_ANEW);
        }
    }

    /// Waits, ticking, until the next session or a stop.
    fn sleep(&self, wait: Duration, orphans: &mut Orphans, asked: &mut Asked) {
        let until = (self.clock)() + wait;
        let mut mail = Vec::new();
        while (self.clock)() < until && *asked != Asked::Stop {
            self.tick(JobKind::ListenerTurn);
            let _ = self.inbox.wake().wait(SLOW_TIMER);
            self.inbox.wake().drain();
            self.inbox.take(&mut mail);
            for mail in mail.drain(..) {
                match mail {
                    Mail::Stop { .. } => *asked = Asked::Stop,
                    Mail::Quiet => *asked = Asked::Quiet,
                    // Its assignment is over; without a client there is nobody to commit for.
                    Mail::Done(done) => drop(orphans.remove(done.origin.epoch)),
                    Mail::Commit { reply, .. } => drop(reply.try_send(false)),
                    Mail::HoldCommits { reply, .. } => drop(reply.try_send(None)),
                    Mail::Settled { .. } => {}
                }
            }
        }
    }

    fn session(&self, protocol: Protocol, orphans: &mut Orphans, topics: &mut Topics, asked: &mut Asked) -> SessionEnd {
        let mut session = match self.begin(protocol, orphans, topics) {
            Ok(session) => session,
            Err(error) => return SessionEnd::Failed { error, unsupported: false },
        };
        if *asked == Asked::Quiet {
            session.quiet((self.clock)());
        }
        let mut asks_at = Duration::ZERO;
        loop {
            let now = (self.clock)();
            session.turn(now);
            if !self.inbox.has_joined() && now >= asks_at {
                asks_at = now + JOIN_LOOK;
                if session.client.is_member() {
                    self.inbox.joined();
                }
            }
            self.pool.tend(now);
            self.tick(if session.stopping.is_some() { JobKind::Closing } else { JobKind::ListenerTurn });
            if session.is_over() {
                return SessionEnd::Stopped(end(session));
            }
            if let Some(error) = session.fatal.take() {
                let code = session.client.fatal_error();
                let text = code.as_ref().map_or(error, |(code, text)| format!("{}: {text}", code.name()));
                let unsupported = code.is_some_and(|(code, _)| {
                    code == Code::UNSUPPORTED_VERSION || code == Code::LOCAL_UNSUPPORTED_FEATURE
                });
                *asked = match &session.stopping {
                    Some(stopping) if stopping.is_final() => Asked::Stop,
                    Some(_) => Asked::Quiet,
                    None => *asked,
                };
                session.lose_everything();
                session.client.destroy(DESTROY);
                if *asked == Asked::Stop {
                    return SessionEnd::Stopped(Ended { given_up: still_running(session.orphans), panic: None });
                }
                return SessionEnd::Failed { error: text, unsupported };
            }
            let _ = self.inbox.wake().wait(session.sleep(now));
            self.inbox.wake().drain();
        }
    }

    fn begin<'s>(
        &'s self,
        protocol: Protocol,
        orphans: &'s mut Orphans,
        topics: &'s mut Topics,
    ) -> Result<Session<'s>, String> {
        use std::os::fd::AsFd as _;
        let now = (self.clock)();
        let plan = &self.plan;
        let wake = self.inbox.wake().as_fd();
        let client = client(plan, protocol, plan.budget, 1, &self.inbox).map_err(|error| error.to_string())?;
        topics.restart(now);
        let offsets = match OffsetsQueue::new(&self.offsets, wake) {
            Ok(offsets) => offsets,
            Err(error) => {
                client.destroy(DESTROY);
                return Err(error.to_string());
            }
        };
        Ok(Session {
            plan,
            inbox: &self.inbox,
            pool: &self.pool,
            stopping_flag: &self.stopping,
            client,
            offsets,
            protocol,
            budget: plan.budget,
            topics,
            subscribed: Vec::new(),
            slots: HashMap::new(),
            orphans,
            revocation: None,
            commits: Commits::new(plan.commit_interval, plan.commit_deadline, now),
            waiting: Vec::new(),
            stopping: None,
            fatal: None,
            next_ticket: 1,
            mail: Vec::new(),
            scratch: Vec::new(),
            last_turn: now,
            trimmed: None,
            emptied: false,
            trouble_said: None,
        })
    }

    fn tick(&self, kind: JobKind) {
        if let Some(cell) = &self.cell {
            cell.begin(Job::of_kind(kind), (self.clock)());
        }
    }
}

/// A client that has joined nothing.
pub(super) fn client(
    plan: &ConnectionPlan,
    protocol: Protocol,
    budget: Budget,
    partitions: usize,
    inbox: &Inbox,
) -> Result<ConsumerClient, CallError> {
    use std::os::fd::AsFd as _;
    let log = log_to_tracing(format!("{}/{}", plan.group, plan.connection));
    let mut properties = plan.client_properties(protocol).clone();
    // What is configured is the most.
    let configured = properties.get("fetch.max.bytes").and_then(|value| value.parse().ok()).unwrap_or(u64::MAX);
    properties.insert("fetch.max.bytes".to_owned(), budget.response(partitions).min(configured).to_string());
    properties.insert("queued.max.messages.kbytes".to_owned(), (budget.queue / 1024).to_string());
    properties.insert("fetch.message.max.bytes".to_owned(), budget.fetch.to_string());
    ConsumerClient::create(&properties, inbox.wake().as_fd(), log)
}

/// Closes the client. One whose records are still held by a job cannot be destroyed: it is left to the end of the process.
fn end(session: Session<'_>) -> Ended {
    let Session { client, slots, stopping, offsets, .. } = session;
    let Some(Stopping { stage, given_up, .. }) = stopping else { return Ended::default() };
    drop((slots, offsets));
    let left = matches!(stage, Stage::Over { left: true });
    if given_up.is_empty() {
        client.destroy(DESTROY);
    }
    if !left {
        tracing::warn!("the group was not left in time: its partitions move when the session times out");
    }
    Ended { given_up, panic: None }
}

fn still_running(orphans: &Orphans) -> Vec<String> {
    orphans.partitions().map(describe).collect()
}
