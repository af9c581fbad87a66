//! Nodes of a swarm are killed while they work: nothing is lost, and only what was in flight at a kill is repeated.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use fastrand::Rng;
use nix::sys::signal::Signal;
use serde::Serialize;

use super::feed::Feed;
use super::history::{Event, Place};
use super::program::{PATIENCE, Program, send};
use super::world::World;

/// Partitions of the topic.
const PARTITIONS: i32 = 6;
/// Records a second.
const PACE: u32 = 200;
/// What each record takes.
const WORK: Duration = Duration::from_millis(3);
/// A node is killed after it has finished so many records of its own.
const TRIGGER: std::ops::Range<usize> = 20..200;

/// What a run showed.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Figures {
    pub kills: Vec<Kill>,
    pub produced: u64,
    pub handled: usize,
    pub lost: usize,
    /// Attempted again after a kill.
    pub repeated: usize,
    /// Of those, finished before and again.
    pub finished_twice: usize,
    pub unexplained: usize,
}

/// One kill, and what was going on then.
#[derive(Debug, Serialize)]
pub struct Kill {
    /// Which node.
    pub slot: u32,
    /// How many records it had finished itself.
    pub finished: usize,
    /// How many had been sent to the brokers, and how many the swarm had handled.
    pub sent: u64,
    /// See `sent`.
    pub handled: usize,
    /// Begun by the node, and not committed: what may be repeated.
    pub in_flight: usize,
}

/// Kills `kills` nodes, one after the other, each after some progress of its own.
pub fn run(program: &Path, servers: &str, kills: usize, seed: u64) -> anyhow::Result<Figures> {
    let mut rng = Rng::with_seed(seed);
    let world = World::create(program, servers, "faults-kills", PARTITIONS)?;
    let feed = world.feed(PACE, WORK)?;
    let mut swarm = world.start(
        "swarm",
        &[
            ("KARAFKA_SWARM__NODES", "2"),
            ("KARAFKA_SWARM__RESTART_BACKOFF", "100ms"),
            ("KARAFKA_SWARM__RESTART_BACKOFF_MAX", "500ms"),
            ("KARAFKA_PROCESSING__COMMIT_INTERVAL", "1s"),
        ],
    )?;
    let mut done = Vec::new();
    for number in 1..=kills {
        let kill = kill(&world, &swarm, &feed, &mut rng).with_context(|| format!("kill {number} of {kills}"))?;
        let Kill { slot, finished, sent, handled, in_flight } = kill;
        println!(
            "kill {number} of {kills}: node {slot} after {finished} records of its own, {in_flight} in flight; \
             {handled} of {sent} handled"
        );
        done.push(kill);
    }
    // The dead node's partitions move when its session times out; the work goes on beyond that.
    let goal = world.handled()? + 200;
    world.wait("progress after the last kill", PATIENCE, || Ok((world.handled()? > goal).then_some(())))?;
    let produced = feed.end()?;
    world.wait_for_all(PATIENCE)?;
    swarm.stop()?;
    world.all_committed()?;
    world.group_is_empty()?;

    let verdict = world.verdict()?;
    ensure!(verdict.is_clean(), "{verdict}");
    ensure!(done.iter().any(|kill| kill.in_flight > 0), "no kill hit anything in flight: {done:?}");
    Ok(Figures {
        kills: done,
        produced,
        handled: verdict.handled,
        lost: verdict.lost.len(),
        repeated: verdict.repeated(),
        finished_twice: verdict.twice,
        unexplained: verdict.unexplained.len(),
    })
}

fn kill(world: &World, swarm: &Program, feed: &Feed, rng: &mut Rng) -> anyhow::Result<Kill> {
    let (slot, trigger) = (rng.u32(0..2), rng.usize(TRIGGER));
    let (pid, finished) = world.wait("progress of the node that is to be killed", PATIENCE, || {
        let lives = swarm.processes();
        let node = world.consuming()?.into_iter().rev().find(|node| node.1 == slot && lives.contains(&node.0));
        let Some((pid, _)) = node else { return Ok(None) };
        let finished = world.finished_by(pid)?;
        Ok((finished >= trigger).then_some((pid, finished)))
    })?;
    send(pid, Signal::SIGKILL)?;
    let (sent, handled) = (feed.sent(), world.handled()?);
    ensure!(feed.is_running(), "the work was over: {handled} of {sent} records handled");
    let committed = world.note_death(pid)?;
    let begun = |event: &Event| match event {
        Event::Begin { at, pid: by, .. } if *by == pid => Some(*at),
        _ => None,
    };
    let begun: BTreeSet<Place> = world.history(|events| events.iter().filter_map(begun).collect())?;
    let open = |at: &&Place| committed.get(&at.partition).is_none_or(|committed| at.offset >= *committed);
    Ok(Kill { slot, finished, sent, handled, in_flight: begun.iter().filter(open).count() })
}
