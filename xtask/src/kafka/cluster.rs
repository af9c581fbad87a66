//! What can be done to a cluster: start, stop, wipe, and the faults of single brokers.
//!
//! A change is made under the cluster's lock; waiting for its effect is not, so that one broker can be paused while another
//! one is awaited. Every wait ends.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use rustix::process::Signal;

use super::java::Java;
use super::process::{Identity, Running};
use super::state::{self, Broker, State};
use super::{launch, wire};
use crate::workspace;

/// Longest wait for a broker to know its cluster; usual are 3 to 6 s.
const READY_LIMIT: Duration = Duration::from_secs(90);
/// Longest wait for a broker that was asked to stop, before it is killed.
const STOP_LIMIT: Duration = Duration::from_secs(10);
/// Longest wait for the kernel to end or stop a process.
const SIGNAL_LIMIT: Duration = Duration::from_secs(10);
/// Longest wait for another command that changes the same cluster.
const LOCK_LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);
/// How many brokers are too many for one machine.
const MAX_BROKERS: u16 = 9;

/// A cluster by name, whether it runs, rests, or was never started.
#[derive(Debug)]
pub(crate) struct Cluster {
    name: String,
    folder: PathBuf,
}

/// How a broker is right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Condition {
    Running,
    Paused,
    Down,
}

