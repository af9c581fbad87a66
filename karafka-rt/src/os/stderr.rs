//! Writing to the standard error output without ever waiting for its reader, and without failing when there is none.
//!
//! A supervisor that waits for a full pipe watches nobody, and one that panics because its terminal was closed takes its nodes
//! along. What cannot be written is dropped and counted.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The error output of this process. A shared reference is a writer whose every `write` succeeds.
#[derive(Debug)]
pub(crate) struct LossyStderr {
    /// `None` when it is not opened once more (a file, a socket, another user's terminal): then a write may wait.
    file: Option<File>,
    dropped: AtomicU64,
}

/// The one writer of this process.
pub(crate) fn lossy_stderr() -> &'static LossyStderr {
    static STDERR: OnceLock<LossyStderr> = OnceLock::new();
    STDERR.get_or_init(|| LossyStderr { file: open_nonblocking("/proc/self/fd/2").ok(), dropped: AtomicU64::new(0) })
}

impl LossyStderr {
    /// How many writes were dropped, whole or in part.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

impl Write for &LossyStderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match &self.file {
            Some(file) => (&mut &*file).write(bytes),
            None => io::stderr().write(bytes),
        };
        if written.map_or(true, |count| count < bytes.len()) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A new open file on the pipe or terminal that `path` names: its flags do not reach the other processes that share descriptor
/// 2. Other files are refused: a regular file never makes a writer wait, and a second open file would have an offset of its own,
/// so that what this process writes through descriptor 2 itself would overwrite the lines.
pub(super) fn open_nonblocking(path: &str) -> io::Result<File> {
    let kind = fs::metadata(path)?.file_type();
    if !kind.is_fifo() && !kind.is_char_device() {
        return Err(io::ErrorKind::Unsupported.into());
    }
    OpenOptions::new().append(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn a_full_pipe_and_a_closed_one_cost_lines_but_neither_time_nor_errors() {
        let (reader, writer) = io::pipe().unwrap();
        let file = open_nonblocking(&format!("/proc/self/fd/{}", writer.as_raw_fd())).unwrap();
        let output = LossyStderr { file: Some(file), dropped: AtomicU64::new(0) };
        for _ in 0..1000 {
            assert_eq!((&output).write(&[b'x'; 1024]).unwrap(), 1024);
        }
        let dropped = output.dropped();
        assert!((900..1000).contains(&dropped), "a pipe holds 64 KiB, but {dropped} of 1000 KiB were dropped");
        drop(reader);
        (&output).write_all(b"nobody reads this").unwrap();
        assert_eq!(output.dropped(), dropped + 1);
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
