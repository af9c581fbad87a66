//! The thread of one connection: sessions one after the other, until it is told to stop.
//!
//! A client that cannot go on is replaced with back-off. A cluster without KIP-848 refuses the first client for good: the
//! connection then stays with the classic protocol.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::commits::Commits;
use super::inbox::{Inbox, Mail};
use super::plan::ConnectionPlan;
use super::session::{SLOW_TIMER, Session};
use super::stopping::{Stage, Stopping};
use crate::librdkafka::{CallError, Code, ConsumerClient, OffsetsClient, OffsetsQueue, log_to_tracing};
use crate::processing::Pool;
use crate::telemetry::{Event, emit};
use crate::topology::Protocol;
use crate::vitals::{CellWriter, Job, JobKind};

/// Longest wait for a client to be destroyed; then it is left to the end of the process.
const DESTROY: Duration = Duration::from_secs(2);
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
        loop {
            let began = (self.clock)();
            match self.session(protocol) {
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
            if self.sleep(wait) {
                return Ended::default();
            }
            wait = (wait * 2).min(LONGEST_ANEW);
        }
    }

    /// Waits, ticking; true when it was told to stop meanwhile.
    fn sleep(&self, wait: Duration) -> bool {
        let until = (self.clock)() + wait;
        let mut mail = Vec::new();
        while (self.clock)() < until {
            self.tick(JobKind::ListenerTurn);
            let _ = self.inbox.wake().wait(SLOW_TIMER);
            self.inbox.wake().drain();
            self.inbox.take(&mut mail);
            if mail.drain(..).any(|mail| matches!(mail, Mail::Stop { .. })) {
                return true;
            }
        }
        false
    }

    fn session(&self, protocol: Protocol) -> SessionEnd {
        let mut session = match self.begin(protocol) {
            Ok(session) => session,
            Err(error) => return SessionEnd::Failed { error, unsupported: false },
        };
        loop {
            let now = (self.clock)();
            session.turn(now);
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
                let told_to_stop = session.stopping.is_some();
                session.lose_everything();
                session.client.destroy(DESTROY);
                if told_to_stop {
                    return SessionEnd::Stopped(Ended::default());
                }
                return SessionEnd::Failed { error: text, unsupported };
            }
            let _ = self.inbox.wake().wait(session.sleep(now));
            self.inbox.wake().drain();
        }
    }

    fn begin(&self, protocol: Protocol) -> Result<Session<'_>, String> {
        use std::os::fd::AsFd as _;
        let now = (self.clock)();
        let plan = &self.plan;
        let wake = self.inbox.wake().as_fd();
        let log = log_to_tracing(format!("{}/{}", plan.group, plan.connection));
        let client =
            ConsumerClient::create(plan.client_properties(protocol), wake, log).map_err(|error| error.to_string())?;
        let offsets = OffsetsQueue::new(&self.offsets, wake).map_err(|error| error.to_string())?;
        client.subscribe(&plan.topics()).map_err(|error| error.to_string())?;
        Ok(Session {
            plan,
            inbox: &self.inbox,
            pool: &self.pool,
            stopping_flag: &self.stopping,
            client,
            offsets,
            slots: HashMap::new(),
            orphans: HashMap::new(),
            revocation: None,
            commits: Commits::new(plan.commit_interval, plan.commit_deadline, now),
            waiting: Vec::new(),
            stopping: None,
            fatal: None,
            next_ticket: 1,
            mail: Vec::new(),
            scratch: Vec::new(),
            trouble_said: None,
        })
    }

    fn tick(&self, kind: JobKind) {
        if let Some(cell) = &self.cell {
            cell.begin(Job::of_kind(kind), (self.clock)());
        }
    }
}

/// Closes the client. One whose records are still held by a job cannot be destroyed: it is left to the end of the process.
fn end(session: Session<'_>) -> Ended {
    let Session { client, slots, orphans, stopping, offsets, .. } = session;
    let Some(Stopping { stage, given_up, .. }) = stopping else { return Ended::default() };
    drop((slots, orphans, offsets));
    let left = matches!(stage, Stage::Over { left: true });
    if given_up.is_empty() {
        client.destroy(DESTROY);
    }
    if !left {
        tracing::warn!("the group was not left in time: its partitions move when the session times out");
    }
    Ended { given_up }
}
