//! The door for the project's own fixture programs, which fork for real. Not part of the promised interface.

use std::process::ExitCode;
use std::time::Duration;

use crate::config::MemoryLimit;
use crate::lifecycle::ProcessState;
use crate::lifecycle::exit::Code;
use crate::os;
use crate::telemetry::{Format, LogOutput};
use crate::vitals::{CellWriter, Job, JobKind, Role};

pub use super::simulation::Figures;
use super::{BackOff, BootError, NodeSeat, SwarmPlan};

/// The settings a fixture can change; see the plan for what they mean.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each is a field of the plan")]
pub struct Settings {
    pub nodes: u32,
    /// In bytes; `None` for a share of the control group's.
    pub memory_limit: Option<u64>,
    pub shutdown_timeout: Duration,
    pub boot_timeout: Duration,
    pub silence_limit: Duration,
    pub back_off_base: Duration,
    pub back_off_cap: Duration,
    pub give_up_after: Duration,
}

/// A node, as a fixture sees it.
#[derive(Debug)]
pub struct Seat {
    inner: NodeSeat,
    listener: CellWriter,
    worker: CellWriter,
}

/// Runs a swarm. `preload` and `after_fork` fail with a text, which counts as wrong configuration; `node` returns the code to
/// exit with.
pub fn run(
    settings: &Settings,
    preload: impl FnOnce() -> Result<(), String>,
    after_fork: impl FnOnce(u32) -> Result<(), String>,
    node: impl FnOnce(Seat) -> i32,
) -> ExitCode {
    let back_off = BackOff { base: settings.back_off_base, cap: settings.back_off_cap, jitter: 0.2 };
    let plan = SwarmPlan {
        nodes: settings.nodes,
        memory_limit: settings.memory_limit.map_or(MemoryLimit::Auto, MemoryLimit::Bytes),
        shutdown_timeout: settings.shutdown_timeout,
        boot_timeout: settings.boot_timeout,
        silence_limit: settings.silence_limit,
        frozen_limit: settings.silence_limit,
        give_up_after: settings.give_up_after,
        back_off,
        ..SwarmPlan::default()
    };
    let code = super::run(
        plan,
        || preload().map_err(BootError::Configuration),
        |slot| after_fork(slot).map_err(BootError::Configuration),
        |inner| {
            let code = node(Seat::new(inner));
            // Codes of ours go the usual way; others, which a crash may have, leave here.
            Code::from_number(code).unwrap_or_else(|| os::immediate_exit(code as u8))
        },
    );
    code.into()
}

/// Writes to where no memory is, as a wild pointer does. Never returns.
pub fn fault() {
    os::fault();
}

/// Runs simulated swarms for so many events; see the simulation. Panics when a rule is broken.
pub fn simulate(seed: u64, events: u64, nodes: Option<u32>) -> Figures {
    super::simulation::run(seed, events, nodes)
}

/// Writes the log to the standard error output, as a program of the framework does.
pub fn log() {
    let mut stderr = os::BoundedStderr::open();
    let log = LogOutput::new(Format::Human, Box::new(move |bytes, wait| stderr.write_within(bytes, wait)));
    log.install(Format::Human, "info").expect("the filter is a level, and nobody has set up another log");
}

impl Seat {
    fn new(inner: NodeSeat) -> Self {
        let now = os::monotonic();
        let listener = inner.cells.claim(Role::Listener, now).expect("the cells of a new node are free");
        listener.begin(Job::of_kind(JobKind::ListenerTurn), now);
        let worker = inner.cells.claim(Role::Worker, now).expect("the cells of a new node are free");
        Self { inner, listener, worker }
    }

    /// The place in the swarm, from 0.
    pub fn slot(&self) -> u32 {
        self.inner.slot
    }

    /// Which life of the slot, from 1.
    pub fn incarnation(&self) -> u64 {
        self.inner.incarnation
    }

    /// Tells the supervisor that the node is up.
    pub fn report_up(&self) {
        self.inner.reports.report_up();
    }

    /// Tells the supervisor that all connections were steady once.
    pub fn report_joined(&self) {
        self.inner.reports.report_joined();
    }

    /// Asks the supervisor for a restart.
    pub fn report_unhealthy(&self, reason: &str) {
        self.inner.reports.report_unhealthy(reason);
    }

    /// What a listener's turn does: a sign of life, then a look at the signals. True once the node is to stop.
    pub fn turn(&mut self, wait: Duration) -> bool {
        self.listener.tick(os::monotonic());
        self.inner.signals.wait(wait, &self.inner.stop);
        self.inner.stop.is_stopping()
    }

    /// Whether the node is to take no new work.
    pub fn is_quiet(&self) -> bool {
        self.inner.stop.state() >= ProcessState::Quiet
    }

    /// Begins a handler call of the given budget.
    pub fn begin_handler(&self, budget: Duration) {
        let job = Job {
            kind: JobKind::Handler,
            topic: 0,
            partition: 0,
            offset: 1,
            attempt: 1,
            budget: Some(budget),
            ..Job::of_kind(JobKind::Handler)
        };
        self.worker.begin(job, os::monotonic());
    }
}
