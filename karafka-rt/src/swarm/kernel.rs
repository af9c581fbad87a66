//! Carries out what the fleet decides: the descriptors and processes behind its names. No policy.

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::time::Duration;

use tracing::{info, warn};

use crate::failpoint::{self, Bug, Point};
use crate::os::{
    self, Ending, EpollSet, Fork, LifelineHolder, MemoryGroups, PacketSocket, Pid, PidFd, Signal, SignalFd,
};
use crate::vitals::{MemoryWatch, Remains, SlotCells};

use super::child::{self, Birth, Shape};
use super::event::{Event, NodeId};
use super::oom::OomKills;
use super::report::{PACKET, Report};

/// Reports read from one node in one turn; more wait for the next turn.
const REPORTS_PER_TURN: usize = 64;
/// Strangers reaped in one turn of a supervisor that is PID 1.
const STRANGERS_PER_TURN: usize = 256;

/// What became readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    /// A signal arrived.
    Signals,
    /// The node in this slot ended.
    Death(u32),
    /// The node in this slot wrote, or closed its end.
    Reports(u32),
    /// Somebody wants to come in through the control socket.
    Knock,
    /// This client of the control socket wrote, or left.
    Client(u32),
}

/// The two returns of a fork.
pub(crate) enum Forked {
    /// In the supervisor.
    Parent(Pid),
    /// In the node.
    Child(Birth),
}

/// A node that has ended and was reaped.
pub(crate) struct Buried {
    pub(crate) node: NodeId,
    /// Its last words.
    pub(crate) reports: Vec<Report>,
    pub(crate) ending: Ending,
    /// The kernel killed it because memory ran out.
    pub(crate) out_of_memory: bool,
    pub(crate) remains: Remains,
}

/// The descriptors of the supervisor. Dropped in a child, which closes its copies of them and nothing else.
pub(crate) struct Kernel {
    epoll: EpollSet,
    signals: SignalFd,
    slots: Vec<KernelSlot>,
    memory_limit: Option<u64>,
    kills: OomKills,
    reaps_strangers: bool,
}

struct KernelSlot {
    cells: SlotCells,
    node: Option<LiveNode>,
}

struct LiveNode {
    id: NodeId,
    pid: Pid,
    pidfd: PidFd,
    socket: PacketSocket,
    memory: Option<MemoryWatch>,
    /// Closed with us, however we end.
    _lifeline: LifelineHolder,
}

impl Kernel {
    /// Allocates everything that N nodes need. `handled` is blocked already; `topics` are the names by index.
    pub(crate) fn new(shape: Shape, handled: &[Signal], topics: &'static [String]) -> io::Result<Self> {
        let epoll = EpollSet::new()?;
        let signals = SignalFd::new(handled)?;
        epoll.add(&signals, Ready::Signals.token())?;
        let slot = |_| {
            let cells = SlotCells::over(os::shared_words(SlotCells::WORDS)?).naming(topics);
            Ok(KernelSlot { cells, node: None })
        };
        let slots = (0..shape.nodes).map(slot).collect::<io::Result<_>>()?;
        let reaps_strangers = os::own_pid() == Pid::from_number(1);
        let kills = OomKills::new(MemoryGroups::own());
        Ok(Self { epoll, signals, slots, memory_limit: shape.memory_limit, kills, reaps_strangers })
    }

    pub(crate) fn wait(&self, timeout: Option<Duration>) -> io::Result<Vec<Ready>> {
        Ok(self.epoll.wait(timeout)?.into_iter().filter_map(Ready::of_token).collect())
    }

    pub(crate) fn next_signal(&self) -> Option<Signal> {
        self.signals.next()
    }

