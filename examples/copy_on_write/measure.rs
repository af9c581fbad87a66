//! Runs a swarm of each size on topics of its own, keeps it busy, and weighs it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use karafka_rt::App;
use karafka_rt::admin::{Admin, NewTopic};
use karafka_rt::consumer::Record;
use karafka_rt::dev_broker::DevBroker;
use karafka_rt::producer::Publisher;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::memory::{self, Memory};
use super::{Options, PRELOAD, PROGRESS, chart, questions};

/// The swarms that are compared.
const NODES: [usize; 4] = [1, 2, 4, 8];
/// Each node of the largest swarm has one.
const PARTITIONS: i32 = 8;
/// A node is at work when it has handled so many records.
const AT_WORK: u64 = 200;
/// One more node may cost this share of what was loaded.
const ALLOWED: f64 = 0.1;
const BOOTSTRAP_SERVERS: &str = "bootstrap.servers";
/// Longest wait for all nodes of a swarm to be at work, and for its end.
const PATIENCE: Duration = Duration::from_mins(3);
/// How long they work before they are weighed.
const WORK: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(100);
/// Questions sent between two looks.
const AT_ONCE: u64 = 400;

/// Measures, prints and draws; whether another node was cheap enough.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    let mut cluster = Cluster::connect()?;
    let mut found = Vec::new();
    println!("{} MiB loaded before the fork; sums over the supervisor and its nodes, at work", options.preload);
    println!("nodes   PSS, MiB   RSS, MiB   one more node, MiB   of what was loaded");
    for nodes in NODES {
        let memory = weigh(&mut cluster, options.preload, nodes)?;
        found.push((nodes, memory));
        let (_, one) = found[0];
        if nodes == 1 {
            println!("{nodes:>5}   {:>8.0}   {:>8.0}", memory.pss, memory.rss);
        } else {
            let more = each_more(one, nodes, memory);
            let share = 100.0 * more / options.preload as f64;
            println!("{nodes:>5}   {:>8.0}   {:>8.0}   {more:>18.1}   {share:>16.1} %", memory.pss, memory.rss);
        }
        std::io::stdout().flush()?;
    }
    let sums: Vec<(usize, f64)> = found.iter().map(|(nodes, memory)| (*nodes, memory.pss)).collect();
    if let Some(folder) = options.chart.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&options.chart, chart::draw(&sums, options.preload))
        .with_context(|| format!("cannot write `{}`", options.chart.display()))?;
    println!("chart: {}", options.chart.display());
    let (_, one) = found[0];
    let worst = found[1..].iter().map(|(nodes, memory)| each_more(one, *nodes, *memory)).fold(0.0, f64::max);
    let allowed = ALLOWED * options.preload as f64;
    if worst >= allowed {
        println!("one more node costs {worst:.1} MiB, expected less than {allowed:.1}");
    }
    Ok(worst < allowed)
}

/// What each node beyond the first has added.
fn each_more(one: Memory, nodes: usize, all: Memory) -> f64 {
    (all.pss - one.pss) / (nodes - 1) as f64
}

/// Starts a swarm, lets all its nodes work, and weighs it.
fn weigh(cluster: &mut Cluster, preload: usize, nodes: usize) -> anyhow::Result<Memory> {
    let prefix = format!("copy-on-write-{}-{nodes}.", std::process::id());
    let topic = format!("{prefix}{}", questions::TOPOLOGY.topics[0].name);
    cluster.create(&topic)?;
    let publisher = Publisher::new(&cluster.producer)?;
    let folder = std::env::temp_dir().join(&prefix);
    std::fs::create_dir_all(&folder)?;
    let mut swarm = Swarm::start(cluster, &prefix, &folder, preload, nodes)?;
    let deadline = Instant::now() + PATIENCE;
    let mut working_since = None;
    let mut sent = 0_u64;
    loop {
        for _ in 0..AT_ONCE {
            sent += 1;
            let question = sent.to_string();
            publisher.send(&topic, &Record::new(question.as_bytes()).key(&question))?;
        }
        publisher.flush(LOOK);
        thread::sleep(LOOK);
        swarm.ensure_running()?;
        let at_work = handled(&folder).values().filter(|&&count| count >= AT_WORK).count();
        if at_work == nodes {
            let since = *working_since.get_or_insert_with(Instant::now);
            if since.elapsed() >= WORK {
                break;
            }
        }
        ensure!(Instant::now() < deadline, "{at_work} of {nodes} nodes are at work after {PATIENCE:?}");
    }
    let memory = memory::of_swarm(swarm.0.id(), nodes)?;
    swarm.stop()?;
    std::fs::remove_dir_all(&folder)?;
    Ok(memory)
}

