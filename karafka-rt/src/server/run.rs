//! The life of a consuming process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use super::build::{Program, SetUpError};
use super::close::close;
use super::memory::{self, OwnMemory};
use super::tasks::Tasks;
use super::transactions::{self, Transactions};
use crate::connection::{Ended, Inbox, Listener, offsets_client};
use crate::lifecycle::{Ask, ProcessState, StopSignal, exit};
use crate::os::{CrashMark, mark_crashes_of_this_thread, monotonic, monotonic_coarse};
use crate::processing::{Clocks, Pool};
use crate::producer::Producers;
use crate::vitals::{Excess, Role, SlotCells};

/// How often the main thread looks around when no signal arrives.
const LOOK: Duration = Duration::from_millis(500);
/// The supervisor hears of troubles no more often.
const TROUBLE_EVERY: Duration = Duration::from_secs(5);
/// How long records of handlers may take to be acknowledged before they fail; then the attempt fails as unavailable.
const DELIVERY_TIMEOUT: Duration = Duration::from_mins(2);

/// Where a process stands: its swarm slot, or alone.
pub(crate) struct Place<'p> {
    pub(crate) node: u32,
    pub(crate) nodes: u32,
    pub(crate) cells: SlotCells,
    pub(crate) stop: StopSignal,
    /// Waits for signals, at most so long, and says what they ask for.
    pub(crate) signals: &'p mut dyn FnMut(Duration) -> Vec<Ask>,
    /// Called once when every listener ticks.
    pub(crate) up: &'p mut dyn FnMut(),
    /// Called once when every connection was a member of its group.
    pub(crate) joined: &'p mut dyn FnMut(),
    /// Called when clients complain, about brokers that are away for example; at most every few seconds.
    pub(crate) trouble: &'p mut dyn FnMut(&str),
    /// What to do about memory, if there is a limit.
    pub(crate) memory: Option<MemoryRule<'p>>,
}

/// Above `limit` bytes of private memory the process says so, finishes what runs, and leaves to be started anew.
pub(crate) struct MemoryRule<'p> {
    pub(crate) limit: u64,
    pub(crate) tell: &'p mut dyn FnMut(Excess),
}

/// Why a process stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Asked,
    /// Too much memory.
    Recycle,
    /// A part of it failed.
    Failed,
    /// Its transactional identity is somebody else's, or cannot be used any more.
    Fenced,
}

/// A running process.
pub(super) struct Running {
    pub(super) producers: Producers,
    pub(super) transactions: Transactions,
    pub(super) pool: Arc<Pool>,
    pub(super) inboxes: Vec<Arc<Inbox>>,
    pub(super) ends: mpsc::Receiver<Ended>,
    pub(super) stopping: Arc<AtomicBool>,
    pub(super) tasks: Tasks,
}

/// Runs until it is asked to stop; then stops in order.
pub(crate) fn run(mut program: Program, mut place: Place<'_>) -> exit::Code {
    match start(&mut program, &place) {
        Err(error) => {
            tracing::error!("the process cannot start: {error}");
            exit::Code::RuntimeError
        }
        Ok(mut running) => {
            (place.up)();
            let reason = wait(&mut place, &mut running);
            let code = close(running, &place.stop, place.cells, program.config.swarm.shutdown_timeout, place.signals);
            match reason {
                Reason::Asked => code,
                Reason::Recycle => exit::Code::PlannedRecycle,
                Reason::Fenced => exit::Code::Fenced,
                Reason::Failed => exit::Code::RuntimeError,
            }
        }
    }
}

