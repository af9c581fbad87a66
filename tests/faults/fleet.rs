//! A swarm without Kafka, over hundreds of lives: what the supervisor needs, how soon it sees a death, and what it leaves behind.
//!
//! One program: asked through [`FIXTURE`] it is the swarm. Its nodes say when they are up, and then end, or wait to be killed.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use karafka_rt::__swarm_fixture::{Figures as Simulated, Settings, log, run as run_swarm, simulate};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::program::{PATIENCE, Program, send, until};

/// What the program is asked to be: `exits` or `idle`.
pub const FIXTURE: &str = "FLEET_FIXTURE";
const NODES: &str = "FLEET_NODES";
const JOURNAL: &str = "FLEET_JOURNAL";

/// A death is seen, and the process gone, within this time for 99 of 100.
const SEEN_WITHIN: Duration = Duration::from_millis(100);
/// Growth of the supervisor that is none.
const GROWTH_KIB: i64 = 256;
/// What is allocated in the first lives stays allocated: growth is counted from here.
const WARM_UP: usize = 20;

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    /// Events of simulated swarms of up to 12 nodes.
    pub events: u64,
    /// Events of simulated swarms of 1,000 nodes.
    pub events_of_many: u64,
    /// Nodes that end by themselves, one after the other.
    pub restarts: usize,
    /// Nodes that are killed.
    pub node_kills: usize,
    /// Supervisors that are killed.
    pub supervisor_kills: usize,
    /// How long an idle supervisor is watched.
    pub idle: Duration,
}

/// Whether this process is to be the swarm.
pub fn is_asked_for() -> bool {
    env::var_os(FIXTURE).is_some()
}

/// The `main` function of the swarm.
pub fn main() -> ExitCode {
    log();
    let nodes = env::var(NODES).ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let is_brief = env::var(FIXTURE).is_ok_and(|text| text == "exits");
    let settings = Settings {
        nodes,
        memory_limit: Some(u64::MAX),
        shutdown_timeout: Duration::from_secs(2),
        boot_timeout: Duration::from_mins(1),
        silence_limit: Duration::from_secs(30),
        back_off_base: Duration::ZERO,
        back_off_cap: Duration::ZERO,
        give_up_after: Duration::from_mins(1),
    };
    let live = |mut seat: karafka_rt::__swarm_fixture::Seat| {
        seat.report_up();
        tell();
        if is_brief {
            return 1;
        }
        while !seat.turn(Duration::from_millis(200)) {}
        0
    };
    run_swarm(&settings, || Ok(()), |_| Ok(()), live)
}

/// A node is up: its number is a line of the journal.
fn tell() {
    let file = env::var_os(JOURNAL).map(|path| OpenOptions::new().append(true).create(true).open(path));
    if let Some(Ok(mut file)) = file {
        // The reader counts the lines: one that is missing fails the run.
        let _ = file.write_all(format!("{}\n", std::process::id()).as_bytes());
    }
}

/// Does all of it; the figures.
pub fn run(program: &Path, amount: Amount, seed: u64) -> anyhow::Result<Value> {
    let simulated = simulation(amount, seed)?;
    let folder = tempfile::tempdir()?;
    let swarm = |name: &str, how: &'static str, nodes: u32| Swarm::start(program, &folder, name, how, nodes);
    let restarts = restarts(&swarm("restarts", "exits", 5)?, amount.restarts)?;
    let mut idle = swarm("idle", "idle", 5)?;
    idle.wait_up(5)?;
    let processor = idle.processor_share(amount.idle)?;
    ensure!(processor < 0.005, "an idle supervisor uses {processor:.4} of a processor");
    let mut random = fastrand::Rng::with_seed(seed);
    let death_seen = node_kills(&idle, amount.node_kills, &mut random)?;
    idle.program.stop()?;
    let orphans = supervisor_kills(&swarm, amount.supervisor_kills, &mut random)?;
    Ok(json!({
        "simulated": simulated,
        "restarts": restarts,
        "idle_processor_share": processor,
        "node_kills": amount.node_kills,
        "death_seen_ms": death_seen,
        "supervisor_kills": amount.supervisor_kills,
        "orphan_exit_ms_longest": orphans.as_millis() as u64,
    }))
}

fn simulation(amount: Amount, seed: u64) -> anyhow::Result<Value> {
    let begin = Instant::now();
    let few = simulate(seed, amount.events, None);
    let few_took = begin.elapsed();
    let begin = Instant::now();
    let many = simulate(seed, amount.events_of_many, Some(1000));
    let many_took = begin.elapsed();
    let a_minute = |events: u64, took: Duration| events as f64 / took.as_secs_f64().max(0.001) * 60.0;
    ensure!(a_minute(few.events, few_took) >= 1e6, "{} events took {few_took:?}", few.events);
    let told = |figures: Simulated, took: Duration| {
        let Simulated { events, swarms, forks, failed_forks, deaths, kills, accused, slept, .. } = figures;
        json!({
            "events": events, "swarms": swarms, "forks": forks, "failed_forks": failed_forks, "deaths": deaths, "kills": kills,
            "accused": accused, "slept": slept, "events_a_minute": a_minute(events, took) as u64,
        })
    };
    Ok(json!({ "up_to_12_nodes": told(few, few_took), "1000_nodes": told(many, many_took) }))
}

