//! A group that never comes to rest: members join and leave every few hundred milliseconds, and leave in the middle of a rebalance too.
//! Nothing is lost, nothing is done twice without a loss that the group told, and order is kept.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fastrand::Rng;
use nix::sys::signal::Signal;
use serde::Serialize;

use super::ledger::{Recipe, Sending};
use super::program::{PATIENCE, Program, until};
use super::ruling::{Counts, Judgement};
use super::trial::{Topics, judged, ledger_world};

const PARTITIONS: i32 = 6;
/// Most members at a time.
const MOST: usize = 4;
/// Records a second.
const PACE: u32 = 200;

/// A classic member that leaves while it joins stays in the group as a ghost, until its session times out: its leave waits
/// behind its join on one connection, and ends with that.
const SETTINGS: &[(&str, &str)] = &[
    ("KARAFKA_PROCESSING__CONCURRENCY", "2"),
    ("KARAFKA_KAFKA__SESSION_TIMEOUT_MS", "2s"),
    ("KARAFKA_KAFKA__HEARTBEAT_INTERVAL_MS", "500ms"),
];

/// How the members behave.
#[derive(Clone, Copy, Debug)]
pub struct Storm {
    /// One of the cases of `clerk`.
    pub case: &'static str,
    /// How long.
    pub length: Duration,
    /// Between two changes.
    pub every: Duration,
}

/// What a storm showed.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Figures {
    pub group: &'static str,
    pub seconds: u64,
    pub joins: usize,
    pub leaves: usize,
    pub verdict: String,
    pub counts: Counts,
}

/// Runs one storm.
pub fn run(program: &Path, servers: &str, storm: Storm, seed: u64) -> anyhow::Result<Figures> {
    let mut rng = Rng::with_seed(seed);
    let world = ledger_world(program, servers, storm.case, PARTITIONS, Topics::default())?;
    let input = Sending::start(&world, PARTITIONS, Recipe::steady(PACE))?;
    let mut members: Vec<Program> = Vec::new();
    let mut leaving: Vec<Program> = Vec::new();
    let (mut joins, mut leaves) = (0, 0);
    let begin = Instant::now();
    while begin.elapsed() < storm.length {
        let joins_now = members.len() < 2 || (members.len() < MOST && rng.bool());
        if joins_now {
            members.push(world.start("server", SETTINGS)?);
            joins += 1;
        } else {
            let member = members.swap_remove(rng.usize(..members.len()));
            member.signal(Signal::SIGTERM)?;
            leaving.push(member);
            leaves += 1;
        }
        until(storm.every, || None::<()>);
        ensure!(input.is_running(), "the input ended by itself");
    }
    let ledger = input.end()?;
    world.wait_for_commits(PATIENCE * 2).context("after the storm")?;
    for member in &members {
        member.signal(Signal::SIGTERM)?;
    }
    for mut member in leaving.into_iter().chain(members) {
        let (status, _) = member.exit(PATIENCE)?;
        ensure!(status.code() == Some(0), "a member ended with {status}; its log:\n{}", member.log());
    }
    let mut ruling = judged(&world, &ledger, true)?;
    ruling.needs("enough hand-overs", ruling.counts.hand_overs > PARTITIONS as usize && ruling.counts.taken_away > 0);
    ensure!(ruling.judgement() == Judgement::Pass, "{}: {ruling}", storm.case);
    println!("{}: {ruling}", storm.case);
    let verdict = ruling.judgement().to_string();
    let seconds = storm.length.as_secs();
    Ok(Figures { group: storm.case, seconds, joins, leaves, verdict, counts: ruling.counts })
}
