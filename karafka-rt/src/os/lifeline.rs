//! A second way to end with the parent, beside `PR_SET_PDEATHSIG`, which is lost whenever a process changes its user.
//!
//! A pipe into which nobody ever writes. The parent holds the writing end; when that closes, for whatever reason, the kernel
//! sends KILL to the process that holds on to the reading end (`F_SETSIG` in fcntl(2)). It checks the rights of the user that
//! tied the process, not those of the user that it became.

use std::io;
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::unistd::{pipe2, read};

use super::process::own_pid;

/// The parent's end. The child ends when it is closed everywhere.
#[derive(Debug)]
pub(crate) struct LifelineHolder {
    _writer: OwnedFd,
}

/// The child's end.
#[derive(Debug)]
pub(crate) struct Lifeline(OwnedFd);

/// A new line, made before the fork.
pub(crate) fn lifeline() -> io::Result<(LifelineHolder, Lifeline)> {
    let (reader, writer) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
    Ok((LifelineHolder { _writer: writer }, Lifeline(reader)))
}

impl Lifeline {
    /// Has the kernel kill this process when the holder's end closes. Fails if it has been closed already. The descriptor stays
    /// open until the process ends: closing it would untie.
    pub(crate) fn tie(self) -> io::Result<()> {
        let fd = self.0.as_raw_fd();
        // SAFETY: the descriptor is open, and F_SETOWN takes a process number.
        check(unsafe { libc::fcntl(fd, libc::F_SETOWN, own_pid().number()) })?;
        // SAFETY: as above; F_SETSIG takes a signal number.
        check(unsafe { libc::fcntl(fd, F_SETSIG, libc::SIGKILL) })?;
        // SAFETY: as above; F_SETFL takes flags.
        check(unsafe { libc::fcntl(fd, libc::F_SETFL, libc::O_ASYNC | libc::O_NONBLOCK) })?;
        // From here on a close is told; one that came before shows as an end of file.
        match read(&self.0, &mut [0]) {
            Err(Errno::EAGAIN) => {
                let _ = self.0.into_raw_fd();
                Ok(())
            }
            Ok(_) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(error) => Err(error.into()),
        }
    }
}

/// `F_SETSIG` of Linux's `fcntl.h`, which libc does not name everywhere.
const F_SETSIG: libc::c_int = 10;

fn check(result: libc::c_int) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_whose_holder_is_gone_cannot_be_tied() {
        let (holder, line) = lifeline().unwrap();
        drop(holder);
        assert_eq!(line.tie().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
