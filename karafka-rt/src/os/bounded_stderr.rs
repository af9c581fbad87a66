//! The standard error output for whoever keeps count of its own lines: a write says how much was taken, waits no longer than
//! asked, and also works on a socket, such as systemd's journal.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{MsgFlags, send};

/// The most that a pipe takes without waiting once it is writable (`PIPE_BUF`, pipe(7)).
const PIPE_BUF: usize = 4096;

/// The standard error output, by the best way that this process has.
pub(crate) enum BoundedStderr {
    /// A pipe or a terminal, opened once more without blocking: a new open file, so that the flag does not reach
    /// the other processes that share descriptor 2.
    Reopened(File),
    /// A file, a socket (systemd's journal), or what could not be opened: written to only when it has room.
    Shared,
}

impl BoundedStderr {
    pub(crate) fn open() -> Self {
        open_nonblocking("/proc/self/fd/2").map_or(Self::Shared, Self::Reopened)
    }

    /// Writes some of `bytes`, waiting at most `wait` for room; `WouldBlock` when there is none.
    pub(crate) fn write_within(&mut self, bytes: &[u8], wait: Duration) -> io::Result<usize> {
        match self {
            Self::Reopened(file) => match file.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    wait_for_room(&*file, wait)?;
                    file.write(bytes)
                }
                result => result,
            },
            Self::Shared => write_shared(bytes, wait),
        }
    }
}

/// A new open file on the pipe or terminal that `path` names: its flags do not reach the other processes that share descriptor
/// 2. Other files are refused: a regular file never makes a writer wait, and a second open file would have an offset of its own,
/// so that what this process writes through descriptor 2 itself would overwrite the lines.
fn open_nonblocking(path: &str) -> io::Result<File> {
    let kind = fs::metadata(path)?.file_type();
    if !kind.is_fifo() && !kind.is_char_device() {
        return Err(io::ErrorKind::Unsupported.into());
    }
    OpenOptions::new().append(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

/// A socket takes a flag for one call; anything else gets no more than what it has room for.
fn write_shared(bytes: &[u8], wait: Duration) -> io::Result<usize> {
    let stderr = io::stderr();
    wait_for_room(&stderr, wait)?;
    match send(stderr.as_raw_fd(), bytes, MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL) {
        Err(nix::errno::Errno::ENOTSOCK) => stderr.lock().write(&bytes[..bytes.len().min(PIPE_BUF)]),
        result => result.map_err(io::Error::from),
    }
}

fn wait_for_room(output: &impl AsFd, wait: Duration) -> io::Result<()> {
    let timeout = PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX);
    match poll(&mut [PollFd::new(output.as_fd(), PollFlags::POLLOUT)], timeout)? {
        0 => Err(io::ErrorKind::WouldBlock.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_pipe_is_given_up_after_the_wait() {
        let (reader, writer) = nix::unistd::pipe2(nix::fcntl::OFlag::O_NONBLOCK).expect("a pipe");
        let mut stderr = BoundedStderr::Reopened(File::from(writer));
        let wait = Duration::from_millis(20);
        let line = [b'x'; PIPE_BUF];
        let full = (0..1_000).find_map(|_| {
            let start = std::time::Instant::now();
            stderr.write_within(&line, wait).err().map(|error| (error.kind(), start.elapsed()))
        });
        let (kind, elapsed) = full.expect("a pipe has an end");
        assert_eq!(kind, io::ErrorKind::WouldBlock);
        assert!(elapsed >= wait, "{elapsed:?}");
        drop(reader);
        let gone = stderr.write_within(&line, wait).expect_err("nobody reads");
        assert_eq!(gone.kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_regular_file_keeps_its_one_offset() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        File::create(&path).unwrap();
        let error = open_nonblocking(path.to_str().unwrap()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Unsupported);
    }
}
