//! The log of a process: `tracing` events as lines for people or as JSON, on a sink that never holds anybody up.
//!
//! A program that has set up its own `tracing` subscriber before keeps it. Lines of the framework and of
//! librdkafka are limited per kind; those of the user's code are not.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tracing::callsite::Identifier;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{self, FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use super::limit::{Kind, Verdict};
use super::lines::{Lines, Sink};

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// The filter is no list of `tracing` directives.
#[derive(Debug, thiserror::Error)]
#[error("the log filter is not a list of directives such as `info` or `warn,my_crate=debug`")]
pub(crate) struct BadFilter;

/// The log of this process. Clones share it.
#[derive(Clone)]
pub(crate) struct LogOutput(Arc<Shared>);

struct Shared {
    lines: Mutex<Lines>,
    /// Who writes, such as `node 0`: processes of a swarm share one sink.
    process: Mutex<String>,
    kinds: Mutex<HashMap<Identifier, Kind>>,
}

impl LogOutput {
    /// A log that nothing writes to yet.
    pub(crate) fn new(format: Format, sink: Sink) -> Self {
        let lines = Mutex::new(Lines::new(sink, notice(format)));
        Self(Arc::new(Shared { lines, process: Mutex::default(), kinds: Mutex::default() }))
    }

    /// Makes this the log of everything that the process emits. False when the program has its own subscriber.
    pub(crate) fn install(&self, format: Format, filter: &str) -> Result<bool, BadFilter> {
        Ok(self.subscriber(format, filter)?.try_init().is_ok())
    }

    /// In a child, right after the fork: lines carry its name from here on.
    pub(crate) fn after_fork(&self, process: &str) {
        self.set_process(process);
        locked(&self.0.lines).forget_rest();
    }

    /// Who writes, from here on; empty for a process that has the sink for itself.
    pub(crate) fn set_process(&self, process: &str) {
        process.clone_into(&mut locked(&self.0.process));
    }

    fn subscriber(&self, format: Format, filter: &str) -> Result<impl Subscriber + Send + Sync + 'static, BadFilter> {
        let filter: Targets = filter.parse().map_err(|_| BadFilter)?;
        let layer = tracing_subscriber::fmt::layer().with_writer(self.clone()).with_ansi(false);
        let layer = match format {
            Format::Human => layer.event_format(Limited { inner: format::format(), format, log: self.clone() }).boxed(),
            Format::Json => {
                let inner = format::format().json().flatten_event(true);
                let fields = format::JsonFields::new();
                layer.fmt_fields(fields).event_format(Limited { inner, format, log: self.clone() }).boxed()
            }
        };
        Ok(tracing_subscriber::registry().with(layer.with_filter(filter)))
    }

    fn judge(&self, event: &Event<'_>, now: Instant) -> Verdict {
        let metadata = event.metadata();
        let root = metadata.target().split("::").next().unwrap_or_default();
        if ![env!("CARGO_CRATE_NAME"), "librdkafka"].contains(&root) {
            return Verdict::Show { hidden: 0 };
        }
        locked(&self.0.kinds).entry(metadata.callsite()).or_insert_with(|| Kind::new(now)).judge(now)
    }
}

/// What a panicking thread left behind is a line or a name: still good.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds the process and what was hidden to the lines of another format, and leaves out what is too much.
struct Limited<F> {
    inner: F,
    format: Format,
    log: LogOutput,
}

impl<S, N, F> FormatEvent<S, N> for Limited<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let Verdict::Show { hidden } = self.log.judge(event, Instant::now()) else { return Ok(()) };
        let mut line = String::new();
        self.inner.format_event(context, Writer::new(&mut line), event)?;
        let process = locked(&self.log.0.process).clone();
        writer.write_str(&match self.format {
            Format::Human => human(&process, &line, hidden),
            Format::Json => json(&process, &line, hidden),
        })
    }
}

fn human(process: &str, line: &str, hidden: u64) -> String {
    let separator = if process.is_empty() { "" } else { ": " };
    let more = if hidden > 0 { format!(" ({hidden} more like this were not shown)") } else { String::new() };
    format!("{process}{separator}{}{more}\n", line.trim_end_matches('\n'))
}

/// More fields in front of those of a JSON object.
fn json(process: &str, line: &str, hidden: u64) -> String {
    let process = if process.is_empty() { String::new() } else { format!("\"process\":{},", quoted(process)) };
    let hidden = if hidden > 0 { format!("\"not_shown\":{hidden},") } else { String::new() };
    format!("{{{process}{hidden}{}", line.strip_prefix('{').unwrap_or(line))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The line that says how many lines are missing.
fn notice(format: Format) -> fn(u64) -> String {
    match format {
        Format::Human => |dropped| format!("{dropped} log lines were dropped, because nobody read them in time\n"),
        Format::Json => |dropped| {
            let fields = format!(
                "\"dropped\":{dropped},\"message\":\"log lines were dropped, because nobody read them in time\""
            );
            format!("{{\"level\":\"WARN\",{fields}}}\n")
        },
    }
}

impl<'a> MakeWriter<'a> for LogOutput {
    type Writer = OneLine<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        OneLine(self)
    }
}

/// The layer above writes a whole line at once.
pub(crate) struct OneLine<'a>(&'a LogOutput);

impl Write for OneLine<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        locked(&self.0.0.lines).write(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[path = "output_tests.rs"]
mod tests;
