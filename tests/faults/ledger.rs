//! What was sent: every record has a number, its place in the order of its key, and what a handler is to do with it.
//!
//! A payload is `RUN ID KEY SEQUENCE WORK KIND`. Whatever a handler makes of it repeats the first four words, so that inputs, outputs
//! and dead letters can be compared as sets, whoever reads them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use karafka_rt::consumer::Record;
use karafka_rt::producer::Publisher;

use super::program::PATIENCE;
use super::world::{World, properties};

/// How long a record may take to be stored.
const OUTLIVES: Duration = Duration::from_mins(30);

/// What a handler does with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Writes one output.
    Good,
    /// Fails at the first attempt of each process.
    Flaky,
    /// Fails always.
    Poison,
    /// Writes an output that the brokers refuse.
    Large,
    /// Never returns, the first time.
    Stuck,
}

impl Kind {
    const WORDS: [(Self, &str); 5] = [
        (Self::Good, "good"),
        (Self::Flaky, "flaky"),
        (Self::Poison, "poison"),
        (Self::Large, "large"),
        (Self::Stuck, "stuck"),
    ];

    /// Whether it ends in the dead letter queue.
    pub fn is_dead_lettered(self) -> bool {
        matches!(self, Self::Poison | Self::Large)
    }
}

/// One record of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose input it is: brokers hold many.
    pub run: String,
    /// From 0, in the order of sending.
    pub id: u64,
    /// Records of one key stay in one partition.
    pub key: u32,
    /// From 0, among the records of its key.
    pub sequence: u32,
    /// How many milliseconds a handler takes for it.
    pub work: u64,
    /// What else a handler does.
    pub kind: Kind,
}

impl Entry {
    /// What stands first in all that is made of it.
    pub fn name(&self) -> String {
        format!("{} {} {} {}", self.run, self.id, self.key, self.sequence)
    }

    /// The record's key.
    pub fn key_text(&self) -> String {
        format!("k{}", self.key)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = Kind::WORDS.iter().find(|(kind, _)| *kind == self.kind).map_or("", |(_, word)| word);
        write!(f, "{} {} {kind}", self.name(), self.work)
    }
}

impl FromStr for Entry {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let words: Vec<&str> = text.split(' ').collect();
        let [run, id, key, sequence, work, kind] = words[..] else { bail!("expected an entry, found `{text}`") };
        let kind = Kind::WORDS.iter().find(|(_, word)| *word == kind).context("unknown kind")?.0;
        let run = run.to_owned();
        Ok(Self { run, id: id.parse()?, key: key.parse()?, sequence: sequence.parse()?, work: work.parse()?, kind })
    }
}

/// How an input looks.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// Records a second.
    pub pace: u32,
    /// How many there are at most; without a bound until it is ended.
    pub most: u64,
    /// How many keys.
    pub keys: u32,
    /// What each record takes.
    pub work: Duration,
    /// Every so many records is one of this kind.
    pub odd: Option<(u64, Kind)>,
}

impl Recipe {
    /// So many good records, quickly.
    pub fn of(most: u64) -> Self {
        Self { pace: 2_000, most, keys: 16, work: Duration::from_millis(2), odd: None }
    }

    /// The same without a bound.
    pub fn steady(pace: u32) -> Self {
        Self { pace, ..Self::of(u64::MAX) }
    }

    /// With one of `kind` among `every` ones.
    #[must_use]
    pub fn with(mut self, every: u64, kind: Kind) -> Self {
        self.odd = Some((every, kind));
        self
    }
}

/// An input that is being sent.
#[derive(Debug)]
pub struct Sending {
    thread: Option<JoinHandle<anyhow::Result<Vec<Entry>>>>,
    sent: Arc<AtomicU64>,
    end: Arc<AtomicBool>,
}

impl Sending {
    /// Starts to send to a world's topic.
    pub fn start(world: &World, partitions: i32, recipe: Recipe) -> anyhow::Result<Self> {
        let mut properties = properties(world.servers());
        // The input outlives every outage.
        properties.insert("message.timeout.ms".to_owned(), OUTLIVES.as_millis().to_string());
        let publisher = Publisher::new(&properties).context("cannot produce")?;
        let (sent, end) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (count, over, topic, run) = (Arc::clone(&sent), Arc::clone(&end), world.topic(), world.run());
        let work = move || {
            let begin = Instant::now();
            let mut ledger: Vec<Entry> = Vec::new();
            while !over.load(Ordering::Relaxed) && (ledger.len() as u64) < recipe.most {
                let id = ledger.len() as u64;
                let due = begin + Duration::from_nanos(1_000_000_000 * id / u64::from(recipe.pace));
                thread::sleep(due.saturating_duration_since(Instant::now()));
                let entry = entry(&run, id, recipe);
                let (payload, key) = (entry.to_string(), entry.key_text());
                let record = Record::new(payload.as_bytes()).key(&key).partition(entry.key as i32 % partitions);
                publisher.send(&topic, &record)?;
                ledger.push(entry);
                count.store(id + 1, Ordering::Relaxed);
            }
            let stored = publisher.close(PATIENCE);
            ensure!(stored.acknowledged == ledger.len() as u64, "the input was not all stored: {stored:?}");
            Ok(ledger)
        };
        Ok(Self { thread: Some(thread::spawn(work)), sent, end })
    }

    /// How many records have been sent.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Whether it still sends.
    pub fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Waits until a bounded input is stored; the ledger.
    pub fn finish(mut self) -> anyhow::Result<Vec<Entry>> {
        let thread = self.thread.take().context("the input has ended before")?;
        thread.join().map_err(|_| anyhow::anyhow!("the input panicked"))?
    }

    /// Ends it; the ledger, all of which the brokers have acknowledged.
    pub fn end(self) -> anyhow::Result<Vec<Entry>> {
        self.end.store(true, Ordering::Relaxed);
        self.finish()
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Relaxed);
    }
}

fn entry(run: &str, id: u64, recipe: Recipe) -> Entry {
    let kind = recipe.odd.filter(|(every, _)| id % every == every - 1).map_or(Kind::Good, |(_, kind)| kind);
    let (key, sequence) = ((id % u64::from(recipe.keys)) as u32, (id / u64::from(recipe.keys)) as u32);
    Entry { run: run.to_owned(), id, key, sequence, work: recipe.work.as_millis() as u64, kind }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test an `unwrap` is an assertion")]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_as_they_are_written() {
        for (_, word) in Kind::WORDS {
            let text = format!("storm.7. 5 3 1 20 {word}");
            assert_eq!(text.parse::<Entry>().unwrap().to_string(), text);
        }
        for text in ["", "r 5 3 1 20 bad", "r 5 3 1 good", "r x 3 1 20 good"] {
            assert!(text.parse::<Entry>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_key_counts_its_records_and_every_so_many_are_odd() {
        let recipe = Recipe { keys: 2, ..Recipe::of(10) }.with(3, Kind::Poison);
        let texts: Vec<String> = (0..4).map(|id| entry("r", id, recipe).to_string()).collect();
        assert_eq!(texts, ["r 0 0 0 2 good", "r 1 1 0 2 good", "r 2 0 1 2 poison", "r 3 1 1 2 good"]);
    }
}
