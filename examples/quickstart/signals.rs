//! Ctrl-C and its relatives, as something that waits look at: so that nothing is left behind, whenever it comes.

use std::cell::Cell;
use std::fmt;
use std::os::fd::AsFd as _;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Signals that ask this process to stop. Children get none of them from here.
pub(super) struct Signals {
    fd: SignalFd,
    stop: Cell<bool>,
}

/// Somebody asked to stop before the work was done.
#[derive(Debug)]
pub(super) struct Interrupted;

impl Signals {
    /// Takes INT, TERM and HUP from now on. To be called before any thread exists.
    pub(super) fn take() -> anyhow::Result<Self> {
        let mask: SigSet = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP].into_iter().collect();
        mask.thread_block()?;
        let fd = SignalFd::with_flags(&mask, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
        Ok(Self { fd, stop: Cell::new(false) })
    }

    /// Waits this long, or until a signal asks to stop.
    pub(super) fn pause(&self, duration: Duration) -> Result<(), Interrupted> {
        if !self.stop.get() {
            let timeout = PollTimeout::try_from(duration).unwrap_or(PollTimeout::MAX);
            // An interrupted wait is only shorter.
            let _ = poll(&mut [PollFd::new(self.fd.as_fd(), PollFlags::POLLIN)], timeout);
            self.stop.set(matches!(self.fd.read_signal(), Ok(Some(_))));
        }
        if self.stop.get() { Err(Interrupted) } else { Ok(()) }
    }

    /// Forgets the signals so far: the next one counts anew.
    pub(super) fn forget(&self) {
        self.stop.set(false);
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}