impl Cluster {
    /// The cluster of this name, in `target/kafka/NAME`.
    pub(crate) fn named(name: &str) -> anyhow::Result<Self> {
        let legal = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
        ensure!(
            !name.is_empty() && name.chars().all(legal),
            "`{name}` is no cluster name: use letters, digits, `-`, `_`"
        );
        ensure!(name != "libs", "`libs` is no cluster name: the jars are kept there");
        Ok(Self { name: name.to_owned(), folder: home().join(name) })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts whatever does not run, and waits until every broker knows all the others.
    ///
    /// The first start decides how many brokers there are (one when not said), their ports and their settings.
    pub(crate) fn start(&self, brokers: Option<u16>, settings: Vec<(String, String)>) -> anyhow::Result<State> {
        let java = Java::find(&home())?;
        let state = {
            let _lock = self.lock()?;
            let state = self.decide(brokers, settings)?;
            launch::configure(&java, &state, |id| self.broker_folder(id))?;
            for broker in &state.brokers {
                self.boot(&java, broker.id)?;
            }
            state
        };
        let all: Vec<u16> = state.brokers.iter().map(|broker| broker.id).collect();
        for broker in &state.brokers {
            self.await_ready(broker, &all)?;
        }
        Ok(state)
    }

    /// Stops every broker; data, ports and settings stay.
    pub(crate) fn stop(&self) -> anyhow::Result<()> {
        let _lock = self.lock()?;
        self.end_all(Signal::TERM)
    }

    /// Kills every broker and forgets everything.
    pub(crate) fn wipe(&self) -> anyhow::Result<()> {
        let _lock = self.lock()?;
        self.end_all(Signal::KILL)?;
        remove_folder(&self.folder)
    }

    /// Kills every broker and deletes what it stored, but keeps its logs for a look afterwards.
    pub(crate) fn discard(&self) -> anyhow::Result<()> {
        let _lock = self.lock()?;
        self.end_all(Signal::KILL)?;
        self.load()?.brokers.iter().try_for_each(|broker| remove_folder(&self.broker_folder(broker.id).join("data")))
    }

    /// Ends a broker the hard way, as a crash would.
    pub(crate) fn kill(&self, id: u16) -> anyhow::Result<()> {
        let broker = self.running(id)?;
        broker.signal(Signal::KILL)?;
        self.await_end(id, &broker, SIGNAL_LIMIT)
    }

    /// Freezes a broker: its connections stay open and nothing answers.
    pub(crate) fn pause(&self, id: u16) -> anyhow::Result<()> {
        self.running(id)?.signal(Signal::STOP)?;
        self.await_condition(id, Condition::Paused)
    }

    /// Ends a pause.
    pub(crate) fn resume(&self, id: u16) -> anyhow::Result<()> {
        self.running(id)?.signal(Signal::CONT)?;
        self.await_condition(id, Condition::Running)
    }

    /// A new process for a broker: stopped in order when it runs, then started, and awaited.
    pub(crate) fn restart(&self, id: u16) -> anyhow::Result<()> {
        let java = Java::find(&home())?;
        let state = self.load()?;
        let broker = find_broker(&self.name, &state, id)?;
        {
            let _lock = self.lock()?;
            if let Some(running) = self.find(id) {
                ask_to_end(&running, Signal::TERM)?;
                self.await_end(id, &running, STOP_LIMIT)?;
            }
            self.boot(&java, id)?;
        }
        self.await_ready(broker, &[id])
    }

    /// What is known about the cluster, and how each broker is.
    pub(crate) fn status(&self) -> anyhow::Result<(State, Vec<Condition>)> {
        let state = self.load()?;
        let conditions = state.brokers.iter().map(|broker| self.condition(broker.id)).collect();
        Ok((state, conditions))
    }

    fn broker_folder(&self, id: u16) -> PathBuf {
        self.folder.join(format!("broker-{id}"))
    }

    fn lock(&self) -> anyhow::Result<File> {
        // Beside the folder, not in it: `wipe` deletes the folder.
        let file = self.folder.with_extension("lock");
        fs::create_dir_all(home()).with_context(|| format!("cannot make the folder `{}`", home().display()))?;
        let lock = File::create(&file).with_context(|| format!("cannot make `{}`", file.display()))?;
        let deadline = Instant::now() + LOCK_LIMIT;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::Error(error)) => return Err(error).context("cannot lock the cluster"),
                Err(TryLockError::WouldBlock) if Instant::now() > deadline => {
                    bail!("another command has been changing cluster `{}` for {} s", self.name, LOCK_LIMIT.as_secs());
                }
                Err(TryLockError::WouldBlock) => thread::sleep(POLL),
            }
        }
    }

    fn load(&self) -> anyhow::Result<State> {
        let advice = || format!("cluster `{}` was never started: `cargo xtask kafka --name {0} start`", self.name);
        State::load(&self.folder)?.with_context(advice)
    }

    fn decide(&self, brokers: Option<u16>, settings: Vec<(String, String)>) -> anyhow::Result<State> {
        if let Some(state) = State::load(&self.folder)? {
            let there = state.brokers.len();
            let asked = brokers.map_or(there, usize::from);
            ensure!(there == asked, "cluster `{}` has {there} brokers, not {asked}: `wipe` it first", self.name);
            let same = settings.is_empty() || settings == state.settings;
            ensure!(same, "cluster `{}` was made with other settings: `wipe` it first", self.name);
            return Ok(state);
        }
        let brokers = brokers.unwrap_or(1);
        ensure!((1..=MAX_BROKERS).contains(&brokers), "{brokers} brokers: expected 1 to {MAX_BROKERS}");
        let state = State::new(brokers, settings, &state::reserved_ports(&self.folder))?;
        state.save(&self.folder)?;
        Ok(state)
    }

    fn boot(&self, java: &Java, id: u16) -> anyhow::Result<()> {
        if self.find(id).is_some() {
            return Ok(());
        }
        let folder = self.broker_folder(id);
        let child = launch::spawn(java, &folder).with_context(|| format!("cannot start broker {id}"))?;
        Identity::of_child(&child)?.save(&folder)
    }

    fn find(&self, id: u16) -> Option<Running> {
        Identity::load(&self.broker_folder(id))?.find()
    }

    fn running(&self, id: u16) -> anyhow::Result<Running> {
        find_broker(&self.name, &self.load()?, id)?;
        self.find(id).with_context(|| format!("broker {id} of cluster `{}` does not run", self.name))
    }

    fn condition(&self, id: u16) -> Condition {
        match self.find(id) {
            None => Condition::Down,
            Some(running) if running.is_paused() => Condition::Paused,
            Some(_) => Condition::Running,
        }
    }

    fn await_condition(&self, id: u16, expected: Condition) -> anyhow::Result<()> {
        let deadline = Instant::now() + SIGNAL_LIMIT;
        while self.condition(id) != expected {
            ensure!(Instant::now() < deadline, "broker {id} is {:?}, expected {expected:?}", self.condition(id));
            thread::sleep(POLL);
        }
        Ok(())
    }

    fn await_ready(&self, broker: &Broker, expected: &[u16]) -> anyhow::Result<()> {
        let deadline = Instant::now() + READY_LIMIT;
        loop {
            let known = wire::known_brokers(broker.ports.plaintext);
            if known.as_ref().is_ok_and(|known| expected.iter().all(|id| known.contains(&i32::from(*id)))) {
                return Ok(());
            }
            let words = || launch::last_words(&self.broker_folder(broker.id));
            ensure!(self.find(broker.id).is_some(), "broker {} ended while starting:\n{}", broker.id, words());
            if Instant::now() > deadline {
                bail!("broker {} is not ready after {} s: {known:?}\n{}", broker.id, READY_LIMIT.as_secs(), words());
            }
            thread::sleep(POLL);
        }
    }

    fn await_end(&self, id: u16, broker: &Running, limit: Duration) -> anyhow::Result<()> {
        if broker.wait(limit)? {
            return Ok(());
        }
        broker.signal(Signal::KILL)?;
        ensure!(broker.wait(SIGNAL_LIMIT)?, "broker {id} of cluster `{}` survives SIGKILL", self.name);
        Ok(())
    }

    /// Asks all first and waits then: brokers stop side by side.
    fn end_all(&self, signal: Signal) -> anyhow::Result<()> {
        let Some(state) = State::load(&self.folder)? else { return Ok(()) };
        let running: Vec<_> =
            state.brokers.iter().filter_map(|broker| Some((broker.id, self.find(broker.id)?))).collect();
        running.iter().try_for_each(|(_, broker)| ask_to_end(broker, signal))?;
        running.iter().try_for_each(|(id, broker)| self.await_end(*id, broker, STOP_LIMIT))
    }
}

