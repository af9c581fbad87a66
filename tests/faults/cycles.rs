//! A server is started and stopped in order, again and again, at moments that nobody chose: each stop is clean, and over the
//! whole series every record is handled exactly once.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use fastrand::Rng;
use serde::Serialize;

use super::feed::Feed;
use super::program::{PATIENCE, until};
use super::world::World;

const PARTITIONS: i32 = 4;
/// Records a second.
const PACE: u32 = 100;
/// What each record takes.
const WORK: Duration = Duration::from_millis(5);
/// The members of the group are asked for after so many cycles, and at the end.
const LOOK_AT_GROUP: usize = 25;

/// What a series showed.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Figures {
    pub cycles: usize,
    /// Cycles in which the server had handled records before it was stopped.
    pub stopped_at_work: usize,
    /// Milliseconds.
    pub longest_stop: u128,
    pub produced: u64,
    pub handled: usize,
    pub lost: usize,
    pub repeated: usize,
}

/// Runs so many cycles, and a last one for what is left.
pub fn run(program: &Path, servers: &str, cycles: usize, seed: u64) -> anyhow::Result<Figures> {
    let mut rng = Rng::with_seed(seed);
    let world = World::create(program, servers, "faults-cycles", PARTITIONS)?;
    let feed = world.feed(PACE, WORK)?;
    let (mut stopped_at_work, mut longest_stop) = (0, Duration::ZERO);
    for number in 1..=cycles {
        let (finished, stop) = cycle(&world, &feed, &mut rng).with_context(|| format!("cycle {number} of {cycles}"))?;
        println!("cycle {number} of {cycles}: stopped within {stop:.1?} after {finished} records");
        stopped_at_work += usize::from(finished > 0);
        longest_stop = longest_stop.max(stop);
        if number % LOOK_AT_GROUP == 0 {
            world.group_is_empty()?;
        }
    }
    let produced = feed.end()?;
    let mut server = world.start("server", &[])?;
    world.wait_for_all(PATIENCE)?;
    server.stop()?;
    world.all_committed()?;
    world.group_is_empty()?;

    let verdict = world.verdict()?;
    ensure!(verdict.is_clean(), "{verdict}");
    ensure!(stopped_at_work * 3 >= cycles, "only {stopped_at_work} of {cycles} stops came while records were handled");
    Ok(Figures {
        cycles,
        stopped_at_work,
        longest_stop: longest_stop.as_millis(),
        produced,
        handled: verdict.handled,
        lost: verdict.lost.len(),
        repeated: verdict.repeated(),
    })
}

/// One start and one stop: how many records were handled between, and how long the stop took.
fn cycle(world: &World, feed: &Feed, rng: &mut Rng) -> anyhow::Result<(usize, Duration)> {
    let mut server = world.start("server", &[])?;
    server.says("the server is up")?;
    if rng.u32(0..3) == 0 {
        // While it joins its group.
        until(Duration::from_millis(rng.u64(0..600)), || None::<()>);
    } else {
        let goal = rng.usize(1..150);
        world.wait("progress", PATIENCE, || Ok((world.finished_by(server.pid())? >= goal).then_some(())))?;
    }
    ensure!(feed.is_running(), "the work was over");
    let stop = server.stop()?;
    Ok((world.finished_by(server.pid())?, stop))
}
