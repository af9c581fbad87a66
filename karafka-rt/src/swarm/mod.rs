//! Many processes of one program: a supervisor that forks nodes, watches them, and restarts them. It knows no Kafka.
//!
//! ```text
//! wait ─► events ─► fleet.step(event, now) ─► effects ─► kernel ─► wait
//!         (pure from here ... to here)
//! ```
//!
//! Read `event` and `effect` first, then `node` and `fleet`, which decide; then `restart`, the table of what follows which
//! death. `kernel` holds the descriptors, `supervisor` is the loop, `boot` is what happens before the first fork and `child`
//! what a node does after it.
//!
//! `blame` says which records a death makes suspect, and `docket` keeps the suspects.
//!
//! `door` answers those who ask through the control socket.
//!
//! Not here yet, and where it belongs: companion children (a slot kind of `kernel`).

mod blame;
mod boot;
mod child;
mod death;
mod deaths;
mod docket;
mod door;
mod effect;
mod event;
#[cfg(feature = "testing")]
pub mod fixture;
mod fleet;
mod kernel;
mod memory;
mod node;
mod oom;
mod pace;
mod plan;
mod report;
mod restart;
mod signals;
#[cfg(any(test, feature = "testing"))]
mod simulation;
mod supervisor;
#[cfg(test)]
mod tests;

use tracing::{error, info, warn};

use crate::config::MemoryLimit;
use crate::lifecycle::{HANDLED, Place, SignalRules, exit};
use crate::os::{self, Pid, Signal};

pub(crate) use boot::BootError;
pub(crate) use child::NodeSeat;
pub(crate) use docket::RouteName;
pub(crate) use plan::{BackOff, SILENCE_LIMIT, SwarmPlan};
pub(crate) use report::ReportChannel;
pub(crate) use signals::ProcessSignals;

use child::Shape;
use docket::Docket;
use door::Door;
use fleet::Fleet;
use kernel::Kernel;
use memory::Budget;
use supervisor::{Outcome, Supervisor};

/// Runs a swarm in this process, which must have one thread: `preload` once, then in every node `after_fork` and `node`.
///
/// Returns in the supervisor only, with the code to exit with. A node's process ends with the code that `node` returns, and
/// never comes back to the caller.
pub(crate) fn run(
    plan: SwarmPlan,
    preload: impl FnOnce() -> Result<(), BootError>,
    after_fork: impl FnOnce(u32) -> Result<(), BootError>,
    node: impl FnOnce(NodeSeat) -> exit::Code,
) -> exit::Code {
    let handled = handled_signals();
    let (supervisor, shape) = match boot::preload(preload).and_then(|()| assemble(plan, &handled)) {
        Ok(assembled) => assembled,
        Err(error) => {
            error!("the swarm cannot start: {error}");
            return error.code();
        }
    };
    match supervisor.run() {
        Ok(Outcome::Child(birth)) => child::live(birth, shape, &handled, after_fork, node),
        Ok(Outcome::Exit(code)) => {
            info!("the swarm is over: {code}");
            code
        }
        Err(error) => {
            error!("the supervisor cannot watch its nodes any more, and ends with them: {error}");
            exit::Code::RuntimeError
        }
    }
}

fn assemble(mut plan: SwarmPlan, handled: &[Signal]) -> Result<(Supervisor, Shape), BootError> {
    if plan.nodes == 0 {
        return Err(BootError::Configuration("a swarm needs at least one node, but `nodes` is 0".into()));
    }
    let mut blocked = handled.to_vec();
    if os::own_pid() == Pid::from_number(1) {
        // Orphans announce their end by this signal only.
        blocked.push(Signal::SIGCHLD);
    }
    os::block(&blocked).map_err(BootError::system("sigprocmask"))?;
    // As long as the cells that are described with them: until the process ends.
    let topics = plan.topics.clone().leak();
    let memory_limit = memory_budget(&mut plan);
    let routes = std::mem::take(&mut plan.routes);
    let docket = Docket::open(routes, plan.runtime_dir.as_deref()).map_err(BootError::system("mmap"))?;
    let door = Door::open(plan.runtime_dir.as_deref(), os::monotonic());
    let shape = Shape { nodes: plan.nodes, memory_limit, suspects: docket.table() };
    let kernel = Kernel::new(shape, &blocked, topics).map_err(BootError::system("epoll, signalfd or mmap"))?;
    if let Some(socket) = door.socket() {
        kernel.watch_door(socket).map_err(BootError::system("epoll_ctl"))?;
    }
    let rules = SignalRules::new(Place::Supervisor { terminal: os::has_terminal() });
    info!("the swarm starts {} nodes", plan.nodes);
    Ok((Supervisor::new(Fleet::new(plan, os::monotonic()), kernel, rules, docket, door), shape))
}

/// Settles how much memory each node may have, now that everything they share is loaded, and says so.
fn memory_budget(plan: &mut SwarmPlan) -> Option<u64> {
    let preload = os::memory_of(os::own_pid()).map_or(0, |memory| memory.private);
    let budget = memory::budget(plan.memory_limit, os::MemoryGroups::own().limit(), preload, plan.nodes);
    let words = budget.in_words(preload, plan.nodes);
    match budget {
        Budget::TooSmall { .. } => warn!("memory: {words}"),
        Budget::Unlimited | Budget::PerNode { .. } => info!("memory: {words}"),
    }
    plan.memory_limit = budget.per_node().map_or(MemoryLimit::Off, MemoryLimit::Bytes);
    budget.per_node()
}

/// The signals we take care of. A hang-up that was ignored when we were started stays ignored: `nohup` means it.
fn handled_signals() -> Vec<Signal> {
    HANDLED.into_iter().filter(|&signal| signal != Signal::SIGHUP || !os::is_ignored(signal)).collect()
}
