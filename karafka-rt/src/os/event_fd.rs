//! A wake-up that one thread gives and another waits for.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd as Inner};

/// A non-blocking eventfd. Notifications between two drains collapse into one.
#[derive(Debug)]
pub(crate) struct EventFd(Inner);

impl EventFd {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(Inner::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?))
    }

    /// Makes the descriptor readable. Never blocks; the counter being full means that it is readable already.
    pub(crate) fn notify(&self) {
        let _ = self.0.write(1);
    }

    /// Makes the descriptor unreadable again; true when it had been notified.
    pub(crate) fn drain(&self) -> bool {
        self.0.read().is_ok()
    }

    /// Waits until it is notified or `timeout` passed; true when it is readable. It is not drained.
    pub(crate) fn wait(&self, timeout: Duration) -> io::Result<bool> {
        let milliseconds = timeout.as_nanos().div_ceil(1_000_000);
        let timeout = PollTimeout::try_from(milliseconds).unwrap_or(PollTimeout::MAX);
        match poll(&mut [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)], timeout) {
            Ok(ready) => Ok(ready > 0),
            Err(Errno::EINTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

impl AsFd for EventFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notifications_collapse_and_one_drain_takes_them_all() {
        let event = EventFd::new().unwrap();
        assert!(!event.drain());
        event.notify();
        event.notify();
        assert!(event.wait(Duration::from_secs(5)).unwrap());
        assert!(event.drain());
        assert!(!event.wait(Duration::ZERO).unwrap());
    }
}
