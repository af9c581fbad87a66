//! The transactional producers of one consumer group in one node.
//!
//! Each has a `transactional.id` of its own. A transaction takes the one that was idle for longest: a producer's next
//! transaction tends to wait until the markers of its last one are written, so those of a partition alternate by themselves.
//!
//! A producer that met an error is replaced in the background by one with the same id, whose `init_transactions` settles and
//! fences what the old one left. That is tried for as long as it takes; brokers may be away.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::client::TransactionalClient;
use super::open::Open;
use super::settings::TransactionSettings;
use crate::consumer::{OpenTransaction, TransactionError, TransactionPort};
use crate::librdkafka::Code;

/// Longest wait for a producer to become free.
const FREE_WITHIN: Duration = Duration::from_secs(30);
/// One try of `init_transactions`.
const INIT: Duration = Duration::from_secs(10);
/// Between two tries, doubled up to the longest.
const INIT_BACKOFF: Duration = Duration::from_millis(100);
const INIT_BACKOFF_MAX: Duration = Duration::from_secs(2);
/// A producer that cannot be ended within this blocks its id: the process has to end.
const DISCARD: Duration = Duration::from_secs(30);

/// See the module's documentation.
pub(crate) struct TransactionalProducers {
    shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) settings: TransactionSettings,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    idle: VecDeque<Member>,
    /// How often each id's producer was replaced.
    replaced: Vec<u64>,
    phase: Phase,
}

enum Phase {
    Open,
    /// No transaction can begin any more in this process, and it has to end: why.
    Broken(String),
    Closed,
}

/// A producer that is ready for its next transaction.
pub(super) struct Member {
    /// Which of the ids.
    pub(super) index: usize,
    pub(super) client: TransactionalClient,
}

impl TransactionalProducers {
    /// Starts a producer for every id, each on a thread of its own until it is ready. To be called after a fork.
    pub(crate) fn start(settings: TransactionSettings) -> Arc<Self> {
        let ids = settings.ids.len();
        let state = State { idle: VecDeque::new(), replaced: vec![0; ids], phase: Phase::Open };
        let shared = Arc::new(Shared { settings, state: Mutex::new(state), changed: Condvar::new() });
        for index in 0..ids {
            shared.mend(index, None);
        }
        Arc::new(Self { shared })
    }

    /// Why the process has to end, if it has to: a producer was fenced by somebody else, or cannot be got rid of.
    pub(crate) fn broken(&self) -> Option<String> {
        match &self.shared.lock().phase {
            Phase::Broken(why) => Some(why.clone()),
            Phase::Open | Phase::Closed => None,
        }
    }

    /// Reads what idle producers have to say. To be called now and then.
    pub(crate) fn tend(&self) {
        self.shared.lock().idle.iter_mut().for_each(|member| member.client.serve_what_is_there());
    }

    /// Takes no more transactions and ends the idle producers. One that is in a transaction ends when that does.
    pub(crate) fn close(&self) {
        let mut state = self.shared.lock();
        state.phase = Phase::Closed;
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        self.shared.changed.notify_all();
        std::thread::scope(|scope| {
            for member in idle {
                scope.spawn(move || drop(member));
            }
        });
    }
}

impl TransactionPort for TransactionalProducers {
    fn begin(&self) -> Result<Box<dyn OpenTransaction>, TransactionError> {
        let mut member = self.shared.take(Instant::now() + FREE_WITHIN)?;
        match member.client.begin() {
            Ok(()) => Ok(Box::new(Open::new(Arc::clone(&self.shared), member))),
            Err(error) => {
                self.shared.discard(member);
                Err(TransactionError::Unavailable(error.to_string()))
            }
        }
    }

    /// They were taken at the start.
    fn claim(&self) {}
}

