//! Ten planted bugs, each in a scene that must show it; and the same scenes without a bug, which must pass.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use nix::sys::signal::Signal;
use serde::Serialize;

use super::clerk::{AUTOMATIC, LETTERS};
use super::ledger::{Kind, Recipe, Sending};
use super::program::{PATIENCE, Program, is_dead, send, until};
use super::ruling::{Judgement, Ruling};
use super::trial::{Topics, judged, ledger_world};
use super::world::World;

/// The environment variable that plants a bug.
const SABOTAGE: &str = "KARAFKA_SABOTAGE";
/// How long a sabotaged program may take for what it will never do. What is right takes a fraction of it.
const GIVE_UP: Duration = Duration::from_secs(15);

/// What is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scene {
    /// A server handles an input.
    Plain,
    /// The same with records that fail at first.
    Flaky,
    /// The topic for dead letters refuses them: their partitions must wait.
    RefusedLetters,
    /// The brokers refuse some outputs: their records must become dead letters.
    RefusedOutputs,
    /// Two servers take over from each other.
    HandedOver,
    /// A supervisor is killed: its nodes must end.
    Orphans,
    /// A node is killed, and another process gets its number.
    Reaped,
    /// A handler never returns: its node must be restarted.
    Stuck,
}

/// All scenes.
pub const SCENES: [Scene; 8] = [
    Scene::Plain,
    Scene::Flaky,
    Scene::RefusedLetters,
    Scene::RefusedOutputs,
    Scene::HandedOver,
    Scene::Orphans,
    Scene::Reaped,
    Scene::Stuck,
];

/// The scene that must show a bug.
pub fn scene_of(bug: &str) -> anyhow::Result<Scene> {
    Ok(match bug {
        "commit_before_processing" | "swapped_records" | "lost_output" => Scene::Plain,
        "no_reposition_after_failure" => Scene::Flaky,
        "dead_letter_not_awaited" => Scene::RefusedLetters,
        "products_not_awaited" => Scene::RefusedOutputs,
        "commit_after_revoke" => Scene::HandedOver,
        "no_death_signal" => Scene::Orphans,
        "signal_by_pid" => Scene::Reaped,
        "heartbeat_from_a_helper" => Scene::Stuck,
        _ => anyhow::bail!("no scene shows the bug `{bug}`"),
    })
}

/// What a series showed.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Figures {
    pub planted: usize,
    pub caught: usize,
    pub control_scenes: usize,
    pub control_passed: usize,
    pub by: Vec<Caught>,
    pub seconds: u64,
}

/// How a bug was seen.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Caught {
    pub bug: String,
    pub scene: String,
    pub verdict: String,
    pub seen_as: Vec<String>,
}

/// Plays every scene without a bug, and every bug in its scene.
pub fn run(program: &Path, servers: &str) -> anyhow::Result<Figures> {
    let begin = Instant::now();
    let mut figures =
        Figures { planted: 0, caught: 0, control_scenes: 0, control_passed: 0, by: Vec::new(), seconds: 0 };
    let mut wrong = Vec::new();
    for scene in SCENES {
        let ruling = play(program, servers, scene, None).with_context(|| format!("{scene:?} without a bug"))?;
        println!("{scene:?} without a bug: {ruling}");
        figures.control_scenes += 1;
        figures.control_passed += usize::from(ruling.judgement() == Judgement::Pass);
        if ruling.judgement() != Judgement::Pass {
            wrong.push(format!("{scene:?} without a bug: {ruling}"));
        }
    }
    for bug in karafka_rt::__bugs() {
        let scene = scene_of(bug)?;
        let ruling = play(program, servers, scene, Some(bug)).with_context(|| bug.to_owned())?;
        println!("{bug} in {scene:?}: {ruling}");
        figures.planted += 1;
        figures.caught += usize::from(ruling.judgement() == Judgement::Fail);
        if ruling.judgement() != Judgement::Fail {
            wrong.push(format!("{bug} in {scene:?} was not caught: {ruling}"));
        }
        figures.by.push(Caught {
            bug: bug.to_owned(),
            scene: format!("{scene:?}"),
            verdict: ruling.judgement().to_string(),
            seen_as: ruling.faults.keys().map(|kind| (*kind).to_owned()).collect(),
        });
    }
    figures.seconds = begin.elapsed().as_secs();
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(figures)
}

