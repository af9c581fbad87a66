//! The journal of a run as a history: one line an event, appended with one write by whoever saw it, so that the file's order is
//! the order of the events across processes.
//!
//! A line begins with its time, in microseconds since 1970 by the machine's clock, which brokers on the same machine share.
//!
//! ```text
//! process PID SLOT                            a consuming process begins
//! begin TOPIC PARTITION OFFSET PID ATTEMPT    a handler call begins
//! end TOPIC PARTITION OFFSET PID              it returned `Ok`
//! failed TOPIC PARTITION OFFSET PID           it returned an error
//! revoked TOPIC PARTITION PID HOW             the partition was taken away: `kept` in order, or `lost`
//! shutdown TOPIC PARTITION PID                the process stops in order: nothing more of the partition is begun here
//! tick PID GAP PAUSE                          milliseconds: longest silence of a listener, longest pause of who watched it
//! gone PID PARTITION:COMMITTED ..             the process was found dead, and this is what its group had committed then
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};

/// A partition and an offset of the one topic that a history is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 0.
    pub partition: i32,
    /// From 0.
    pub offset: i64,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are those of the lines in the module's documentation")]
pub enum Event {
    Process { pid: i32, slot: u32 },
    Begin { topic: String, at: Place, pid: i32, attempt: u32 },
    End { topic: String, at: Place, pid: i32 },
    Failed { topic: String, at: Place, pid: i32 },
    Revoked { topic: String, partition: i32, pid: i32, lost: bool },
    Shutdown { topic: String, partition: i32, pid: i32 },
    Tick { pid: i32, gap: u64, pause: u64 },
    Gone { pid: i32, committed: BTreeMap<i32, i64> },
}

/// An event, and when it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Microseconds since 1970.
    pub at: u64,
    /// What happened.
    pub event: Event,
}

/// A file that events are appended to.
#[derive(Debug)]
pub struct Journal(File);

impl Journal {
    /// Opens the file, or makes it.
    pub fn open(path: &Path) -> io::Result<Self> {
        OpenOptions::new().create(true).append(true).open(path).map(Self)
    }

    /// Appends one event with one write: lines of several processes never mix, and a process that is killed leaves whole lines.
    pub fn tell(&self, event: &Event) -> io::Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let line = format!("{} {event}\n", now.as_micros());
        let written = (&self.0).write(line.as_bytes())?;
        if written == line.len() { Ok(()) } else { Err(io::Error::other("half a line was written")) }
    }
}

/// Reads a journal while it grows.
#[derive(Debug)]
pub struct Follower<R> {
    source: R,
    events: Vec<Event>,
    times: Vec<u64>,
    /// The beginning of a line whose end is not there yet: a write is seen page by page.
    begun: String,
}

impl<R: io::Read> Follower<R> {
    /// Begins with the first line of the source.
    pub fn new(source: R) -> Self {
        Self { source, events: Vec::new(), times: Vec::new(), begun: String::new() }
    }

    /// Everything that has been written so far, in whole lines.
    pub fn events(&mut self) -> anyhow::Result<&[Event]> {
        self.source.read_to_string(&mut self.begun)?;
        let whole = self.begun.rfind('\n').map_or(0, |end| end + 1);
        for Line { at, event } in parse(&self.begun[..whole])? {
            self.times.push(at);
            self.events.push(event);
        }
        self.begun.drain(..whole);
        Ok(&self.events)
    }

    /// The same with times.
    pub fn lines(&mut self) -> anyhow::Result<Vec<Line>> {
        self.events()?;
        let pairs = self.times.iter().zip(&self.events);
        Ok(pairs.map(|(at, event)| Line { at: *at, event: event.clone() }).collect())
    }
}

/// Reads a history. A line that is no event is an error: a judge that skips lines may miss a fault.
pub fn parse(text: &str) -> anyhow::Result<Vec<Line>> {
    let parse = |line: &str| {
        let (at, words) = line.split_once(' ').context("expected a time and an event")?;
        Ok::<_, anyhow::Error>(Line { at: at.parse()?, event: event(words)? })
    };
    text.lines().map(|line| parse(line).with_context(|| format!("expected an event, found `{line}`"))).collect()
}

