//! A process dies at every step on the way of a record and of a supervisor, at each of its first hits: nothing is lost, and what is
//! repeated was in flight.
//!
//! Each shot is a run of its own, with topics of its own: a swarm of two nodes under a steady input, in cycles of start, disturbance
//! and stop until the failpoint has killed its process. Then all of it is finished, and stopped in order.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use nix::sys::signal::Signal;
use serde::Serialize;

use super::clerk::{AUTOMATIC, EXACT, LETTERS, MANUAL};
use super::ledger::{Kind, Recipe, Sending};
use super::program::{PATIENCE, Program, is_dead, send, until};
use super::ruling::Judgement;
use super::trial::{Played, Topics, judge_all, ledger_world};
use super::world::World;

const PARTITIONS: i32 = 4;
/// Records a second.
const PACE: u32 = 150;
/// Starts and stops until a failpoint was hit often enough.
const CYCLES: usize = 8;
/// Runs whose Kafka is read together.
const BATCH: usize = 48;
/// The hits of each point.
pub const HITS: u32 = 5;

/// Of every program.
const SETTINGS: &[(&str, &str)] = &[
    ("KARAFKA_SWARM__NODES", "2"),
    ("KARAFKA_SWARM__SHUTDOWN_TIMEOUT", "5s"),
    ("KARAFKA_SWARM__RESTART_BACKOFF", "100ms"),
    ("KARAFKA_SWARM__RESTART_BACKOFF_MAX", "200ms"),
    ("KARAFKA_PROCESSING__CONCURRENCY", "2"),
    ("KARAFKA_PROCESSING__COMMIT_INTERVAL", "100ms"),
    // What a dead process left open holds up its partition for so long.
    ("KARAFKA_KAFKA__PRODUCER__TRANSACTION_TIMEOUT_MS", "10s"),
];

/// Members that die are noticed quickly.
pub const QUICK_GROUPS: &[(&str, &str)] =
    &[("group.consumer.session.timeout.ms", "2500"), ("group.consumer.heartbeat.interval.ms", "400")];

/// How progress is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Success marks.
    Automatic,
    /// The handler marks.
    Manual,
    /// Output and progress are one transaction.
    Exactly,
    /// Failures go to a dead letter queue.
    Letters,
}

/// One crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shot {
    /// The failpoint.
    pub point: &'static str,
    /// Which part of a program comes by it.
    pub place: &'static str,
    /// At which hit, from 1.
    pub hit: u32,
    /// How progress is made.
    pub way: Way,
}

/// What a series showed.
#[derive(Debug, Default, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Figures {
    pub shots: usize,
    pub points: usize,
    /// Failpoints that killed a process; must be all.
    pub landed: usize,
    pub passed: usize,
    pub records: usize,
    pub dead_lettered: usize,
    /// Attempts after a death, and outputs beyond the first of their record.
    pub attempts_after_death: usize,
    pub repeated_outputs: usize,
    pub lost: usize,
    pub unexplained: usize,
    pub seconds: u64,
}

/// Every point, hit and way that belong together.
pub fn all() -> Vec<Shot> {
    let ways = [Way::Automatic, Way::Manual, Way::Exactly, Way::Letters];
    let points = karafka_rt::__failpoints().flat_map(|(point, place)| ways.map(|way| (point, place, way)));
    let fits = |place: &str, way: Way| match place {
        "letter" => way == Way::Letters,
        "transaction" => way == Way::Exactly,
        "plain" => way != Way::Exactly,
        "tick" => matches!(way, Way::Automatic | Way::Letters),
        _ => true,
    };
    let chosen = points.filter(|(_, place, way)| fits(place, *way));
    chosen.flat_map(|(point, place, way)| (1..=HITS).map(move |hit| Shot { point, place, hit, way })).collect()
}

impl std::fmt::Display for Shot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{} {:?}", self.point, self.hit, self.way)
    }
}

