//! A broker that stands still under load: no node is restarted for it, the work goes on after it, and nothing is done twice.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use serde::Serialize;

use super::program::{PATIENCE, until};
use super::world::World;
use crate::kafka::OwnCluster;

const PARTITIONS: i32 = 4;
/// Records a second.
const PACE: u32 = 200;
/// What each record takes.
const WORK: Duration = Duration::from_millis(2);

/// What a run showed.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Figures {
    /// Milliseconds.
    pub frozen: u128,
    /// Milliseconds from the broker's return to the next record that was handled.
    pub resumed_after: u128,
    pub restarts: usize,
    pub produced: u64,
    pub handled: usize,
    pub lost: usize,
    pub repeated: usize,
}

/// Freezes the only broker of a cluster for this long.
pub fn run(program: &Path, cluster: &OwnCluster, freeze: Duration) -> anyhow::Result<Figures> {
    let world = World::create(program, &cluster.description().bootstrap_servers, "faults-frozen", PARTITIONS)?;
    let feed = world.feed(PACE, WORK)?;
    let mut swarm = world.start("swarm", &[("KARAFKA_SWARM__NODES", "2")])?;
    world.wait("progress of both nodes", PATIENCE, || {
        let nodes = world.consuming()?;
        let busy = nodes.iter().map(|(pid, _)| world.finished_by(*pid)).collect::<anyhow::Result<Vec<_>>>()?;
        Ok((busy.len() == 2 && busy.iter().all(|finished| *finished > 100)).then_some(()))
    })?;

    cluster.pause(1)?;
    until(freeze / 2, || None::<()>);
    let (before, sent) = (world.handled()?, feed.sent());
    until(freeze / 2, || None::<()>);
    let during = world.handled()?;
    ensure!(during == before, "records were handled while the broker was frozen: {before}, then {during}");
    ensure!(feed.is_running() && feed.sent() > sent, "there was no work while the broker was frozen");
    cluster.resume(1)?;
    let resumed = std::time::Instant::now();
    world.wait("progress after the freeze", PATIENCE, || Ok((world.handled()? > during).then_some(())))?;
    let resumed_after = resumed.elapsed();

    world.wait("more progress", PATIENCE, || Ok((world.handled()? > during + 500).then_some(())))?;
    let produced = feed.end()?;
    world.wait_for_all(PATIENCE)?;
    let restarts = world.consuming()?.len() - 2;
    ensure!(restarts == 0, "{restarts} nodes were restarted; the log:\n{}", swarm.log());
    swarm.stop()?;
    world.all_committed()?;
    let verdict = world.verdict()?;
    ensure!(verdict.is_clean(), "{verdict}");
    Ok(Figures {
        frozen: freeze.as_millis(),
        resumed_after: resumed_after.as_millis(),
        restarts,
        produced,
        handled: verdict.handled,
        lost: verdict.lost.len(),
        repeated: verdict.repeated(),
    })
}
