//! Whole lines into a sink that may be slow or dead, without ever waiting for it for long.
//!
//! A line that finds no room is dropped and counted, and as long as the sink takes nothing no later line waits at all. When it
//! takes lines again, one of them says how many are missing. A line that was begun is finished before the next one.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

/// Writes some bytes, waiting at most that long for room; `WouldBlock` when there is none.
pub(crate) type Sink = Box<dyn FnMut(&[u8], Duration) -> io::Result<usize> + Send>;

/// Longest line, in bytes; longer ones are cut.
pub(super) const LINE_BYTES: usize = 64 * 1024;
/// How long a line may wait for a reader that has kept up so far.
const WAIT: Duration = Duration::from_millis(5);

/// What the sink has been doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// It takes lines.
    Open,
    /// It took nothing the last time; so many lines were dropped since.
    Stalled { dropped: u64 },
}

/// The lines of one process on their way to a sink.
pub(super) struct Lines {
    sink: Sink,
    /// The rest of a line that was written in part.
    rest: Vec<u8>,
    flow: Flow,
    /// The line that says how many are missing.
    notice: fn(u64) -> String,
    dropped: u64,
}

impl Lines {
    pub(super) fn new(sink: Sink, notice: fn(u64) -> String) -> Self {
        Self { sink, rest: Vec::new(), flow: Flow::Open, notice, dropped: 0 }
    }

    /// Writes a line with its line end, or drops it.
    pub(super) fn write(&mut self, line: &[u8]) {
        if line.is_empty() {
            return;
        }
        let wait = if self.flow == Flow::Open { WAIT } else { Duration::ZERO };
        if !self.finish_rest(wait) || !self.write_notice() || !self.begin(&cut(line), wait) {
            self.drop_line();
        }
    }

    /// Lines dropped since the start.
    #[cfg(test)]
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Forgets a line that was begun: in a forked child it is the parent's to finish.
    pub(super) fn forget_rest(&mut self) {
        self.rest.clear();
    }

    fn drop_line(&mut self) {
        self.dropped += 1;
        self.flow = match self.flow {
            Flow::Open => Flow::Stalled { dropped: 1 },
            Flow::Stalled { dropped } => Flow::Stalled { dropped: dropped + 1 },
        };
    }

    /// True when nothing of an earlier line is left.
    fn finish_rest(&mut self, wait: Duration) -> bool {
        if self.rest.is_empty() {
            return true;
        }
        let rest = std::mem::take(&mut self.rest);
        let written = write_some(&mut self.sink, &rest, wait);
        self.rest = rest[written..].to_vec();
        self.rest.is_empty()
    }

    /// True when nothing is missing, or a line says so.
    fn write_notice(&mut self) -> bool {
        let Flow::Stalled { dropped } = self.flow else { return true };
        let notice = (self.notice)(dropped);
        if self.begin(notice.as_bytes(), Duration::ZERO) {
            self.flow = Flow::Open;
        }
        self.flow == Flow::Open && self.rest.is_empty()
    }

    /// True when the sink took at least a part; the rest of the line follows later.
    fn begin(&mut self, line: &[u8], wait: Duration) -> bool {
        let written = write_some(&mut self.sink, line, wait);
        if written > 0 {
            self.rest = line[written..].to_vec();
        }
        written > 0
    }
}

/// How much the sink took. Only the first call waits, so the whole takes no longer than `wait`.
fn write_some(sink: &mut Sink, bytes: &[u8], mut wait: Duration) -> usize {
    let mut written = 0;
    while written < bytes.len() {
        match sink(&bytes[written..], wait) {
            Ok(0) => break,
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A sink that is gone is a sink that takes nothing: the log is not worth the process.
            Err(_) => break,
        }
        wait = Duration::ZERO;
    }
    written
}

/// The line, or its first part with a line end.
fn cut(line: &[u8]) -> Cow<'_, [u8]> {
    if line.len() <= LINE_BYTES {
        return Cow::Borrowed(line);
    }
    let mut part = line[..LINE_BYTES - 1].to_vec();
    part.push(b'\n');
    Cow::Owned(part)
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
