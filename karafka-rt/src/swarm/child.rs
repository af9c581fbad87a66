//! What a node does between the fork and its work, in an order that leaves no gap in which it could outlive its supervisor.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use tracing::{debug, error, warn};

use crate::failpoint::{self, Bug};
use crate::lifecycle::{Place, StopSignal, exit};
use crate::os::{self, CrashMark, Lifeline, PacketSocket, Pid, Signal};
use crate::vitals::{SlotCells, SuspectTable};

use super::boot::BootError;
use super::event::NodeId;
use super::report::ReportChannel;
use super::signals::ProcessSignals;

/// How much more likely the kernel is to pick a node than its supervisor when memory runs out.
const OOM_SCORE: i32 = 100;
/// The largest deviation of a node's own memory limit, in either direction.
const MEMORY_JITTER: f64 = 0.1;
/// The exit code of a panic, as Rust's own runtime has it.
const PANICKED: u8 = 101;

/// What the fork hands to the new process.
pub(crate) struct Birth {
    /// Who it is.
    pub(crate) node: NodeId,
    /// Its parent.
    pub(crate) supervisor: Pid,
    /// Its tick cells, all free.
    pub(crate) cells: SlotCells,
    /// Its end of the socket.
    pub(crate) socket: PacketSocket,
}

/// What a node gets from its supervisor, and all it knows of it.
#[derive(Debug)]
pub(crate) struct NodeSeat {
    /// The place in the swarm, from 0.
    pub(crate) slot: u32,
    /// Which life of that slot, from 1.
    pub(crate) incarnation: u64,
    /// How many nodes the swarm has.
    pub(crate) nodes: u32,
    /// Private memory in bytes above which it finishes its work and leaves, `None` for no limit. Each node has another.
    pub(crate) memory_limit: Option<u64>,
    /// Cells for the listeners and workers to claim.
    pub(crate) cells: SlotCells,
    /// Records that may have ended a process, for all nodes.
    pub(crate) suspects: SuspectTable,
    /// The signals that arrive from now on.
    pub(crate) signals: ProcessSignals,
    /// How far the stop has come; copies go to every thread.
    pub(crate) stop: StopSignal,
    /// The way to tell the supervisor something.
    pub(crate) reports: ReportChannel,
}

/// What all nodes of a swarm know of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// How many they are.
    pub(super) nodes: u32,
    /// Private memory of each, in bytes.
    pub(super) memory_limit: Option<u64>,
    /// Records that may have ended a process.
    pub(super) suspects: SuspectTable,
}

/// Nodes that were forked together and grow alike must not leave together. `random` is in `0.0..1.0`.
fn jittered(limit: u64, random: f64) -> u64 {
    (limit as f64 * (1.0 - MEMORY_JITTER + 2.0 * MEMORY_JITTER * random)) as u64
}

/// Right after the fork, before anything else: a group of its own, and an end with the supervisor's end.
pub(super) fn first_steps(supervisor: Pid, lifeline: Lifeline) {
    let _ = os::lead_group(os::own_pid());
    end_with(supervisor);
    if !failpoint::is_planted(Bug::NoDeathSignal) && lifeline.tie().is_err() {
        os::immediate_exit(exit::Code::RuntimeError.number());
    }
}

/// Lives the node's life. The supervisor's descriptors have been closed.
pub(super) fn live(
    birth: Birth,
    shape: Shape,
    handled: &[Signal],
    after_fork: impl FnOnce(u32) -> Result<(), BootError>,
    node: impl FnOnce(NodeSeat) -> exit::Code,
) -> ! {
    let (id, cells) = (birth.node, birth.cells);
    let life = AssertUnwindSafe(|| match take_seat(birth, shape, handled, after_fork) {
        Ok(seat) => {
            let reports = seat.reports.clone();
            let code = node(seat);
            if reports.dropped() > 0 {
                warn!("{id}: the supervisor did not take {} reports in time", reports.dropped());
            }
            code
        }
        Err(error) => {
            error!("{id} cannot start: {error}");
            error.code()
        }
    });
    let code = catch_unwind(life).map_or(PANICKED, exit::Code::number);
    let _ = io::stdout().flush();
    cells.leave_in_order();
    // Not `exit`: the handlers and destructors that the supervisor registered are its own to run.
    os::immediate_exit(code)
}

fn take_seat(
    birth: Birth,
    shape: Shape,
    handled: &[Signal],
    after_fork: impl FnOnce(u32) -> Result<(), BootError>,
) -> Result<NodeSeat, BootError> {
    let NodeId { slot, incarnation } = birth.node;
    // Otherwise all nodes would draw the same numbers.
    fastrand::seed(os::monotonic().as_nanos() as u64 ^ (os::own_pid().number() as u64) << 32);
    if let Err(error) = os::be_preferred_by_the_oom_killer(OOM_SCORE) {
        debug!("oom_score_adj stays as it is: {error}");
    }
    os::allow_no_core_dumps().map_err(BootError::system("setrlimit"))?;
    let (word, bits) = birth.cells.crash_mark();
    os::mark_crashes(CrashMark { word, bits }).map_err(BootError::system("sigaction"))?;
    // Until the node is ready to stop in order, TERM ends it at once: it has nothing to finish. The other signals stay
    // blocked, and wait, because their default would stop or end the process.
    os::unblock(&[Signal::SIGTERM, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGCHLD])
        .map_err(BootError::system("sigprocmask"))?;
    after_fork(slot)?;
    // A hook that drops privileges clears the death signal. Until here only the lifeline held.
    end_with(birth.supervisor);
    let signals = ProcessSignals::install(Place::Node, handled).map_err(BootError::system("sigaction"))?;
    os::unblock(handled).map_err(BootError::system("sigprocmask"))?;
    Ok(NodeSeat {
        slot,
        incarnation,
        nodes: shape.nodes,
        memory_limit: shape.memory_limit.map(|limit| jittered(limit, fastrand::f64())),
        cells: birth.cells,
        suspects: shape.suspects,
        signals,
        stop: StopSignal::new(),
        reports: ReportChannel::new(birth.socket),
    })
}

/// Arranges to be killed when the supervisor ends, and ends if it has already.
fn end_with(supervisor: Pid) {
    if failpoint::is_planted(Bug::NoDeathSignal) {
        return;
    }
    if os::be_killed_with_parent().is_err() || os::parent_pid() != supervisor {
        os::immediate_exit(exit::Code::RuntimeError.number());
    }
}
