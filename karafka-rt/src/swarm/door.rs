//! Requests of operators, answered in the supervisor's loop. Requests that change something become events; nothing here waits.

use std::path::Path;
use std::time::{Duration, SystemTime};

use tracing::{info, warn};

use super::death::Death;
use super::deaths::Deaths;
use super::event::Event;
use super::supervisor::Supervisor;
use crate::control::{Answer, ControlSocket, Heard, Request, Status};
use crate::os;

/// How long the door stays closed when there are no descriptors for those who want to come in.
const CLOSED_FOR: Duration = Duration::from_secs(1);

/// The socket, if there is a directory for it, and what is remembered for those who ask.
pub(crate) struct Door {
    socket: Option<ControlSocket>,
    deaths: Deaths,
    started: Duration,
    /// Until when nobody is let in, because nobody could be.
    opens_at: Option<Duration>,
}

impl Door {
    /// Opens the socket in `folder`. A swarm that cannot be asked anything runs all the same.
    pub(crate) fn open(folder: Option<&Path>, now: Duration) -> Self {
        let listen = |folder: &Path| match ControlSocket::listen(folder) {
            Ok(socket) => Some(socket),
            Err(error) => {
                warn!("there is no control socket in {}: {error}", folder.display());
                None
            }
        };
        Self { socket: folder.and_then(listen), deaths: Deaths::open(folder), started: now, opens_at: None }
    }

    pub(crate) fn socket(&self) -> Option<&ControlSocket> {
        self.socket.as_ref()
    }

    /// A node has ended.
    pub(crate) fn remember(&mut self, death: &Death) {
        self.deaths.remember(death.to_string(), SystemTime::now());
    }

    /// When somebody has to be looked after, although nothing arrives.
    pub(crate) fn wakes_at(&self, now: Duration) -> Option<Duration> {
        self.socket.as_ref()?.wakes_at(now)
    }

    /// Takes the socket's name away.
    pub(crate) fn close(&self) {
        if let Some(socket) = &self.socket {
            socket.remove();
        }
    }
}

impl Supervisor {
    /// Somebody knocks.
    pub(super) fn let_in(&mut self) {
        let Some(socket) = &mut self.door.socket else { return };
        let now = os::monotonic();
        let watched = match socket.accept(now) {
            Ok(None) => Ok(()),
            Ok(Some((client, descriptor))) => self.kernel.watch_client(client, descriptor),
            Err(error) => {
                // Whoever waits there would wake us again and again.
                self.kernel.leave_door(&*socket);
                self.door.opens_at = Some(now + CLOSED_FOR);
                Err(error)
            }
        };
        if let Err(error) = watched {
            warn!("a client of the control socket is not served: {error}");
        }
    }

    /// Goes on with answers, sends those away whose time is over, and opens the door again after it had to be closed.
    pub(super) fn tend_door(&mut self) {
        let now = os::monotonic();
        let Some(socket) = &mut self.door.socket else { return };
        socket.flush();
        socket.expire(now);
        if self.door.opens_at.is_some_and(|at| at <= now) && self.kernel.watch_door(&*socket).is_ok() {
            self.door.opens_at = None;
        }
    }

    /// A client has sent something, or left.
    pub(super) fn listen_to(&mut self, client: u32) {
        let Some(Heard::Request(request)) = self.door.socket.as_mut().map(|socket| socket.read(client)) else { return };
        let answer = self.answer(request);
        if let Some(socket) = &mut self.door.socket {
            socket.answer(client, &answer);
        }
    }

    fn answer(&mut self, request: Request) -> Answer {
        let done = |text: &str| Answer::Done { text: text.to_owned() };
        if !matches!(request, Request::Status | Request::Deaths) {
            info!("asked through the control socket: {request:?}");
        }
        match request {
            Request::Status => Answer::Status(self.status(os::monotonic())),
            Request::Deaths => Answer::Deaths { deaths: self.door.deaths.shown(SystemTime::now()) },
            Request::Stop { now } => {
                self.events.push_back(if now { Event::StopNow } else { Event::Stop });
                done(if now { "the swarm stops now" } else { "the swarm finishes its work and stops" })
            }
            Request::Quiet => {
                self.events.push_back(Event::Quiet);
                done("no new work is taken until the stop; a restart would consume again")
            }
            Request::Roll if self.fleet.is_stopping() => Answer::Refused { text: "the swarm is stopping".to_owned() },
            Request::Roll => {
                if let Some(left) = self.fleet.rolling() {
                    return Answer::Refused { text: format!("a rolling restart is under way; {left} nodes are left") };
                }
                self.events.push_back(Event::Roll);
                done("the nodes are started anew, one by one; `status` tells how far it is")
            }
            Request::Restart { node } => {
                if let Some(text) = self.fleet.refuses_restart(node) {
                    return Answer::Refused { text };
                }
                self.events.push_back(Event::Restart { slot: node });
                done(&format!("node {node} finishes its work and is started anew"))
            }
        }
    }

    fn status(&self, now: Duration) -> Status {
        let mut nodes = self.fleet.nodes(now);
        for node in &mut nodes {
            node.pid = self.kernel.process(node.slot).map(os::Pid::number);
        }
        Status {
            supervisor: os::own_pid().number(),
            seconds: now.saturating_sub(self.door.started).as_secs(),
            phase: self.fleet.phase(),
            memory_limit: self.fleet.memory_limit(),
            rolling: self.fleet.rolling(),
            nodes,
            suspects: self.docket.shown(),
        }
    }
}