    /// Forks `node`. In the child this returns with what the node needs, and the child has taken its first steps.
    pub(crate) fn fork(&mut self, node: NodeId) -> io::Result<Forked> {
        let slot = &mut self.slots[node.slot as usize];
        slot.cells.reset();
        let (ours, theirs) = os::packet_pair()?;
        let (holder, lifeline) = os::lifeline()?;
        // What is buffered would be written by both.
        let _ = io::stdout().flush();
        let supervisor = os::own_pid();
        failpoint::at(Point::BeforeFork);
        match os::fork()? {
            Fork::Child => {
                failpoint::at(Point::InChild);
                drop(holder);
                child::first_steps(supervisor, lifeline);
                Ok(Forked::Child(Birth { node, supervisor, cells: slot.cells, socket: theirs }))
            }
            Fork::Parent(pid) => {
                failpoint::at(Point::AfterFork);
                // The child does the same: whoever is first, its group exists before anybody relies on it.
                let _ = os::lead_group(pid);
                match watch(&self.epoll, node.slot, pid, &ours) {
                    Ok(pidfd) => {
                        let memory = self.memory_limit.map(MemoryWatch::new);
                        slot.node = Some(LiveNode { id: node, pid, pidfd, socket: ours, memory, _lifeline: holder });
                        Ok(Forked::Parent(pid))
                    }
                    Err(error) => {
                        os::end_and_reap(pid);
                        Err(error)
                    }
                }
            }
        }
    }

    /// Sends `signal` to `node`, if that node has not been reaped.
    pub(crate) fn signal(&self, node: NodeId, signal: Signal) {
        let Some(live) = self.live(node.slot).filter(|live| live.id == node) else { return };
        let [before, after] = match signal {
            Signal::SIGKILL => [Point::BeforeKill, Point::AfterKill],
            _ => [Point::BeforeTerm, Point::AfterTerm],
        };
        failpoint::at(before);
        if let Err(error) = live.pidfd.send(signal) {
            // It has just ended; its death is on the way.
            info!("{signal} did not reach {node}: {error}");
        }
        failpoint::at(after);
    }