/// How many records each node has handled, by slot.
fn handled(folder: &Path) -> BTreeMap<String, u64> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let counts = files.filter_map(|file| {
        let count = std::fs::read_to_string(file.path()).ok()?.parse().ok()?;
        Some((file.file_name().into_string().ok()?, count))
    });
    counts.collect()
}

/// The configured Kafka, or an embedded broker.
struct Cluster {
    admin: Admin,
    producer: BTreeMap<String, String>,
    servers: String,
    embedded: Option<DevBroker>,
}

impl Cluster {
    fn connect() -> anyhow::Result<Self> {
        let app = App::new(questions::ROUTES);
        let (mut admin, mut producer) = (app.admin_properties()?, app.producer_properties()?);
        let embedded = if admin.contains_key(BOOTSTRAP_SERVERS) { None } else { Some(DevBroker::start()?) };
        if let Some(broker) = &embedded {
            for properties in [&mut admin, &mut producer] {
                properties.insert(BOOTSTRAP_SERVERS.to_owned(), broker.bootstrap_servers().to_owned());
            }
        }
        let servers = admin.get(BOOTSTRAP_SERVERS).cloned().unwrap_or_default();
        Ok(Self { admin: Admin::new(&admin)?, producer, servers, embedded })
    }

    fn create(&mut self, topic: &str) -> anyhow::Result<()> {
        match &mut self.embedded {
            Some(broker) => broker.create_topic(topic, PARTITIONS)?,
            None => {
                for created in self.admin.create_topics(&[NewTopic::new(topic, PARTITIONS)], Duration::from_secs(10)) {
                    created?;
                }
            }
        }
        Ok(())
    }
}

/// A supervisor with its nodes. Dropping it ends them.
struct Swarm(Child);

impl Swarm {
    fn start(cluster: &Cluster, prefix: &str, folder: &Path, preload: usize, nodes: usize) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("cannot tell where this program is")?;
        let mut command = Command::new(program);
        command
            .args(["swarm", "--nodes", &nodes.to_string(), "--set", &format!("application.topic_prefix={prefix}")])
            .args(["--set", &format!("application.instance=measured-{}", std::process::id())])
            // Its log would stand between the lines of the table.
            .args(["--set", "telemetry.log=error"])
            .env(PRELOAD, preload.to_string())
            .env(PROGRESS, folder)
            .env("KARAFKA_BOOTSTRAP_SERVERS", &cluster.servers)
            .stdin(Stdio::null());
        Ok(Self(command.spawn().context("cannot start a swarm")?))
    }

    fn ensure_running(&mut self) -> anyhow::Result<()> {
        match self.0.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("the swarm ended before it was weighed ({status})"),
        }
    }

    fn stop(&mut self) -> anyhow::Result<()> {
        self.ensure_running()?;
        // It has not been waited for, so the number is still its own.
        kill(Pid::from_raw(self.0.id() as i32), Signal::SIGTERM)?;
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.0.try_wait()? {
                ensure!(status.success(), "the swarm did not end in order ({status})");
                return Ok(());
            }
            thread::sleep(LOOK);
        }
        bail!("the swarm did not end within {PATIENCE:?}")
    }
}

impl Drop for Swarm {
    fn drop(&mut self) {
        // Nodes do not survive their supervisor.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
