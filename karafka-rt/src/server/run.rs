//! The life of a consuming process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use super::build::{Program, SetUpError};
use super::close::close;
use super::tasks::Tasks;
use crate::connection::{Ended, Inbox, Listener, offsets_client};
use crate::lifecycle::{Ask, ProcessState, StopSignal, exit};
use crate::os::{monotonic, monotonic_coarse};
use crate::processing::{Clocks, Pool};
use crate::producer::Producers;
use crate::vitals::{Role, SlotCells};

/// How often the main thread looks around when no signal arrives.
const LOOK: Duration = Duration::from_millis(500);
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
}

/// A running process.
pub(super) struct Running {
    pub(super) producers: Producers,
    pub(super) pool: Arc<Pool>,
    pub(super) inboxes: Vec<Arc<Inbox>>,
    pub(super) ends: mpsc::Receiver<Ended>,
    pub(super) stopping: Arc<AtomicBool>,
    pub(super) tasks: Tasks,
}

/// Runs until it is asked to stop; then stops in order.
pub(crate) fn run(mut program: Program, place: Place<'_>) -> exit::Code {
    match start(&mut program, &place) {
        Err(error) => {
            tracing::error!("the process cannot start: {error}");
            exit::Code::RuntimeError
        }
        Ok(mut running) => {
            (place.up)();
            let healthy = wait(place.signals, &place.stop, place.cells, &mut running);
            let code = close(running, &place.stop, place.cells, program.config.swarm.shutdown_timeout, place.signals);
            if healthy { code } else { exit::Code::RuntimeError }
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
    let offsets = offsets_client(&config.admin_properties().into_map()).map_err(client("client for offsets"))?;
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32);
    let concurrency = config.concurrency(cores, place.nodes) as usize;
    let pool = Arc::new(Pool::start(concurrency, place.cells, Clocks { exact: monotonic, coarse: monotonic_coarse }));
    let stopping = Arc::new(AtomicBool::new(false));
    let (end, ends) = mpsc::channel();
    let mut inboxes = Vec::new();
    for plan in program.connections(place.node, &producers) {
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
    Ok(Running { producers, pool, inboxes, ends, stopping, tasks })
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

/// Until the stop is asked for, or a service failed: then false.
fn wait(
    signals: &mut dyn FnMut(Duration) -> Vec<Ask>,
    stop: &StopSignal,
    cells: SlotCells,
    running: &mut Running,
) -> bool {
    let mut healthy = true;
    while healthy && !stop.is_stopping() {
        if let Some(error) = running.tasks.failure() {
            tracing::error!(error, "a service failed: the process ends");
            healthy = false;
        }
        if let Ok(Ended { panic: Some(text), .. }) = running.ends.try_recv() {
            tracing::error!("{text}: this is a bug; the process ends");
            running.inboxes.pop();
            healthy = false;
        }
        if cells.survey(Duration::ZERO).late.is_some_and(|late| late.due < monotonic()) {
            let jobs = cells.describe(monotonic()).join("; ");
            tracing::error!(jobs, "a job runs longer than its `handler_timeout`");
        }
        for ask in signals(LOOK) {
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
    healthy
}
