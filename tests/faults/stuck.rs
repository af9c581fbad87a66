//! A partition that is stuck for minutes beside many that have a backlog: the memory of the process stays within its setting.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use karafka_rt::consumer::Record;
use karafka_rt::producer::Publisher;
use serde::Serialize;

use super::history::Event;
use super::program::{PATIENCE, until};
use super::world::{World, properties};

const PARTITIONS: i32 = 40;
const RECORD_BYTES: usize = 1024;
/// Between two looks at the memory.
const LOOK: Duration = Duration::from_millis(100);

/// What to do.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How long the record at the front of one partition keeps its handler.
    pub stuck: Duration,
    /// Records in front of each of the others, each of which keeps its handler for a millisecond.
    pub backlog: u32,
    /// `processing.memory`, in MiB.
    pub memory: u64,
}

/// What a run showed.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names say it; mebibytes and seconds")]
pub struct Figures {
    pub partitions: i32,
    pub record_bytes: usize,
    pub stuck: u64,
    pub memory_setting: u64,
    pub resident_at_first: u64,
    pub resident_at_most: u64,
    /// While one partition was stuck and nothing else was left to do.
    pub resident_at_rest: u64,
    pub produced: usize,
    pub handled: usize,
    pub longest_wait_of_the_others: u64,
}

/// Runs it: what is resident must stay within the setting and a fifth.
pub fn run(program: &Path, servers: &str, plan: Plan) -> anyhow::Result<Figures> {
    let world = World::create(program, servers, "faults-stuck", PARTITIONS)?;
    let produced = fill(&world, plan)?;
    let memory = format!("{}MiB", plan.memory);
    let settings = [("KARAFKA_PROCESSING__MEMORY", memory.as_str()), ("KARAFKA_PROCESSING__CONCURRENCY", "2")];
    let mut server = world.start("server", &settings)?;
    let pid = server.pid();
    world.wait("a partition that is stuck", PATIENCE, || Ok(is_stuck(&world)?.then_some(())))?;
    let (begin, first) = (Instant::now(), resident(pid, "VmRSS:")?);
    let (mut most, mut rest, mut handled, mut waited, mut since) = (first, first, 0, Duration::ZERO, Instant::now());
    // The backlog of the others is as large as the test wants it: it may be through before the stuck one, or after.
    let others = produced - plan.backlog as usize - 1;
    let end = until(plan.stuck + PATIENCE * 10, || {
        let mut look = || -> anyhow::Result<bool> {
            rest = resident(pid, "VmRSS:")?;
            most = resident(pid, "VmHWM:")?;
            let now = world.handled()?;
            if now > handled || now >= others {
                (handled, since) = (now, Instant::now());
            }
            waited = waited.max(since.elapsed());
            std::thread::sleep(LOOK);
            Ok(begin.elapsed() >= plan.stuck.saturating_sub(Duration::from_secs(1)) && now >= others)
        };
        look().map_or_else(|error| Some(Err(error)), |over| over.then_some(Ok(())))
    });
    end.context("the others did not get through their backlog")??;
    world.wait_for_all(plan.stuck + PATIENCE)?;
    server.stop()?;
    let verdict = world.verdict()?;
    ensure!(verdict.is_clean(), "{verdict}");
    let allowed = plan.memory * 6 / 5;
    ensure!(
        most <= allowed,
        "{most} MiB were resident (at first {first}, at rest {rest}), with `processing.memory` at {memory}"
    );
    Ok(Figures {
        partitions: PARTITIONS,
        record_bytes: RECORD_BYTES,
        stuck: plan.stuck.as_secs(),
        memory_setting: plan.memory,
        resident_at_first: first,
        resident_at_most: most,
        resident_at_rest: rest,
        produced,
        handled: verdict.handled,
        longest_wait_of_the_others: waited.as_secs(),
    })
}

/// Partition 0 begins with the record that keeps its handler.
fn fill(world: &World, plan: Plan) -> anyhow::Result<usize> {
    let publisher = Publisher::new(&properties(world.servers())).context("cannot produce")?;
    let topic = world.topic();
    let payload = |milliseconds: u128| format!("{milliseconds:0>RECORD_BYTES$}");
    let (long, short) = (payload(plan.stuck.as_millis()), payload(1));
    publisher.send(&topic, &Record::new(long.as_bytes()).partition(0))?;
    for _ in 0..plan.backlog {
        for partition in 0..PARTITIONS {
            publisher.send(&topic, &Record::new(short.as_bytes()).partition(partition))?;
        }
    }
    let produced = 1 + plan.backlog as usize * PARTITIONS as usize;
    let stored = publisher.close(PATIENCE);
    ensure!(stored.acknowledged == produced as u64, "the input was not all stored: {stored:?}");
    Ok(produced)
}

fn is_stuck(world: &World) -> anyhow::Result<bool> {
    let first = |event: &Event| matches!(event, Event::Begin { at, .. } if at.partition == 0 && at.offset == 0);
    world.history(|events| events.iter().any(first))
}

/// Resident memory in MiB: now (`VmRSS:`) or at most (`VmHWM:`).
fn resident(pid: i32, what: &str) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("the process ended")?;
    let line = status.lines().find_map(|line| line.strip_prefix(what)).with_context(|| format!("no `{what}`"))?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes / 1024)
}
