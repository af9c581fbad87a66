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
//! Not here yet, and where it belongs: the memory limit (an event of `supervisor`, a stop reason of `death`), killer records
//! (crash handlers in `child`, a suspect table beside the cells), the runtime directory with its lock (`boot`), the control
//! socket (`supervisor`), rolling restart (`fleet`), companion children (a slot kind of `kernel`).

mod boot;
mod child;
mod death;
mod effect;
mod event;
#[cfg(feature = "testing")]
pub mod fixture;
mod fleet;
mod kernel;
mod node;
mod pace;
mod plan;
mod report;
mod restart;
mod signals;
mod supervisor;
#[cfg(test)]
mod tests;

use tracing::{error, info};

use crate::lifecycle::{HANDLED, Place, SignalRules, exit};
use crate::os::{self, Pid, Signal};

pub(crate) use boot::BootError;
pub(crate) use child::NodeSeat;
pub(crate) use plan::{BackOff, SwarmPlan};
pub(crate) use report::ReportChannel;
pub(crate) use signals::ProcessSignals;

use fleet::Fleet;
use kernel::Kernel;
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
    let nodes = plan.nodes;
    let supervisor = match boot::preload(preload).and_then(|()| assemble(plan, &handled)) {
        Ok(supervisor) => supervisor,
        Err(error) => {
            error!("the swarm cannot start: {error}");
            return error.code();
        }
    };
    match supervisor.run() {
        Ok(Outcome::Child(birth)) => child::live(birth, nodes, &handled, after_fork, node),
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

fn assemble(plan: SwarmPlan, handled: &[Signal]) -> Result<Supervisor, BootError> {
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
    let kernel = Kernel::new(plan.nodes, &blocked, topics).map_err(BootError::system("epoll, signalfd or mmap"))?;
    let rules = SignalRules::new(Place::Supervisor { terminal: os::has_terminal() });
    info!("the swarm starts {} nodes", plan.nodes);
    Ok(Supervisor::new(Fleet::new(plan, os::monotonic()), kernel, rules))
}

/// The signals we take care of. A hang-up that was ignored when we were started stays ignored: `nohup` means it.
fn handled_signals() -> Vec<Signal> {
    HANDLED.into_iter().filter(|&signal| signal != Signal::SIGHUP || !os::is_ignored(signal)).collect()
}
