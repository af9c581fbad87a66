//! Log lines of librdkafka, and how many of them reach the log.

use std::time::{Duration, Instant};

/// Most lines of one client that are written per [`WINDOW`]. A client that cannot reach a broker writes several per
/// second for as long as that lasts.
const LINES_PER_WINDOW: u32 = 6;

/// After this long lines are written again.
const WINDOW: Duration = Duration::from_mins(1);

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LogLine<'a> {
    /// The level of syslog: 0 is an emergency, 3 an error, 4 a warning, 6 information, 7 debugging.
    pub(crate) level: i32,
    /// librdkafka's word for the place, such as `FAIL` or `CONFWARN`.
    pub(crate) facility: &'a str,
    pub(crate) text: &'a str,
}

/// Takes the log lines of one client, on the thread that polls it.
pub(crate) type LogSink = Box<dyn FnMut(&LogLine<'_>) + Send>;

/// The level of lines that come only when they were asked for.
const DEBUGGING: i32 = 7;

/// Writes the lines of the client called `client` to the log, at most [`LINES_PER_WINDOW`] per [`WINDOW`].
pub(crate) fn log_to_tracing(client: String) -> LogSink {
    let mut limit = Limit::new(Instant::now());
    Box::new(move |line| match limit.admit(Instant::now()) {
        // Asked for, with the property `debug`: all or nothing.
        _ if line.level >= DEBUGGING => write(&client, line),
        Admission::Hide => {}
        Admission::Show { hidden } => {
            if hidden > 0 {
                tracing::warn!(target: "librdkafka", client, hidden, "log lines were left out: too many in {WINDOW:?}");
            }
            write(&client, line);
        }
    })
}

fn write(client: &str, line: &LogLine<'_>) {
    let LogLine { level, facility, text } = *line;
    match level {
        ..=3 => tracing::error!(target: "librdkafka", client, facility, "{text}"),
        4 => tracing::warn!(target: "librdkafka", client, facility, "{text}"),
        5 | 6 => tracing::info!(target: "librdkafka", client, facility, "{text}"),
        _ => tracing::debug!(target: "librdkafka", client, facility, "{text}"),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Admission {
    /// Write the line; so many were left out before it.
    Show {
        hidden: u64,
    },
    Hide,
}

struct Limit {
    since: Instant,
    shown: u32,
    hidden: u64,
}

impl Limit {
    fn new(now: Instant) -> Self {
        Self { since: now, shown: 0, hidden: 0 }
    }

    fn admit(&mut self, now: Instant) -> Admission {
        if now.saturating_duration_since(self.since) >= WINDOW {
            (self.since, self.shown) = (now, 0);
        }
        if self.shown >= LINES_PER_WINDOW {
            self.hidden += 1;
            return Admission::Hide;
        }
        self.shown += 1;
        Admission::Show { hidden: std::mem::take(&mut self.hidden) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_and_counted() {
        let start = Instant::now();
        let mut limit = Limit::new(start);
        for _ in 0..LINES_PER_WINDOW {
            assert_eq!(limit.admit(start), Admission::Show { hidden: 0 });
        }
        for _ in 0..7 {
            assert_eq!(limit.admit(start + WINDOW / 2), Admission::Hide);
        }
        assert_eq!(limit.admit(start + WINDOW), Admission::Show { hidden: 7 });
        assert_eq!(limit.admit(start + WINDOW), Admission::Show { hidden: 0 });
    }
}