fn event(line: &str) -> anyhow::Result<Event> {
    let words: Vec<&str> = line.split(' ').collect();
    let place = |partition: &str, offset: &str| -> anyhow::Result<Place> {
        Ok(Place { partition: partition.parse()?, offset: offset.parse()? })
    };
    Ok(match words.as_slice() {
        ["process", pid, slot] => Event::Process { pid: pid.parse()?, slot: slot.parse()? },
        ["begin", topic, partition, offset, pid, attempt] => Event::Begin {
            topic: (*topic).to_owned(),
            at: place(partition, offset)?,
            pid: pid.parse()?,
            attempt: attempt.parse()?,
        },
        ["end", topic, partition, offset, pid] => {
            Event::End { topic: (*topic).to_owned(), at: place(partition, offset)?, pid: pid.parse()? }
        }
        ["failed", topic, partition, offset, pid] => {
            Event::Failed { topic: (*topic).to_owned(), at: place(partition, offset)?, pid: pid.parse()? }
        }
        ["revoked", topic, partition, pid, how @ ("kept" | "lost")] => Event::Revoked {
            topic: (*topic).to_owned(),
            partition: partition.parse()?,
            pid: pid.parse()?,
            lost: *how == "lost",
        },
        ["shutdown", topic, partition, pid] => {
            Event::Shutdown { topic: (*topic).to_owned(), partition: partition.parse()?, pid: pid.parse()? }
        }
        ["tick", pid, gap, pause] => Event::Tick { pid: pid.parse()?, gap: gap.parse()?, pause: pause.parse()? },
        ["gone", pid, committed @ ..] => {
            let mut map = BTreeMap::new();
            for pair in committed {
                let (partition, offset) = pair.split_once(':').context("expected PARTITION:COMMITTED")?;
                map.insert(partition.parse()?, offset.parse()?);
            }
            Event::Gone { pid: pid.parse()?, committed: map }
        }
        _ => bail!("unknown event"),
    })
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process { pid, slot } => write!(f, "process {pid} {slot}"),
            Self::Begin { topic, at, pid, attempt } => {
                write!(f, "begin {topic} {} {} {pid} {attempt}", at.partition, at.offset)
            }
            Self::End { topic, at, pid } => write!(f, "end {topic} {} {} {pid}", at.partition, at.offset),
            Self::Failed { topic, at, pid } => write!(f, "failed {topic} {} {} {pid}", at.partition, at.offset),
            Self::Revoked { topic, partition, pid, lost } => {
                write!(f, "revoked {topic} {partition} {pid} {}", if *lost { "lost" } else { "kept" })
            }
            Self::Shutdown { topic, partition, pid } => write!(f, "shutdown {topic} {partition} {pid}"),
            Self::Tick { pid, gap, pause } => write!(f, "tick {pid} {gap} {pause}"),
            Self::Gone { pid, committed } => {
                write!(f, "gone {pid}")?;
                committed.iter().try_for_each(|(partition, offset)| write!(f, " {partition}:{offset}"))
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.partition, self.offset)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test an `unwrap` is an assertion")]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_as_they_are_written() {
        let text = "1 process 77 0\n2 begin t 0 5 77 1\n3 end t 0 5 77\n4 failed t 0 6 77\n5 revoked t 0 77 kept\n\
                    6 revoked t 1 77 lost\n7 shutdown t 2 77\n7 tick 77 12 3\n8 gone 77 0:5 1:0\n9 gone 78\n";
        let lines: Vec<String> =
            parse(text).unwrap().iter().map(|line| format!("{} {}", line.at, line.event)).collect();
        assert_eq!(lines, text.lines().collect::<Vec<_>>());
    }

    #[test]
    fn half_a_line_waits_for_its_end() {
        let (mut writer, folder) = (String::new(), tempfile::tempdir().unwrap());
        let path = folder.path().join("journal");
        std::fs::write(&path, "").unwrap();
        let mut follower = Follower::new(File::open(&path).unwrap());
        for (more, events) in
            [("1 end t 0 ", 0), ("5 77", 0), ("\n2 end t", 1), (" 0 6 77\n2 end t 0 7 77\n", 3), ("", 3)]
        {
            writer += more;
            std::fs::write(&path, &writer).unwrap();
            assert_eq!(follower.events().unwrap().len(), events, "after `{writer}`");
        }
    }

    #[test]
    fn a_line_that_is_no_event_is_an_error() {
        for line in
            ["", "begin t 0 5 77", "end t 0 x 77", "gone 77 0", "begin t 0 5 77 1 2", "revoked t 0 77 maybe", "lost 5"]
        {
            assert!(parse(&format!("1 {line}\n")).is_err(), "{line}");
            assert!(parse(&format!("x end t 0 1 77{line}\n")).is_err(), "{line}");
        }
    }
}