/// Fires all of `shots`, as many at a time as there are `lanes` (at most six), and judges them. What `progress` names was done
/// before and is left out; what passes is added to it.
pub fn run(
    program: &Path,
    servers: &str,
    shots: &[Shot],
    lanes: usize,
    progress: Option<&Path>,
) -> anyhow::Result<Figures> {
    let begin = Instant::now();
    let done = progress.and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
    let done: BTreeSet<&str> = done.lines().collect();
    let left: Vec<Shot> = shots.iter().filter(|shot| !done.contains(shot.to_string().as_str())).copied().collect();
    let names: BTreeSet<&str> = shots.iter().map(|shot| shot.point).collect();
    let mut figures = Figures { points: names.len(), ..Figures::default() };
    let mut wrong = Vec::new();
    for batch in left.chunks(BATCH) {
        let played = fire(program, servers, batch, lanes)?;
        let runs: Vec<&Played> = played.iter().map(|(_, landed)| &landed.played).collect();
        for ((shot, landed), mut ruling) in played.iter().zip(judge_all(servers, &runs)?) {
            ruling.needs("the crash", landed.killed.is_some());
            let passed = ruling.judgement() == Judgement::Pass;
            println!("{shot}: {} after {} cycles{}", ruling.judgement(), landed.cycles, landed.remarks());
            figures.shots += 1;
            figures.landed += usize::from(landed.killed.is_some());
            figures.passed += usize::from(passed);
            figures.records += ruling.counts.records;
            figures.dead_lettered += ruling.counts.dead_lettered;
            figures.attempts_after_death += ruling.counts.after_death;
            figures.repeated_outputs += ruling.counts.repeated_outputs;
            figures.lost += ruling.faults.get("lost").map_or(0, Vec::len);
            figures.unexplained += ruling.faults.get("repeated without a reason").map_or(0, Vec::len);
            if passed {
                if let Some(file) = progress {
                    let mut file = OpenOptions::new().create(true).append(true).open(file)?;
                    writeln!(file, "{shot}")?;
                }
            } else {
                println!("{ruling}\n{}", landed.played.world.logs());
                wrong.push(format!("{shot}: {ruling}"));
            }
        }
    }
    figures.seconds = begin.elapsed().as_secs();
    ensure!(wrong.is_empty(), "{} of {} shots:\n{}", wrong.len(), figures.shots, wrong.join("\n"));
    Ok(figures)
}

/// Fires on several lanes, each with a group of its own.
fn fire(program: &Path, servers: &str, shots: &[Shot], lanes: usize) -> anyhow::Result<Vec<(Shot, Landed)>> {
    let (next, played) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let lane = |lane: usize| -> anyhow::Result<()> {
        while let Some(shot) = shots.get(next.fetch_add(1, Ordering::Relaxed)) {
            let case = match shot.way {
                Way::Automatic => AUTOMATIC[lane],
                Way::Manual => MANUAL[lane],
                Way::Exactly => EXACT[lane],
                Way::Letters => LETTERS[lane],
            };
            let landed = shoot(program, servers, case, *shot).with_context(|| shot.to_string())?;
            played.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((*shot, landed));
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..lanes.min(AUTOMATIC.len())).map(|number| scope.spawn(move || lane(number))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| anyhow::anyhow!("a lane panicked"))?)
    })?;
    Ok(played.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// A shot that was fired.
struct Landed {
    played: Played,
    killed: Option<i32>,
    supervisor: bool,
    cycles: usize,
}

impl Landed {
    fn remarks(&self) -> String {
        match self.killed {
            None => ", never landed".to_owned(),
            Some(pid) if self.supervisor => format!(", killed supervisor {pid}"),
            Some(pid) => format!(", killed process {pid}"),
        }
    }
}

/// What a shot works with.
struct Range<'w> {
    world: &'w World,
    folder: PathBuf,
    shot: Shot,
    noted: BTreeSet<i32>,
}

fn shoot(program: &Path, servers: &str, case: &'static str, shot: Shot) -> anyhow::Result<Landed> {
    let world = ledger_world(program, servers, case, PARTITIONS, Topics::default())?;
    let folder = world.folder().join("failpoints");
    fs::create_dir(&folder)?;
    let recipe = Recipe { work: Duration::from_millis(1), ..Recipe::steady(PACE) };
    let input = match shot.way {
        Way::Letters => Sending::start(&world, PARTITIONS, recipe.with(10, Kind::Poison))?,
        Way::Automatic | Way::Manual | Way::Exactly => Sending::start(&world, PARTITIONS, recipe)?,
    };
    let mut range = Range { world: &world, folder, shot, noted: BTreeSet::new() };
    let (mut cycles, mut swarm, mut supervisor) = (0, None, false);
    while cycles < CYCLES && range.killed().is_none() {
        cycles += 1;
        let mut started = range.start("swarm")?;
        // What is rare comes with more work.
        let told = range.cycle(&started, 30 * cycles)?;
        supervisor = range.killed() == Some(started.pid());
        if told || supervisor {
            started.exit(PATIENCE)?;
            started.nobody_left(Duration::from_secs(1))?;
        } else {
            swarm = Some(started);
        }
        if supervisor {
            range.note_all()?;
        }
    }
    let killed = range.killed();
    if let Some(pid) = killed {
        range.note(pid)?;
    }
    // Some work for whoever comes after it.
    until(Duration::from_millis(300), || None::<()>);
    let ledger = input.end()?;
    let mut swarm = match swarm {
        Some(swarm) => swarm,
        // Whatever did not land until here shall not land unseen.
        None => world.start("swarm", &[SETTINGS, &[("KARAFKA_APPLICATION__INSTANCE", "swarm")]].concat())?,
    };
    let end = world.wait_for_commits(PATIENCE * 2).and_then(|()| swarm.stop());
    end.with_context(|| format!("after the crash; {}", world.logs()))?;
    drop(swarm);
    Ok(Landed {
        played: Played { ledger, finished: true, exactly: shot.way == Way::Exactly, world },
        killed,
        supervisor,
        cycles,
    })
}