/// A paused broker only reads the signal once it may run again.
fn ask_to_end(broker: &Running, signal: Signal) -> anyhow::Result<()> {
    broker.signal(signal)?;
    broker.signal(Signal::CONT)
}

fn find_broker<'s>(name: &str, state: &'s State, id: u16) -> anyhow::Result<&'s Broker> {
    let count = state.brokers.len();
    let broker = state.brokers.iter().find(|broker| broker.id == id);
    broker.with_context(|| format!("cluster `{name}` has no broker {id}: its brokers are 1 to {count}"))
}

fn remove_folder(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove `{}`", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Says what is missing for a local Kafka, before anything is started.
pub(crate) fn ensure_startable() -> anyhow::Result<()> {
    Java::find(&home()).map(drop)
}

/// Where all clusters and the jars live.
pub(crate) fn home() -> PathBuf {
    workspace::target().join("kafka")
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_process_that_got_the_number_of_a_broker_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let cluster = Cluster { name: "stale".into(), folder: home.path().join("stale") };
        State::new(1, Vec::new(), &[]).unwrap().save(&cluster.folder).unwrap();
        let folder = cluster.broker_folder(1);
        fs::create_dir(&folder).unwrap();

        let mut stranger = Command::new("sleep").arg("60").stdin(Stdio::null()).spawn().unwrap();
        let stale = format!("{{\"pid\":{},\"start_time\":1}}", stranger.id());
        fs::write(folder.join("process.json"), stale).unwrap();
        assert!(Identity::load(&folder).is_some(), "the file is one that a broker might have left");

        assert_eq!(cluster.condition(1), Condition::Down);
        for change in [Cluster::kill, Cluster::pause, Cluster::resume] {
            let error = change(&cluster, 1).unwrap_err().to_string();
            assert_eq!(error, "broker 1 of cluster `stale` does not run");
        }
        cluster.stop().unwrap();
        cluster.wipe().unwrap();
        assert!(!cluster.folder.exists());
        assert!(stranger.try_wait().unwrap().is_none(), "the stranger still runs");
        stranger.kill().unwrap();
        stranger.wait().unwrap();
    }

    #[test]
    fn names_that_would_leave_the_folder_are_refused() {
        for name in ["", "..", "a/b", "libs", "a b"] {
            assert!(Cluster::named(name).is_err(), "{name}");
        }
        assert!(Cluster::named("it-dead_letters2").is_ok());
    }
}
