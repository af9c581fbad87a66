//! Three brokers that are killed, frozen and restarted in turn under load, and then all away for minutes: no node is restarted for it,
//! the work goes on soon after each fault, nothing is lost, and memory stays flat.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fastrand::Rng;
use serde::Serialize;

use super::clerk::AUTOMATIC;
use super::ledger::{Recipe, Sending};
use super::program::{PATIENCE, Program, until};
use super::ruling::{Counts, Judgement};
use super::trial::{Topics, judged, ledger_world};
use super::world::World;
use crate::kafka::OwnCluster;

const PARTITIONS: i32 = 6;
/// Records a second.
const PACE: u32 = 100;
const BROKERS: u16 = 3;
/// How long a single broker is away.
const AWAY: std::ops::Range<u64> = 3..9;
/// After a fault the work goes on within `reconnect.backoff.max.ms` (10 s) and a second.
const STATED: Duration = Duration::from_secs(11);
/// Between two looks at the memory of the nodes.
const LOOK: Duration = Duration::from_secs(1);
/// What a node may take more in the last third of a run than in the first, in KiB, beside a tenth: what librdkafka keeps for
/// brokers that it had not met before.
const SLACK_KIB: u64 = 16 * 1024;

/// What a run showed.
#[derive(Debug, Default, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Figures {
    pub seconds: u64,
    pub kills: usize,
    pub freezes: usize,
    pub restarts: usize,
    pub outage_seconds: u64,
    /// Milliseconds from the end of a fault to the next record: the longest.
    pub resumed_after: u128,
    pub resumed_after_outage: u128,
    pub node_restarts: usize,
    /// Most resident memory of a node, in KiB: in the first third of the run, and in the last.
    pub memory_first: u64,
    pub memory_last: u64,
    pub verdict: String,
    pub counts: Counts,
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    Kill,
    Freeze,
    Restart,
}

/// Faults for `length`, then everything away for `outage`.
pub fn run(
    program: &Path,
    cluster: &OwnCluster,
    length: Duration,
    outage: Duration,
    seed: u64,
) -> anyhow::Result<Figures> {
    let world =
        ledger_world(program, &cluster.description().bootstrap_servers, AUTOMATIC[4], PARTITIONS, Topics::default())?;
    let input = Sending::start(&world, PARTITIONS, Recipe::steady(PACE))?;
    let mut swarm = world.start("swarm", &[("KARAFKA_SWARM__NODES", "2"), ("KARAFKA_PROCESSING__CONCURRENCY", "2")])?;
    world.wait("two nodes at work", PATIENCE, || {
        Ok((world.consuming()?.len() == 2 && world.handled()? > 200).then_some(()))
    })?;
    let nodes: Vec<i32> = world.consuming()?.into_iter().map(|(pid, _)| pid).collect();
    let over = AtomicBool::new(false);
    let (figures, memory) = thread::scope(|scope| {
        let sampler = scope.spawn(|| sample(&nodes, &over));
        let figures = faults(&world, cluster, &swarm, &input, length, outage, seed);
        over.store(true, Ordering::Relaxed);
        (figures, sampler.join())
    });
    let mut figures = figures?;
    (figures.memory_first, figures.memory_last) = thirds(&memory.map_err(|_| anyhow::anyhow!("the sampler panicked"))?);

    let ledger = input.end()?;
    world.wait_for_commits(PATIENCE * 3).with_context(|| format!("after the faults; {}", world.logs()))?;
    figures.node_restarts = world.consuming()?.len() - nodes.len();
    swarm.stop()?;
    let mut ruling = judged(&world, &ledger, true)?;
    if figures.node_restarts > 0 {
        ruling.fault("nodes were restarted", figures.node_restarts.to_string());
    }
    let late = figures.resumed_after.max(figures.resumed_after_outage);
    if late > STATED.as_millis() {
        ruling.fault("the work went on late", format!("after {late} ms"));
    }
    if figures.memory_last > figures.memory_first * 11 / 10 + SLACK_KIB {
        let what = format!("{} KiB, then {} KiB", figures.memory_first, figures.memory_last);
        ruling.fault("memory grew", what);
    }
    ruling.needs("a fault", figures.kills + figures.freezes + figures.restarts > 0);
    ensure!(ruling.judgement() == Judgement::Pass, "{ruling}\n{figures:?}\n{}", world.logs());
    println!("{ruling}");
    figures.verdict = ruling.judgement().to_string();
    figures.counts = ruling.counts;
    Ok(figures)
}

