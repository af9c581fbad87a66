//! One set of descriptors to wait on, each with a token of the caller's.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// Events returned by one wait; what does not fit is returned by the next.
const BATCH: usize = 64;

/// A level-triggered epoll set of readable descriptors.
#[derive(Debug)]
pub(crate) struct EpollSet(Epoll);

impl EpollSet {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?))
    }

    /// Watches `fd` for input and hang-up.
    pub(crate) fn add(&self, fd: impl AsFd, token: u64) -> io::Result<()> {
        Ok(self.0.add(fd, EpollEvent::new(EpollFlags::EPOLLIN, token))?)
    }

    /// Stops watching `fd`. Needed before it is closed: a copy in a forked child would keep the registration alive.
    pub(crate) fn remove(&self, fd: impl AsFd) -> io::Result<()> {
        Ok(self.0.delete(fd)?)
    }

    /// Waits until a descriptor is readable, a signal handler ran, or `timeout` passed (`None`: no end), and returns the
    /// tokens of what is readable. Rounds up to whole milliseconds, so that a deadline has passed when this returns.
    pub(crate) fn wait(&self, timeout: Option<Duration>) -> io::Result<Vec<u64>> {
        let mut events = [EpollEvent::empty(); BATCH];
        match self.0.wait(&mut events, milliseconds_up(timeout)) {
            Ok(count) => Ok(events[..count].iter().map(EpollEvent::data).collect()),
            Err(Errno::EINTR) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }
}

fn milliseconds_up(timeout: Option<Duration>) -> EpollTimeout {
    timeout.map_or(EpollTimeout::NONE, |timeout| {
        let milliseconds = timeout.as_nanos().div_ceil(1_000_000);
        EpollTimeout::try_from(milliseconds).unwrap_or(EpollTimeout::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::EventFd;

    #[test]
    fn a_readable_descriptor_is_reported_by_its_token_until_it_is_removed() {
        let set = EpollSet::new().unwrap();
        let event = EventFd::new().unwrap();
        set.add(&event, 7).unwrap();
        assert_eq!(set.wait(Some(Duration::ZERO)).unwrap(), Vec::<u64>::new());
        event.notify();
        assert_eq!(set.wait(Some(Duration::from_secs(5))).unwrap(), [7]);
        set.remove(&event).unwrap();
        assert_eq!(set.wait(Some(Duration::ZERO)).unwrap(), Vec::<u64>::new());
    }

    #[test]
    fn a_timeout_is_rounded_up_so_that_a_deadline_has_passed_after_the_wait() {
        assert_eq!(milliseconds_up(Some(Duration::from_micros(1))), EpollTimeout::from(1u16));
        assert_eq!(milliseconds_up(Some(Duration::from_millis(3))), EpollTimeout::from(3u16));
        assert_eq!(milliseconds_up(Some(Duration::MAX)), EpollTimeout::MAX);
        assert_eq!(milliseconds_up(None), EpollTimeout::NONE);
    }
}