/// Plays one scene, with a bug or without.
pub fn play(program: &Path, servers: &str, scene: Scene, bug: Option<&str>) -> anyhow::Result<Ruling> {
    let stage = Stage { program, servers, bug };
    match scene {
        Scene::Plain => stage.server(AUTOMATIC[5], Recipe::of(400)),
        Scene::Flaky => stage.server(AUTOMATIC[5], Recipe::of(200).with(7, Kind::Flaky)),
        Scene::RefusedOutputs => stage.refused_outputs(),
        Scene::RefusedLetters => stage.refused_letters(),
        Scene::HandedOver => stage.handed_over(),
        Scene::Orphans => stage.orphans(),
        Scene::Reaped => stage.reaped(),
        Scene::Stuck => stage.stuck(),
    }
}

const PARTITIONS: i32 = 4;

struct Stage<'s> {
    program: &'s Path,
    servers: &'s str,
    bug: Option<&'s str>,
}

impl Stage<'_> {
    fn world(&self, case: &'static str, partitions: i32, topics: Topics) -> anyhow::Result<World> {
        ledger_world(self.program, self.servers, case, partitions, topics)
    }

    fn start(&self, world: &World, command: &str, nodes: &str) -> anyhow::Result<Program> {
        let mut settings = vec![
            ("KARAFKA_SWARM__NODES", nodes),
            ("KARAFKA_SWARM__SHUTDOWN_TIMEOUT", "1s"),
            ("KARAFKA_SWARM__RESTART_BACKOFF", "100ms"),
            ("KARAFKA_SWARM__RESTART_BACKOFF_MAX", "200ms"),
            ("KARAFKA_PROCESSING__CONCURRENCY", "2"),
            ("KARAFKA_PROCESSING__COMMIT_INTERVAL", "20ms"),
        ];
        settings.extend(self.bug.map(|bug| (SABOTAGE, bug)));
        world.start(command, &settings)
    }

    /// Waits for the end of the work. A sabotaged program need not get there: the ruling will say what is missing.
    fn finished(&self, world: &World) -> anyhow::Result<()> {
        match (world.wait_for_commits(if self.bug.is_some() { GIVE_UP } else { PATIENCE }), self.bug) {
            (Err(error), None) => Err(error.context(world.logs())),
            _ => Ok(()),
        }
    }

    /// Stops in order; a sabotaged program need not.
    fn stopped(&self, program: &mut Program) -> anyhow::Result<()> {
        match (program.stop(), self.bug) {
            (Err(error), None) => Err(error),
            _ => Ok(()),
        }
    }

    fn server(&self, case: &'static str, recipe: Recipe) -> anyhow::Result<Ruling> {
        let world = self.world(case, PARTITIONS, Topics::default())?;
        let input = Sending::start(&world, PARTITIONS, recipe)?;
        let mut server = self.start(&world, "server", "1")?;
        let ledger = input.finish()?;
        self.finished(&world)?;
        self.stopped(&mut server)?;
        judged(&world, &ledger, true)
    }

    fn refused_outputs(&self) -> anyhow::Result<Ruling> {
        let world = self.world("ledger-single", 1, Topics { refuses_large_outputs: true, ..Topics::default() })?;
        let input = Sending::start(&world, 1, Recipe::of(60).with(10, Kind::Large))?;
        let mut server = self.start(&world, "server", "1")?;
        let ledger = input.finish()?;
        self.finished(&world)?;
        self.stopped(&mut server)?;
        judged(&world, &ledger, true)
    }

    /// Every partition comes to a letter that cannot be written.
    fn refused_letters(&self) -> anyhow::Result<Ruling> {
        let world = self.world(LETTERS[5], PARTITIONS, Topics { refuses_letters: true, ..Topics::default() })?;
        let recipe = Recipe { keys: PARTITIONS as u32, ..Recipe::of(80) };
        let input = Sending::start(&world, PARTITIONS, recipe.with(9, Kind::Poison))?;
        let mut server = self.start(&world, "server", "1")?;
        let ledger = input.finish()?;
        let waits = world.wait("refused dead letter", GIVE_UP, || {
            Ok(server.log().contains("dead letter not written").then_some(()))
        });
        if self.bug.is_none() {
            waits?;
        }
        // What is marked has been committed by then.
        until(Duration::from_secs(1), || None::<()>);
        server.signal(Signal::SIGTERM)?;
        server.exit(PATIENCE)?;
        judged(&world, &ledger, false)
    }

    fn handed_over(&self) -> anyhow::Result<Ruling> {
        let world = self.world(AUTOMATIC[5], PARTITIONS, Topics::default())?;
        let input = Sending::start(&world, PARTITIONS, Recipe::steady(200))?;
        let works =
            |pid: i32| world.wait("work of a member", PATIENCE, || Ok((world.finished_by(pid)? > 50).then_some(())));
        let mut first = self.start(&world, "server", "1")?;
        works(first.pid())?;
        let mut second = self.start(&world, "server", "1")?;
        works(second.pid())?;
        self.stopped(&mut first)?;
        let ledger = input.end()?;
        self.finished(&world)?;
        self.stopped(&mut second)?;
        let mut ruling = judged(&world, &ledger, true)?;
        ruling.needs("a partition that was taken away", ruling.counts.taken_away > 0);
        Ok(ruling)
    }

    fn orphans(&self) -> anyhow::Result<Ruling> {
        let world = self.world(AUTOMATIC[5], PARTITIONS, Topics::default())?;
        let input = Sending::start(&world, PARTITIONS, Recipe::steady(200))?;
        let mut swarm = self.start(&world, "swarm", "2")?;
        world.wait("two nodes at work", PATIENCE, || Ok((world.consuming()?.len() == 2).then_some(())))?;
        world.wait("work", PATIENCE, || Ok((world.handled()? > 50).then_some(())))?;
        swarm.signal(Signal::SIGKILL)?;
        let left = swarm.nobody_left(Duration::from_secs(1));
        swarm.exit(PATIENCE)?;
        for pid in swarm.processes() {
            send(pid, Signal::SIGKILL)?;
        }
        for (pid, _) in world.consuming()? {
            world.note_death(pid)?;
        }
        let ledger = input.end()?;
        let mut ruling = judged(&world, &ledger, false)?;
        if let Err(error) = left {
            let text = error.to_string();
            ruling.fault("processes outlived their supervisor", text.lines().next().unwrap_or_default().to_owned());
        }
        Ok(ruling)
    }

    fn reaped(&self) -> anyhow::Result<Ruling> {
        let world = self.world(AUTOMATIC[5], PARTITIONS, Topics::default())?;
        let input = Sending::start(&world, PARTITIONS, Recipe::steady(200))?;
        let mut swarm = self.start(&world, "swarm", "1")?;
        world.wait("work", PATIENCE, || Ok((world.handled()? > 50).then_some(())))?;
        let (node, _) = *world.consuming()?.first().context("there is a node")?;
        send(node, Signal::SIGKILL)?;
        until(PATIENCE, || (!Path::new(&format!("/proc/{node}")).exists()).then_some(()));
        // Before somebody else lives under its number.
        world.note_death(node)?;
        let decoy = Decoy::with_number(node);
        until(Duration::from_secs(2), || None::<()>);
        let killed = decoy.and_then(Decoy::end);
        let ledger = input.end()?;
        self.finished(&world)?;
        self.stopped(&mut swarm)?;
        let mut ruling = judged(&world, &ledger, true)?;
        ruling.needs("a process with the number of a dead node (needs the right to choose one)", killed.is_some());
        if killed == Some(true) {
            ruling.fault("a foreign process was killed", format!("process {node}"));
        }
        Ok(ruling)
    }

    fn stuck(&self) -> anyhow::Result<Ruling> {
        let world = self.world("ledger-stuck", PARTITIONS, Topics::default())?;
        let input = Sending::start(&world, PARTITIONS, Recipe::of(60).with(30, Kind::Stuck))?;
        let mut swarm = self.start(&world, "swarm", "1")?;
        let ledger = input.finish()?;
        let begin = Instant::now();
        let (mut noted, mut finished) = (Vec::new(), false);
        // Each of the two may cost a life, which takes its handler's second and the whole stop sequence.
        while !finished && begin.elapsed() < GIVE_UP * 2 {
            finished = world.wait_for_commits(Duration::from_millis(50)).is_ok();
            for (pid, _) in world.consuming()? {
                if is_dead(pid) && !noted.contains(&pid) {
                    world.note_death(pid)?;
                    noted.push(pid);
                }
            }
        }
        self.stopped(&mut swarm)?;
        let mut ruling = judged(&world, &ledger, true)?;
        if self.bug.is_none() {
            ruling.needs("a restart", !noted.is_empty());
        }
        Ok(ruling)
    }
}

/// A process that was given the number of another one that is gone; the leader of a process group of that number.
struct Decoy(Child);

impl Decoy {
    /// Needs the right to say which number the kernel gave last. Others take numbers too: it is tried several times.
    fn with_number(number: i32) -> Option<Self> {
        for _ in 0..200 {
            fs::write("/proc/sys/kernel/ns_last_pid", (number - 1).to_string()).ok()?;
            let mut sleep = Command::new("sleep");
            let mut child = sleep.arg("60").stdin(Stdio::null()).process_group(0).spawn().ok()?;
            if child.id() as i32 == number {
                return Some(Self(child));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        None
    }

    /// Whether somebody has killed it.
    fn end(mut self) -> Option<bool> {
        let killed = self.0.try_wait().ok()?.is_some();
        let _ = self.0.kill();
        let _ = self.0.wait();
        Some(killed)
    }
}