fn faults(
    world: &World,
    cluster: &OwnCluster,
    swarm: &Program,
    input: &Sending,
    length: Duration,
    outage: Duration,
    seed: u64,
) -> anyhow::Result<Figures> {
    let mut rng = Rng::with_seed(seed);
    let mut figures = Figures { outage_seconds: outage.as_secs(), ..Figures::default() };
    let begin = Instant::now();
    let mut broker = 0;
    while begin.elapsed() < length {
        broker = broker % BROKERS + 1;
        let fault = [Fault::Kill, Fault::Freeze, Fault::Restart][rng.usize(0..3)];
        let away = Duration::from_secs(rng.u64(AWAY));
        match fault {
            Fault::Kill => {
                cluster.kill(broker)?;
                until(away, || None::<()>);
                cluster.restart(broker)?;
                figures.kills += 1;
            }
            Fault::Freeze => {
                cluster.pause(broker)?;
                until(away, || None::<()>);
                cluster.resume(broker)?;
                figures.freezes += 1;
            }
            Fault::Restart => {
                cluster.restart(broker)?;
                figures.restarts += 1;
            }
        }
        let took = progress(world, swarm)?;
        println!("{:.0?}: {fault:?} of broker {broker}: the work went on after {took:.1?}", begin.elapsed());
        figures.resumed_after = figures.resumed_after.max(took.as_millis());
        ensure!(input.is_running(), "the input ended by itself");
    }
    if !outage.is_zero() {
        for broker in 1..=BROKERS {
            cluster.kill(broker)?;
        }
        until(outage, || None::<()>);
        // None is ready before most are there.
        thread::scope(|scope| {
            let restarts: Vec<_> = (1..=BROKERS).map(|broker| scope.spawn(move || cluster.restart(broker))).collect();
            restarts.into_iter().try_for_each(|restart| restart.join().map_err(|_| anyhow::anyhow!("a panic"))?)
        })?;
        let took = progress(world, swarm)?;
        println!("{:.0?}: all away for {outage:?}: the work went on after {took:.1?}", begin.elapsed());
        figures.resumed_after_outage = took.as_millis();
    }
    figures.seconds = begin.elapsed().as_secs();
    Ok(figures)
}

/// How long until more records are handled.
fn progress(world: &World, swarm: &Program) -> anyhow::Result<Duration> {
    let (begin, before) = (Instant::now(), world.handled()?);
    let more = world.wait("progress after a fault", PATIENCE, || Ok((world.handled()? > before).then_some(())));
    more.with_context(|| format!("the log:\n{}", swarm.log()))?;
    Ok(begin.elapsed())
}

/// Resident memory of each node, look by look, in KiB.
fn sample(nodes: &[i32], over: &AtomicBool) -> BTreeMap<i32, Vec<u64>> {
    let mut samples: BTreeMap<i32, Vec<u64>> = BTreeMap::new();
    while !over.load(Ordering::Relaxed) {
        for node in nodes {
            samples.entry(*node).or_default().extend(resident(*node));
        }
        thread::sleep(LOOK);
    }
    samples
}

fn resident(pid: i32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// The most that any node took in the first third of its samples, and in the last.
fn thirds(samples: &BTreeMap<i32, Vec<u64>>) -> (u64, u64) {
    let most = |part: fn(&[u64]) -> &[u64]| samples.values().filter_map(|all| part(all).iter().max()).max().copied();
    let first = most(|all| &all[..all.len().div_ceil(3)]);
    let last = most(|all| &all[all.len() - all.len().div_ceil(3)..]);
    (first.unwrap_or(0), last.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_compared_by_thirds_over_all_nodes() {
        let samples = BTreeMap::from([(7, vec![10, 20, 90, 30, 40]), (8, vec![5, 5, 5, 5, 50, 5])]);
        assert_eq!(thirds(&samples), (20, 50));
        assert_eq!(thirds(&BTreeMap::new()), (0, 0));
    }
}
