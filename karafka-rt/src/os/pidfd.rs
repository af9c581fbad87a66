//! A process held by a descriptor: its number cannot be given away while we look at it.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use nix::sys::signal::Signal;

use super::process::Pid;

/// A descriptor of a child process (Linux 5.3). Readable once the child has ended.
#[derive(Debug)]
pub(crate) struct PidFd(OwnedFd);

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It left by itself with this code.
    Exited(i32),
    /// A signal with this number ended it. A number: real-time signals have no name.
    Signalled(i32),
    /// It has ended, but somebody else has taken its zombie and with it the knowledge how.
    Unseen,
}

impl PidFd {
    /// Opens a child that has not been reaped; without that guarantee the number could mean another process.
    pub(crate) fn open(child: Pid) -> io::Result<Self> {
        // SAFETY: pidfd_open takes a process number and flags, and touches no memory of ours.
        let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, child.number(), 0) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the kernel has just returned this descriptor, so nobody else owns it. It is close-on-exec by definition.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd as i32) }))
    }

    /// Sends `signal`. An error of kind `ESRCH` means that the process has ended.
    pub(crate) fn send(&self, signal: Signal) -> io::Result<()> {
        // SAFETY: the descriptor is open, the signal is a valid number, and a null siginfo is what `kill` uses.
        let result = unsafe {
            libc::syscall(
                libc::SYS_pidfd_send_signal,
                self.0.as_raw_fd(),
                signal as i32,
                std::ptr::null::<libc::siginfo_t>(),
                0,
            )
        };
        if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// How the process ended, if it has; its zombie stays and keeps the number taken. Never waits.
    pub(crate) fn peek(&self) -> io::Result<Option<Ending>> {
        self.wait(libc::WEXITED | libc::WNOHANG | libc::WNOWAIT)
    }

    /// Takes the zombie away, if the process has ended. Never waits.
    pub(crate) fn reap(&self) -> io::Result<Option<Ending>> {
        self.wait(libc::WEXITED | libc::WNOHANG)
    }

    /// Waits for the end and takes the zombie away: only for a process that is dying already.
    pub(crate) fn reap_blocking(&self) -> io::Result<Option<Ending>> {
        self.wait(libc::WEXITED)
    }

    fn wait(&self, options: i32) -> io::Result<Option<Ending>> {
        match super::process::wait_for(libc::P_PIDFD, self.0.as_raw_fd() as libc::id_t, options) {
            Ok(found) => Ok(found.map(|(_, ending)| ending)),
            Err(error) if error.raw_os_error() == Some(libc::ECHILD) => Ok(Some(Ending::Unseen)),
            Err(error) => Err(error),
        }
    }
}

impl AsFd for PidFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Unseen => f.write_str("unseen: other code in this process reaped it"),
            Self::Exited(code) => write!(f, "exit code {code}"),
            Self::Signalled(number) => match Signal::try_from(number) {
                Ok(signal) => write!(f, "{signal}"),
                Err(_) => write!(f, "signal {number}"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use super::*;
    use crate::os::EpollSet;

    /// Starts `sh -c script` and waits until it has ended.
    fn ended(script: &str, signal: Option<Signal>) -> (PidFd, std::process::Child) {
        let child = Command::new("sh").args(["-c", script]).stdin(Stdio::piped()).spawn().unwrap();
        let pidfd = PidFd::open(Pid::of(&child)).unwrap();
        if let Some(signal) = signal {
            pidfd.send(signal).unwrap();
        }
        let set = EpollSet::new().unwrap();
        set.add(&pidfd, 1).unwrap();
        assert_eq!(set.wait(Some(Duration::from_secs(10))).unwrap(), [1]);
        (pidfd, child)
    }

    #[test]
    fn an_ending_is_seen_without_reaping_and_reaped_once() {
        let (pidfd, _child) = ended("exit 7", None);
        assert_eq!(pidfd.peek().unwrap(), Some(Ending::Exited(7)));
        assert_eq!(pidfd.peek().unwrap(), Some(Ending::Exited(7)));
        assert_eq!(pidfd.reap().unwrap(), Some(Ending::Exited(7)));
        assert_eq!(pidfd.reap().unwrap(), Some(Ending::Unseen), "there is nothing to reap any more");
        assert_eq!(pidfd.send(Signal::SIGTERM).unwrap_err().raw_os_error(), Some(libc::ESRCH));
    }

    #[test]
    fn a_signal_is_told_apart_from_an_exit() {
        let (pidfd, _child) = ended("read line", Some(Signal::SIGKILL));
        assert_eq!(pidfd.reap().unwrap(), Some(Ending::Signalled(9)));
        assert_eq!(Ending::Signalled(9).to_string(), "SIGKILL");
        assert_eq!(Ending::Signalled(40).to_string(), "signal 40");
    }
}