impl Range<'_> {
    fn start(&self, command: &str) -> anyhow::Result<Program> {
        let armed = format!("{}:{}", self.shot.point, self.shot.hit);
        let folder = self.folder.display().to_string();
        let mut settings = SETTINGS.to_vec();
        // Both have a slot 0, and the names of transactional producers are made from instance and slot.
        settings.push(("KARAFKA_APPLICATION__INSTANCE", command));
        settings.extend([("KARAFKA_FAILPOINT", armed.as_str()), ("KARAFKA_FAILPOINT_FOLDER", &folder)]);
        self.world.start(command, &settings)
    }

    /// The process that the failpoint killed.
    fn killed(&self) -> Option<i32> {
        let file = self.folder.join(format!("{}.{}", self.shot.point, self.shot.hit));
        fs::read_to_string(file).ok()?.trim().parse().ok()
    }

    /// Some work, a disturbance, and a stop; until the shot lands. Whether the swarm was told to stop.
    fn cycle(&mut self, swarm: &Program, records: usize) -> anyhow::Result<bool> {
        let goal = self.world.handled()? + records;
        self.watch(PATIENCE * 2, |world| Ok(world.handled()? >= goal))?;
        match self.shot.place {
            "member" => self.visit()?,
            "supervisor" => self.kill_a_node(swarm)?,
            "kill" => {
                self.freeze_the_nodes(swarm)?;
                return Ok(true);
            }
            _ => {}
        }
        if self.killed().is_some() {
            return Ok(false);
        }
        swarm.signal(Signal::SIGTERM)?;
        self.watch(PATIENCE * 2, |_| Ok(is_dead(swarm.pid())))?;
        Ok(true)
    }

    /// Waits for the shot to land, whose victim is noted at once, or for something else.
    fn watch(&mut self, within: Duration, mut also: impl FnMut(&World) -> anyhow::Result<bool>) -> anyhow::Result<()> {
        let world = self.world;
        let found = until(within, || match self.killed() {
            Some(pid) => Some(Ok(Some(pid))),
            None => also(world).map(|is_there| is_there.then_some(None)).transpose(),
        });
        match found {
            Some(Ok(Some(pid))) => self.note(pid),
            Some(Ok(None)) => Ok(()),
            Some(Err(error)) => Err(error),
            None => anyhow::bail!("nothing happened within {within:?}; {}", self.world.logs()),
        }
    }

    /// Another member joins, works, and leaves.
    fn visit(&mut self) -> anyhow::Result<()> {
        if self.killed().is_some() {
            return Ok(());
        }
        let mut visitor = self.start("server")?;
        let pid = visitor.pid();
        self.watch(PATIENCE * 2, |world| Ok(world.finished_by(pid)? >= 5 || is_dead(pid)))?;
        if !is_dead(pid) {
            visitor.signal(Signal::SIGTERM)?;
        }
        visitor.exit(PATIENCE)?;
        Ok(())
    }

    fn kill_a_node(&mut self, swarm: &Program) -> anyhow::Result<()> {
        let lives = swarm.processes();
        let node = self.world.consuming()?.into_iter().map(|(pid, _)| pid).rev().find(|pid| lives.contains(pid));
        let Some(node) = node.filter(|_| self.killed().is_none()) else { return Ok(()) };
        send(node, Signal::SIGKILL)?;
        self.note(node)?;
        let nodes = self.world.consuming()?.len();
        self.watch(PATIENCE * 2, |world| Ok(world.consuming()?.len() > nodes))
    }

    /// So that the stop has to kill them.
    fn freeze_the_nodes(&mut self, swarm: &Program) -> anyhow::Result<()> {
        let lives = swarm.processes();
        let nodes: Vec<i32> = self.world.consuming()?.into_iter().map(|(pid, _)| pid).collect();
        let nodes: Vec<i32> = nodes.into_iter().filter(|pid| lives.contains(pid)).collect();
        for node in &nodes {
            send(*node, Signal::SIGSTOP)?;
        }
        swarm.signal(Signal::SIGTERM)?;
        // Or the supervisor died before it killed them, and they with it.
        nodes.into_iter().try_for_each(|node| self.note(node))
    }

    /// Notes a death, once.
    fn note(&mut self, pid: i32) -> anyhow::Result<()> {
        if self.noted.insert(pid) {
            self.world.note_death(pid)?;
        }
        Ok(())
    }

    /// The nodes of a supervisor that died.
    fn note_all(&mut self) -> anyhow::Result<()> {
        let pids: Vec<i32> = self.world.consuming()?.into_iter().map(|(pid, _)| pid).collect();
        pids.into_iter().try_for_each(|pid| self.note(pid))
    }
}