fn start(program: &mut Program, place: &Place<'_>) -> Result<Running, SetUpError> {
    #[cfg(feature = "testing")]
    super::own_cells::remember(place.cells);
    let config = &program.config;
    let client = |what| move |source| SetUpError::Client { what, source: Box::new(source) };
    let properties = config.producer_properties().into_map();
    let producers = Producers::start(&properties, &config.application.topic_prefix, DELIVERY_TIMEOUT)
        .map_err(client("producer"))?;
    let offsets = offsets_client(&config.question_properties().into_map()).map_err(client("client for offsets"))?;
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32);
    let concurrency = config.concurrency(cores, place.nodes) as usize;
    let mark_crashes = |word, bits| mark_crashes_of_this_thread(CrashMark { word, bits });
    let clocks = Clocks { exact: monotonic, coarse: monotonic_coarse, mark_crashes };
    let pool = Arc::new(Pool::start(concurrency, place.cells, clocks));
    let stopping = Arc::new(AtomicBool::new(false));
    let (end, ends) = mpsc::channel();
    let mut inboxes = Vec::new();
    let transactions = transactions::of_groups(program, place.node, concurrency);
    for plan in program.connections(place.node, &producers, &transactions) {
        let inbox =
            Inbox::new(plan.commit_deadline).map_err(|source| SetUpError::System { what: "eventfd", source })?;
        inboxes.push(Arc::clone(&inbox));
        let listener = Listener {
            plan: Arc::new(plan),
            inbox,
            pool: Arc::clone(&pool),
            offsets: Arc::clone(&offsets),
            stopping: Arc::clone(&stopping),
            cell: place.cells.claim(Role::Listener, monotonic()),
            clock: monotonic,
        };
        spawn(listener, end.clone())?;
    }
    let tasks = Tasks::start(std::mem::take(&mut program.tasks), &producers)?;
    Ok(Running { producers, transactions, pool, inboxes, ends, stopping, tasks })
}

fn spawn(listener: Listener, end: mpsc::Sender<Ended>) -> Result<(), SetUpError> {
    let thread = std::thread::Builder::new().name("karafka-listener".into());
    let spawned = thread.spawn(move || {
        let ended = catch_unwind(AssertUnwindSafe(|| listener.run()));
        let died = |_| Ended { panic: Some("a listener panicked".to_owned()), ..Ended::default() };
        let ended = ended.unwrap_or_else(died);
        // The receiver is gone only when the process already ends.
        let _ = end.send(ended);
    });
    spawned.map(drop).map_err(|source| SetUpError::System { what: "no thread for a listener", source })
}

/// Until the stop is asked for, or something else ends the process.
fn wait(place: &mut Place<'_>, running: &mut Running) -> Reason {
    let (cells, stop) = (place.cells, place.stop.clone());
    let mut memory = place.memory.as_ref().map(|rule| OwnMemory::new(rule.limit));
    let look = if memory.is_some() { memory::LOOK } else { LOOK };
    let mut reason = Reason::Asked;
    let mut has_joined = false;
    let mut tells_at = Duration::ZERO;
    while reason == Reason::Asked && !stop.is_stopping() {
        if let Some(error) = running.tasks.failure() {
            tracing::error!(error, "a service failed: the process ends");
            reason = Reason::Failed;
        }
        if let Ok(Ended { panic: Some(text), .. }) = running.ends.try_recv() {
            tracing::error!("{text}: this is a bug; the process ends");
            running.inboxes.pop();
            reason = Reason::Failed;
        }
        if transactions::tend(&running.transactions).is_some() {
            reason = Reason::Fenced;
        }
        if !has_joined && running.inboxes.iter().all(|inbox| inbox.has_joined()) {
            has_joined = true;
            (place.joined)();
        }
        if monotonic() >= tells_at
            && let Some(text) = running.inboxes.iter().find_map(|inbox| inbox.take_trouble())
        {
            tells_at = monotonic() + TROUBLE_EVERY;
            (place.trouble)(&text);
        }
        if let Some(excess) = memory.as_mut().and_then(|memory| memory.look(monotonic()))
            && let Some(rule) = &mut place.memory
        {
            tracing::warn!("{excess}: the process finishes its work and is started anew");
            (rule.tell)(excess);
            reason = Reason::Recycle;
            break;
        }
        if cells.survey(Duration::ZERO).late.is_some_and(|late| late.due < monotonic()) {
            let jobs = cells.describe(monotonic()).join("; ");
            tracing::error!(jobs, "a job runs longer than its `handler_timeout`");
        }
        for ask in (place.signals)(look) {
            match ask {
                Ask::Report => cells.describe(monotonic()).iter().for_each(|line| tracing::info!("{line}")),
                Ask::Quiet => running.inboxes.iter().for_each(|inbox| inbox.quiet()),
                Ask::Refuse(reason) => tracing::warn!("{reason}"),
                Ask::Nothing | Ask::Stop | Ask::StopNow | Ask::Roll => {}
            }
        }
    }
    running.stopping.store(true, Ordering::Relaxed);
    // Whatever led here, handlers and services see it now.
    stop.raise(ProcessState::Stopping);
    tracing::info!("stopping: running jobs are finished and committed");
    reason
}
