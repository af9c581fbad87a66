//! The input of a run: records at a steady pace, spread over all partitions, until it is told to end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use karafka_rt::consumer::Record;
use karafka_rt::producer::Publisher;

use super::program::PATIENCE;
use super::world::properties;

/// A feed that runs. It outlives every fault, because it ends only when it is told to.
#[derive(Debug)]
pub struct Feed {
    thread: Option<JoinHandle<anyhow::Result<u64>>>,
    sent: Arc<AtomicU64>,
    end: Arc<AtomicBool>,
}

impl Feed {
    /// Starts to send `per_second` records, each of which keeps its handler busy for `work`.
    pub fn start(servers: &str, topic: &str, partitions: i32, per_second: u32, work: Duration) -> anyhow::Result<Self> {
        let publisher = Publisher::new(&properties(servers)).context("cannot produce")?;
        let (sent, end) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (topic, count, over) = (topic.to_owned(), Arc::clone(&sent), Arc::clone(&end));
        let run = move || {
            let (begin, payload) = (Instant::now(), work.as_millis().to_string());
            let mut number = 0;
            while !over.load(Ordering::Relaxed) {
                // The pace is that of a clock: a hiccup is caught up with.
                let due = begin + Duration::from_secs(1) * number / per_second;
                thread::sleep(due.saturating_duration_since(Instant::now()));
                let record = Record::new(payload.as_bytes()).partition((number % partitions as u32) as i32);
                publisher.send(&topic, &record)?;
                number += 1;
                count.store(number.into(), Ordering::Relaxed);
            }
            let stored = publisher.close(PATIENCE);
            ensure!(stored.acknowledged == u64::from(number), "the input was not all stored: {stored:?}");
            Ok(stored.acknowledged)
        };
        Ok(Self { thread: Some(thread::spawn(run)), sent, end })
    }

    /// How many records have been sent.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Whether it still sends. It ends by itself only with an error.
    pub fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Ends it, and returns how many records the brokers have acknowledged: all.
    pub fn end(mut self) -> anyhow::Result<u64> {
        self.end.store(true, Ordering::Relaxed);
        let thread = self.thread.take().context("the feed has ended before")?;
        thread.join().map_err(|_| anyhow::anyhow!("the feed panicked"))?
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Relaxed);
    }
}