    /// The reports of the node in `slot`, at most 64. A closed end is not waited for any more.
    pub(crate) fn reports(&self, slot: u32) -> Option<(NodeId, Vec<Report>)> {
        let live = self.live(slot)?;
        let mut reports = Vec::new();
        let mut packet = [0; PACKET];
        for _ in 0..REPORTS_PER_TURN {
            match live.socket.receive(&mut packet) {
                Ok(Some(packet)) => reports.extend(Report::decode(packet)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Ok(None) | Err(_) => {
                    let _ = self.epoll.remove(&live.socket);
                    break;
                }
            }
        }
        Some((live.id, reports))
    }

    /// If the node in `slot` has ended: kills what is left of its process group while its zombie still holds the number,
    /// reaps it, and returns what is known of its end.
    pub(crate) fn bury(&mut self, slot: u32) -> io::Result<Option<Buried>> {
        let Some(live) = self.live(slot) else { return Ok(None) };
        let Some(ending) = live.pidfd.peek()? else { return Ok(None) };
        failpoint::at(Point::BeforeReap);
        if failpoint::is_planted(Bug::SignalByPid) {
            live.pidfd.reap()?;
            std::thread::sleep(Duration::from_secs(1));
        }
        // Without a zombie the number may be another's.
        if ending != Ending::Unseen
            && let Err(error) = os::kill_group(live.pid)
        {
            warn!("the process group of {} could not be ended: {error}", live.id);
        }
        let reports = self.reports(slot).map(|(_, reports)| reports).unwrap_or_default();
        let Some(live) = self.slots[slot as usize].node.take() else { return Ok(None) };
        // A copy of a descriptor in a sibling would keep the registration alive after the close.
        let _ = self.epoll.remove(&live.pidfd);
        let _ = self.epoll.remove(&live.socket);
        live.pidfd.reap()?;
        failpoint::at(Point::AfterReap);
        let out_of_memory = ending == Ending::Signalled(Signal::SIGKILL as i32) && self.kills.explain_one();
        let remains = self.slots[slot as usize].cells.remains();
        Ok(Some(Buried { node: live.id, reports, ending, out_of_memory, remains }))
    }

    /// As PID 1: reaps the orphans that the kernel gave us.
    pub(crate) fn reap_strangers(&self) {
        if self.reaps_strangers {
            let is_ours = |pid| self.slots.iter().flat_map(|slot| &slot.node).any(|live| live.pid == pid);
            os::reap_strangers(STRANGERS_PER_TURN, is_ours);
        }
    }

    /// Looks at every live node from outside: whether its process is stopped, its cells, its memory.
    pub(crate) fn survey(&mut self, clock_floor: Duration, now: Duration) -> Vec<Event> {
        self.kills.survey();
        let look = |slot: &mut KernelSlot| {
            let live = slot.node.as_mut()?;
            let frozen = os::procfs::stat(live.pid).is_some_and(|stat| stat.state == 'T');
            let private = live.memory.as_mut().and_then(|watch| weigh(live.pid, watch, now));
            Some(Event::Surveyed { node: live.id, frozen, survey: slot.cells.survey(clock_floor), private })
        };
        self.slots.iter_mut().filter_map(look).collect()
    }

    /// Logs what the threads of the node in `slot` are doing.
    pub(crate) fn describe(&self, slot: u32, now: Duration) {
        let Some(live) = self.live(slot) else { return };
        let lines = self.slots[slot as usize].cells.describe(now);
        info!("{} (process {}): {} threads busy", live.id, live.pid, lines.len());
        for line in lines {
            info!("{}: {line}", live.id);
        }
    }

    /// Watches the control socket.
    pub(crate) fn watch_door(&self, door: impl AsFd) -> io::Result<()> {
        self.epoll.add(door, Ready::Knock.token())
    }

    /// Does not watch the control socket for now.
    pub(crate) fn leave_door(&self, door: impl AsFd) {
        let _ = self.epoll.remove(door);
    }

    /// Watches a client of the control socket, until its descriptor is closed.
    pub(crate) fn watch_client(&self, client: u32, descriptor: impl AsFd) -> io::Result<()> {
        self.epoll.add(descriptor, Ready::Client(client).token())
    }

    /// The process in `slot`.
    pub(crate) fn process(&self, slot: u32) -> Option<Pid> {
        self.live(slot).map(|live| live.pid)
    }

    /// The number of slots.
    pub(crate) fn slots(&self) -> u32 {
        self.slots.len() as u32
    }

    fn live(&self, slot: u32) -> Option<&LiveNode> {
        self.slots.get(slot as usize)?.node.as_ref()
    }
}

/// The private memory of a process, if it is time to look. A process that cannot be read (it has just ended) has none.
fn weigh(pid: Pid, watch: &mut MemoryWatch, now: Duration) -> Option<u64> {
    let resident = os::resident_pages(pid).ok()?;
    if !watch.is_due(resident, now) {
        return None;
    }
    let private = os::memory_of(pid).ok()?.private;
    watch.read(private, resident, now);
    Some(private)
}

/// Starts to watch a child that cannot have been reaped yet.
fn watch(epoll: &EpollSet, slot: u32, pid: Pid, socket: &PacketSocket) -> io::Result<PidFd> {
    let pidfd = PidFd::open(pid)?;
    epoll.add(&pidfd, Ready::Death(slot).token())?;
    epoll.add(socket, Ready::Reports(slot).token())?;
    Ok(pidfd)
}

impl Ready {
    fn token(self) -> u64 {
        match self {
            Self::Signals => 0,
            Self::Death(slot) => 1 << 32 | u64::from(slot),
            Self::Reports(slot) => 2 << 32 | u64::from(slot),
            Self::Knock => 3 << 32,
            Self::Client(client) => 4 << 32 | u64::from(client),
        }
    }

    fn of_token(token: u64) -> Option<Self> {
        match token >> 32 {
            0 => Some(Self::Signals),
            1 => Some(Self::Death(token as u32)),
            2 => Some(Self::Reports(token as u32)),
            3 => Some(Self::Knock),
            4 => Some(Self::Client(token as u32)),
            _ => None,
        }
    }
}
