//! The listener never waits: not for a handler that sleeps, not for a broker that stands still. Read from the tick cells of the
//! process.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use serde::Serialize;

use super::fixture::WATCH;
use super::history::Event;
use super::program::{PATIENCE, until};
use super::world::World;
use crate::kafka::OwnCluster;

const PARTITIONS: i32 = 4;
/// Records a second.
const PACE: u32 = 100;
/// The longest silence of a listener that is right, in milliseconds.
const LONGEST_GAP: u64 = 1_000;
/// What a run showed.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names say it; milliseconds")]
pub struct Figures {
    pub frozen: u128,
    pub handler_slept: u128,
    /// The longest time between two ticks of the listener.
    pub longest_gap: u64,
    /// The longest time between two looks at it.
    pub longest_pause_of_the_watcher: u64,
    pub produced: u64,
    pub handled: usize,
}

/// Freezes the only broker of a cluster for `freeze` while a handler sleeps for `sleep`, which is longer.
pub fn run(program: &Path, cluster: &OwnCluster, freeze: Duration, sleep: Duration) -> anyhow::Result<Figures> {
    let world = World::create(program, &cluster.description().bootstrap_servers, "faults-listener", PARTITIONS)?;
    world.write(0, sleep)?;
    let feed = world.feed(PACE, Duration::ZERO)?;
    let mut server = world.start("server", &[(WATCH, "yes"), ("KARAFKA_PROCESSING__CONCURRENCY", "2")])?;
    world.wait("progress beside a handler that sleeps", PATIENCE, || {
        let asleep = world.history(|events| {
            events.iter().any(|event| matches!(event, Event::Begin { at, .. } if at.partition == 0))
        })?;
        Ok((asleep && world.handled()? > 50).then_some(()))
    })?;

    cluster.pause(1)?;
    until(freeze, || None::<()>);
    let woke = world
        .history(|events| events.iter().any(|event| matches!(event, Event::End { at, .. } if at.partition == 0)))?;
    ensure!(!woke, "the handler did not sleep for as long as the broker was frozen");
    ensure!(feed.is_running(), "there was no work while the broker was frozen");
    cluster.resume(1)?;
    let before = world.handled()?;
    world.wait("progress after the freeze", PATIENCE, || Ok((world.handled()? > before + 50).then_some(())))?;

    let produced = feed.end()? + 1;
    world.wait_for_all(sleep + PATIENCE)?;
    server.stop()?;
    let verdict = world.verdict()?;
    ensure!(verdict.is_clean(), "{verdict}");
    let ticks: Vec<(u64, u64)> = world.history(|events| {
        let tick = |event: &Event| if let Event::Tick { gap, pause, .. } = event { Some((*gap, *pause)) } else { None };
        events.iter().filter_map(tick).collect()
    })?;
    let longest_gap = ticks.iter().map(|(gap, _)| *gap).max().unwrap_or(u64::MAX);
    let longest_pause = ticks.iter().map(|(_, pause)| *pause).max().unwrap_or(u64::MAX);
    ensure!(longest_gap < LONGEST_GAP, "the listener was silent for {longest_gap} ms");
    // The last look at a silence comes at most one pause before its end: no silence was longer than both together.
    ensure!(
        longest_gap + longest_pause < LONGEST_GAP,
        "unknown: a silence of {longest_gap} ms was seen, but nobody looked for {longest_pause} ms"
    );
    Ok(Figures {
        frozen: freeze.as_millis(),
        handler_slept: sleep.as_millis(),
        longest_gap,
        longest_pause_of_the_watcher: longest_pause,
        produced,
        handled: verdict.handled,
    })
}