/// Lets nodes end by themselves; what that has cost the supervisor.
fn restarts(swarm: &Swarm, count: usize) -> anyhow::Result<Value> {
    swarm.wait_up(WARM_UP)?;
    let (descriptors, resident) = (swarm.descriptors()?, swarm.resident_kib()?);
    swarm.wait_up(WARM_UP + count)?;
    // Each node that lives at either moment has three: its pidfd, its socket, its lifeline.
    let descriptor_growth = swarm.descriptors()? as i64 - descriptors as i64;
    let growth = swarm.resident_kib()? - resident;
    ensure!(descriptor_growth.abs() <= 15, "{descriptors} descriptors grew by {descriptor_growth}");
    ensure!(growth <= GROWTH_KIB, "the supervisor grew by {growth} KiB over {count} restarts");
    swarm.program.signal(Signal::SIGTERM)?;
    // Once nobody lives, what is open is what one was born with.
    Ok(json!({ "count": count, "resident_growth_kib": growth, "descriptor_growth_with_5_nodes": descriptor_growth }))
}

/// Kills nodes that are up, at random; how long until each was gone, zombie included.
fn node_kills(swarm: &Swarm, count: usize, random: &mut fastrand::Rng) -> anyhow::Result<Value> {
    let mut times = Vec::new();
    for _ in 0..count {
        let up = swarm.journal();
        let nodes =
            until(PATIENCE, || Some(swarm.nodes()).filter(|nodes| !nodes.is_empty())).context("no node lives")?;
        let pid = nodes[random.usize(..nodes.len())];
        let begin = Instant::now();
        send(pid, Signal::SIGKILL)?;
        while Path::new("/proc").join(pid.to_string()).exists() {
            ensure!(begin.elapsed() < PATIENCE, "the zombie of {pid} is never reaped");
            std::thread::yield_now();
        }
        times.push(begin.elapsed());
        // The next kill follows the next life: progress, not time, is the trigger.
        swarm.wait_up(up.len() + 1)?;
    }
    times.sort();
    let at = |share: f64| times.get(((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1)));
    let (median, high, longest) = (at(0.5), at(0.99), times.last());
    ensure!(high.is_none_or(|high| *high <= SEEN_WITHIN), "99 of 100 deaths were seen within {high:?}");
    let ms = |time: Option<&Duration>| time.map(|time| time.as_secs_f64() * 1000.0);
    Ok(json!({ "median": ms(median), "p99": ms(high), "longest": ms(longest) }))
}

/// Kills supervisors after a random number of lives; the longest time until nobody of theirs was left.
fn supervisor_kills(
    start: &impl Fn(&str, &'static str, u32) -> anyhow::Result<Swarm>,
    count: usize,
    random: &mut fastrand::Rng,
) -> anyhow::Result<Duration> {
    let mut longest = Duration::ZERO;
    for number in 0..count {
        let how = if random.bool() { "idle" } else { "exits" };
        let mut swarm = start(&format!("kill-{number}"), how, 4)?;
        swarm.wait_up(random.usize(1..5))?;
        let begin = Instant::now();
        swarm.program.signal(Signal::SIGKILL)?;
        swarm.program.nobody_left(Duration::from_secs(1))?;
        longest = longest.max(begin.elapsed());
        swarm.program.exit(PATIENCE)?;
    }
    Ok(longest)
}

struct Swarm {
    program: Program,
    journal: PathBuf,
}

impl Swarm {
    fn start(program: &Path, folder: &TempDir, name: &str, how: &str, nodes: u32) -> anyhow::Result<Self> {
        let journal = folder.path().join(name);
        File::create(&journal)?;
        let nodes = nodes.to_string();
        let variables: [(&str, &OsStr); 3] =
            [(FIXTURE, how.as_ref()), (NODES, nodes.as_ref()), (JOURNAL, journal.as_ref())];
        Ok(Self { program: Program::start(program, &[], &variables, folder.path())?, journal })
    }

    /// The processes that were up so far, in order.
    fn journal(&self) -> Vec<i32> {
        let text = fs::read_to_string(&self.journal).unwrap_or_default();
        text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')?.parse().ok()).collect()
    }

    fn wait_up(&self, count: usize) -> anyhow::Result<()> {
        // Five forks a second are allowed.
        let patience = PATIENCE + Duration::from_secs(count as u64 / 3);
        let up = until(patience, || (self.journal().len() >= count).then_some(()));
        up.with_context(|| {
            format!("{} of {count} nodes came up; the log:\n{}", self.journal().len(), self.program.log())
        })
    }

    fn nodes(&self) -> Vec<i32> {
        let supervisor = self.program.pid();
        let up = self.journal();
        self.program.processes().into_iter().filter(|&pid| pid != supervisor && up.contains(&pid)).collect()
    }

    fn descriptors(&self) -> anyhow::Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.program.pid()))?.count())
    }

    fn resident_kib(&self) -> anyhow::Result<i64> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.program.pid()))?;
        let line = text.lines().find_map(|line| line.strip_prefix("Rss:")).context("smaps_rollup has no `Rss`")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// What the supervisor uses of one processor while nothing happens.
    fn processor_share(&self, time: Duration) -> anyhow::Result<f64> {
        let used = || -> anyhow::Result<u64> {
            let text = fs::read_to_string(format!("/proc/{}/schedstat", self.program.pid()))?;
            Ok(text.split_ascii_whitespace().next().context("schedstat is empty")?.parse()?)
        };
        let (begin, before) = (Instant::now(), used()?);
        until(time, || None::<()>);
        Ok((used()? - before) as f64 / begin.elapsed().as_nanos() as f64)
    }
}