impl Shared {
    fn take(&self, deadline: Instant) -> Result<Member, TransactionError> {
        let mut state = self.lock();
        loop {
            match &state.phase {
                Phase::Open => {}
                Phase::Broken(why) => return Err(TransactionError::Unavailable(why.clone())),
                Phase::Closed => return Err(TransactionError::Unavailable("the process stops".to_owned())),
            }
            if let Some(member) = state.idle.pop_front() {
                return Ok(member);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let count = self.settings.ids.len();
                return Err(TransactionError::Unavailable(format!(
                    "none of the {count} transactional producers of this node was free within {FREE_WITHIN:?}: they are in \
                     other transactions, or the brokers are away"
                )));
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The producer is ready for its next transaction.
    pub(super) fn give_back(&self, member: Member) {
        let mut state = self.lock();
        if matches!(state.phase, Phase::Open) {
            state.idle.push_back(member);
            drop(state);
            self.changed.notify_all();
        } else {
            drop(state);
            drop(member);
        }
    }

    /// Never uses this producer again, and replaces it in the background.
    pub(super) fn discard(self: &Arc<Self>, member: Member) {
        let Member { index, client } = member;
        self.mend(index, Some(client));
    }

    /// How often this id's producer was replaced so far.
    pub(super) fn replaced(&self, index: usize) -> u64 {
        self.lock().replaced[index]
    }

    /// Waits until this id's producer was replaced once more than `before`: everything that the old one left is settled
    /// then. False when it is not worth waiting for any more.
    pub(super) fn wait_replaced(&self, index: usize, before: u64, goes_on: &dyn Fn() -> bool) -> bool {
        const LOOK: Duration = Duration::from_millis(100);
        let mut state = self.lock();
        while state.replaced[index] == before {
            if !matches!(state.phase, Phase::Open) || !goes_on() {
                return false;
            }
            state = self.changed.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// No transaction begins any more, and the process ends.
    pub(super) fn give_up(&self, why: String) {
        let mut state = self.lock();
        if matches!(state.phase, Phase::Open) {
            tracing::error!("{why}");
            state.phase = Phase::Broken(why);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Ends `old` and makes the next producer with this id ready, on a thread of its own.
    fn mend(self: &Arc<Self>, index: usize, old: Option<TransactionalClient>) {
        let shared = Arc::clone(self);
        let thread = std::thread::Builder::new().name("karafka-transactions".into());
        if let Err(error) = thread.spawn(move || shared.replace(index, old)) {
            self.give_up(format!("no thread to make a transactional producer ready: {error}"));
        }
    }

    fn replace(self: Arc<Self>, index: usize, old: Option<TransactionalClient>) {
        let id = &self.settings.ids[index];
        let since = Instant::now();
        drop(old);
        if since.elapsed() > DISCARD {
            self.give_up(format!("the transactional producer `{id}` could not be ended within {DISCARD:?}"));
        }
        let mut wait = INIT_BACKOFF;
        while matches!(self.lock().phase, Phase::Open) {
            match self.ready(id) {
                Ok(client) => {
                    self.lock().replaced[index] += 1;
                    self.give_back(Member { index, client });
                    return;
                }
                Err(why) => tracing::debug!(id, why, "a transactional producer is not ready yet"),
            }
            let state = self.lock();
            if matches!(state.phase, Phase::Open) {
                drop(self.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner));
            }
            wait = (wait * 2).min(INIT_BACKOFF_MAX);
        }
    }

    fn ready(&self, id: &str) -> Result<TransactionalClient, String> {
        let mut client = TransactionalClient::create(&self.settings, id).map_err(|error| error.to_string())?;
        loop {
            match client.init(INIT) {
                Ok(()) => return Ok(client),
                Err(error) if error.kind == crate::librdkafka::FailureKind::Retriable => {
                    if !matches!(self.lock().phase, Phase::Open) {
                        return Err("the process stops".to_owned());
                    }
                }
                Err(error) => {
                    if error.code() == Code::TRANSACTIONAL_ID_AUTHORIZATION_FAILED {
                        tracing::error!(
                            "the transactional id `{id}` is not allowed: grant `Write` and `Describe` on it to this user"
                        );
                    }
                    return Err(error.to_string());
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
