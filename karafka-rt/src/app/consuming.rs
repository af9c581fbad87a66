//! `server` and `swarm`: from a checked program to processes.

use std::cell::RefCell;
use std::sync::Arc;

use super::builder::{App, Hook, Loader};
use super::embedded;
use super::node::{Node, Seat, Service};
use super::runtime;
use crate::config::{Config, check_slots};
use crate::consumer::{Routes, States};
use crate::lifecycle::StopSignal;
use crate::lifecycle::exit::Code;
use crate::server::{self, Program, Task};
use crate::swarm::{self, BackOff, BootError, NodeSeat, ProcessSignals, RouteName, SILENCE_LIMIT, SwarmPlan};
use crate::telemetry::LogOutput;
use crate::vitals::{SlotCells, SuspectTable};

/// One process without a supervisor.
pub(super) fn server(app: App, mut config: Config) -> Code {
    let _broker = match embedded::start(&app, &mut config) {
        Ok(broker) => broker,
        Err(error) => return refuse(&error.to_string()),
    };
    let App { blocks, loaders, after_fork, services, .. } = app;
    let states = match load(loaders) {
        Ok(states) => states,
        Err(error) => return refuse(&error.to_string()),
    };
    if let Err(error) = prepare(&after_fork, 0) {
        return refuse(&error.to_string());
    }
    let mut signals = match ProcessSignals::of_server() {
        Ok(signals) => signals,
        Err(error) => return refuse(&format!("signals cannot be handled: {error}")),
    };
    let stop = StopSignal::new();
    let tasks = tasks(services, &Seat { slot: 0, incarnation: 1, stop: stop.clone(), reports: None });
    let suspects = SuspectTable::none();
    let program = Program { blocks, config, states: Arc::new(states), suspects, tasks };
    let topics = server::topic_names(&program.blocks, &program.config).leak();
    let place = server::Place {
        node: 0,
        nodes: 1,
        cells: SlotCells::on_heap().naming(topics),
        stop: stop.clone(),
        signals: &mut |timeout| signals.wait(timeout, &stop),
        up: &mut || tracing::info!("the server is up"),
        joined: &mut || tracing::info!("the server has joined its groups"),
        // The log has it already.
        trouble: &mut |_| (),
        // Nobody would start it anew.
        memory: None,
    };
    server::run(program, place)
}

/// A supervisor that forks nodes.
pub(super) fn swarm(app: App, mut config: Config, log: &LogOutput) -> Code {
    let runtime_dir = match runtime::enter(&app.blocks, &config) {
        Ok(runtime_dir) => runtime_dir,
        Err((text, code)) => {
            tracing::error!("{text}");
            return code;
        }
    };
    let _broker = match embedded::start(&app, &mut config) {
        Ok(broker) => broker,
        Err(error) => return refuse(&error.to_string()),
    };
    let plan = SwarmPlan { runtime_dir, ..plan(&app.blocks, &config) };
    let topologies: Vec<_> = app.blocks.iter().map(|block| block.topology).collect();
    if let Err(errors) = check_slots(&topologies, plan.nodes) {
        return refuse(&errors.to_string());
    }
    let App { blocks, loaders, after_fork, services, .. } = app;
    let states = RefCell::new(States::default());
    let preload = || {
        *states.borrow_mut() = load(loaders)?;
        Ok(())
    };
    let after_fork = |slot| {
        log.after_fork(&format!("node {slot}"));
        prepare(&after_fork, slot)
    };
    let node = |seat: NodeSeat| {
        let NodeSeat { slot, incarnation, nodes, memory_limit, cells, suspects, mut signals, stop, reports } = seat;
        let states = Arc::new(states.take());
        let tasks = tasks(services, &Seat { slot, incarnation, stop: stop.clone(), reports: Some(reports.clone()) });
        let program = Program { blocks, config, states, suspects, tasks };
        let mut tell = |excess| reports.report_recycle(excess);
        let place = server::Place {
            node: slot,
            nodes,
            cells,
            stop: stop.clone(),
            signals: &mut |timeout| signals.wait(timeout, &stop),
            up: &mut || reports.report_up(),
            joined: &mut || reports.report_joined(),
            trouble: &mut |text| reports.report_trouble(text),
            memory: memory_limit.map(|limit| server::MemoryRule { limit, tell: &mut tell }),
        };
        server::run(program, place)
    };
    swarm::run(plan, preload, after_fork, node)
}

fn plan(blocks: &[Routes], config: &Config) -> SwarmPlan {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32);
    let partitions = blocks.iter().flat_map(|block| block.topology.topics).filter_map(|topic| topic.partitions).max();
    let nodes = config.node_count(cores, partitions);
    if partitions.is_some_and(|partitions| nodes > partitions) {
        tracing::warn!(nodes, ?partitions, "more nodes than partitions of any declared topic: some will be idle");
    }
    SwarmPlan {
        nodes,
        memory_limit: config.swarm.memory_limit,
        shutdown_timeout: config.swarm.shutdown_timeout,
        boot_timeout: config.swarm.boot_timeout,
        back_off: BackOff {
            base: config.swarm.restart_backoff,
            cap: config.swarm.restart_backoff_max,
            ..SwarmPlan::default().back_off
        },
        frozen_limit: config.session_timeout().unwrap_or(SILENCE_LIMIT).min(SILENCE_LIMIT),
        topics: server::topic_names(blocks, config),
        routes: server::route_names(blocks, config)
            .into_iter()
            .map(|(group, topic)| RouteName { group, topic })
            .collect(),
        seed: fastrand::u64(..),
        ..SwarmPlan::default()
    }
}

fn load(loaders: Vec<Loader>) -> Result<States, BootError> {
    let mut states = States::default();
    for load in loaders {
        load(&mut states).map_err(|error| BootError::Configuration(format!("preloading failed: {error}")))?;
    }
    Ok(states)
}

fn prepare(hooks: &[Hook], slot: u32) -> Result<(), BootError> {
    hooks
        .iter()
        .try_for_each(|hook| hook(slot))
        .map_err(|error| BootError::Failed(format!("an `after_fork` hook failed: {error}")))
}

/// The services of one process, which see it through `seat`.
fn tasks(services: Vec<Service>, seat: &Seat) -> Vec<Task> {
    let task = |service: Service| {
        let seat = seat.clone();
        Box::new(move |producer| service(&Node { seat, producer })) as Task
    };
    services.into_iter().map(task).collect()
}

fn refuse(text: &str) -> Code {
    tracing::error!("{text}");
    Code::Configuration
}

/// The `dev` command: the embedded broker alone.
pub(super) fn dev(app: &App, config: &Config) -> Code {
    match embedded::serve(app, config) {
        Ok(()) => Code::Clean,
        Err(error) => {
            tracing::error!("{error}");
            Code::RuntimeError
        }
    }
}
