//! What reaches a listener from other threads, and what wakes it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use crate::consumer::{CommitPort, Membership, MembershipPort, Settled};
use crate::message::Origin;
use crate::os::EventFd;
use crate::processing::{Done, Sender};

/// A message to a listener.
pub(super) enum Mail {
    /// A job ended.
    Done(Box<Done>),
    /// A handler waits for a commit of its partition.
    Commit { origin: Origin, reply: mpsc::SyncSender<bool> },
    /// A transaction wants to commit progress of this assignment.
    HoldCommits { origin: Origin, reply: mpsc::SyncSender<Option<Membership>> },
    /// It is over.
    Settled { origin: Origin, settled: Settled },
    /// Finish and commit, take no new work, stay in the group.
    Quiet,
    /// Finish, commit and leave until the deadline (of the process clock).
    Stop { deadline: Duration },
}

/// The listener's mailbox. Bounded by its senders: one job and one waiting handler per partition.
pub(crate) struct Inbox {
    mail: Mutex<Vec<Mail>>,
    wake: EventFd,
    commit_deadline: Duration,
    /// The listener's client was a member of its group once.
    joined: AtomicBool,
    /// What its client complained about last, until somebody takes it.
    trouble: Mutex<Option<String>>,
}

impl Inbox {
    pub(crate) fn new(commit_deadline: Duration) -> io::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            mail: Mutex::default(),
            wake: EventFd::new()?,
            commit_deadline,
            joined: AtomicBool::new(false),
            trouble: Mutex::default(),
        }))
    }

    /// Asks the listener to stop. `deadline` is a time of the process clock.
    pub(crate) fn stop(&self, deadline: Duration) {
        self.send(Mail::Stop { deadline });
    }

    /// Asks the listener to take no new work and to stay in its group until the stop.
    pub(crate) fn quiet(&self) {
        self.send(Mail::Quiet);
    }

    /// Whether the connection was steady once: its client was a member of its group.
    pub(crate) fn has_joined(&self) -> bool {
        self.joined.load(Ordering::Relaxed)
    }

    pub(super) fn joined(&self) {
        self.joined.store(true, Ordering::Relaxed);
    }

    /// What the client has complained about since this was asked last: brokers that are away, as a rule.
    pub(crate) fn take_trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(super) fn trouble(&self, text: &str) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(text.to_owned());
    }

    /// The descriptor that librdkafka writes to as well.
    pub(super) fn wake(&self) -> &EventFd {
        &self.wake
    }

    /// Takes everything that arrived.
    pub(super) fn take(&self, into: &mut Vec<Mail>) {
        into.append(&mut self.mail.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn send(&self, mail: Mail) {
        let mut waiting = self.mail.lock().unwrap_or_else(PoisonError::into_inner);
        let was_empty = waiting.is_empty();
        waiting.push(mail);
        drop(waiting);
        if was_empty {
            self.wake.notify();
        }
    }
}

impl Sender for Inbox {
    fn done(&self, done: Done) {
        self.send(Mail::Done(Box::new(done)));
    }
}

impl CommitPort for Inbox {
    fn commit(&self, origin: Origin) -> bool {
        let (reply, answer) = mpsc::sync_channel(1);
        self.send(Mail::Commit { origin, reply });
        answer.recv_timeout(self.commit_deadline).unwrap_or(false)
    }
}

impl MembershipPort for Inbox {
    fn hold_commits(&self, origin: Origin) -> Option<Membership> {
        let (reply, answer) = mpsc::sync_channel(1);
        self.send(Mail::HoldCommits { origin, reply });
        answer.recv_timeout(self.commit_deadline).ok().flatten()
    }

    fn settled(&self, origin: Origin, settled: Settled) {
        self.send(Mail::Settled { origin, settled });
    }
}
