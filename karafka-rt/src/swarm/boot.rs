//! From the start of the program to the first fork: load what all nodes share, and check that it can be shared.

use std::collections::HashSet;
use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use tracing::info;

use crate::lifecycle::exit;
use crate::os::{self, Signal, procfs};

/// How often a long preload says that it is still at it.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);
/// How long a thread that has been joined may still be listed by the kernel.
const THREADS_GONE_WITHIN: Duration = Duration::from_millis(500);
/// How often that is looked at.
const THREADS_LOOKED_AT_EVERY: Duration = Duration::from_millis(2);

/// Why a swarm, or one of its nodes, cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BootError {
    /// Something that has to be changed before a start can help.
    #[error("{0}")]
    Configuration(String),
    /// Something that may work the next time.
    #[error("{0}")]
    Failed(String),
    /// Threads do not survive a fork.
    #[error("preload left {count} thread{}: {names}; a fork copies only the main thread: build pools in `after_fork`", if *count == 1 { "" } else { "s" })]
    Threads {
        /// How many, without the main thread.
        count: usize,
        /// Their names.
        names: String,
    },
    /// Nodes that share a connection destroy each other's conversation.
    #[error("preload left an open connection: {sockets}; all nodes would share it: connect in `after_fork`")]
    Sockets {
        /// Descriptors and addresses.
        sockets: String,
    },
    /// The kernel, or a sandbox, does not do what is needed.
    #[error("`{call}` failed: {source}; a swarm needs Linux 5.10 or newer and a sandbox that allows this call")]
    System {
        /// The system call.
        call: &'static str,
        /// What it said.
        source: io::Error,
    },
}

impl BootError {
    /// Names the call that failed.
    pub(crate) fn system(call: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { call, source }
    }

    pub(crate) fn code(&self) -> exit::Code {
        match self {
            Self::Failed(_) => exit::Code::RuntimeError,
            Self::Configuration(_) | Self::Threads { .. } | Self::Sockets { .. } | Self::System { .. } => {
                exit::Code::Configuration
            }
        }
    }
}

/// Prepares the signals, runs `preload`, and checks what it left.
pub(super) fn preload(preload: impl FnOnce() -> Result<(), BootError>) -> Result<(), BootError> {
    // Started by a program that ignores its children, nobody here could wait for one.
    os::restore_default(Signal::SIGCHLD).map_err(BootError::system("sigaction"))?;
    // Nothing to finish yet; and PID 1 would not hear TERM without a handler.
    os::exit_on(&[Signal::SIGTERM, Signal::SIGINT, Signal::SIGQUIT], exit::Code::Clean.number())
        .map_err(BootError::system("sigaction"))?;
    // A denied system call is better found before a long preload than after it.
    os::PidFd::open(os::own_pid()).map_err(BootError::system("pidfd_open"))?;
    let before = open_sockets()?;
    with_progress(preload)?;
    // A library that reaps every child would reap the nodes.
    os::restore_default(Signal::SIGCHLD).map_err(BootError::system("sigaction"))?;
    check_threads()?;
    check_sockets(&before)
}

/// Runs `preload` in this thread while another one logs that it still runs; that one is gone afterwards.
fn with_progress(preload: impl FnOnce() -> Result<(), BootError>) -> Result<(), BootError> {
    let started = Instant::now();
    let (done, waiting) = mpsc::channel::<()>();
    let progress = thread::Builder::new().name("preload-progress".into()).spawn(move || {
        while waiting.recv_timeout(PROGRESS_EVERY) == Err(RecvTimeoutError::Timeout) {
            info!("preload has been running for {:.0?}", started.elapsed());
        }
    });
    let progress = progress.map_err(BootError::system("clone"))?;
    let result = preload();
    drop(done);
    let _ = progress.join();
    result
}

fn check_threads() -> Result<(), BootError> {
    let deadline = Instant::now() + THREADS_GONE_WITHIN;
    loop {
        let mut names = procfs::threads().map_err(BootError::system("read /proc/self/task"))?;
        if names.len() <= 1 {
            return Ok(());
        }
        if Instant::now() >= deadline {
            names.remove(0);
            return Err(BootError::Threads { count: names.len(), names: names.join(", ") });
        }
        thread::sleep(THREADS_LOOKED_AT_EVERY);
    }
}

fn check_sockets(before: &HashSet<u64>) -> Result<(), BootError> {
    let sockets = procfs::open_sockets().map_err(BootError::system("read /proc/self/fd"))?;
    let new = sockets.iter().filter(|socket| !before.contains(&socket.inode));
    let new: Vec<String> = new.map(|socket| format!("fd {}, {}", socket.fd, socket.address)).collect();
    if new.is_empty() { Ok(()) } else { Err(BootError::Sockets { sockets: new.join("; ") }) }
}

fn open_sockets() -> Result<HashSet<u64>, BootError> {
    let sockets = procfs::open_sockets().map_err(BootError::system("read /proc/self/fd"))?;
    Ok(sockets.into_iter().map(|socket| socket.inode).collect())
}
