//! A way to write to the standard error output that never waits for its reader.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;

/// Opens what descriptor 2 points at once more, non-blocking. A new open file: the flag does not reach the other processes
/// that share descriptor 2. Fails when descriptor 2 is a socket, which cannot be opened by name.
pub(crate) fn open_nonblocking_stderr() -> io::Result<File> {
    OpenOptions::new().append(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open("/proc/self/fd/2")
}
