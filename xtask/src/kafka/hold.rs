//! Clusters that end with their user, however that ends.
//!
//! The user starts `kafka hold` as a child and keeps the writing end of its standard input. When that closes (the user is done,
//! failed, was interrupted or killed), the child ends the cluster. No signal handler could promise as much.

use std::fs::{self, File, TryLockError};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail, ensure};

use super::cluster::{Cluster, home};
use super::command::Summary;
use crate::workspace;

/// The child's side: a fresh cluster, its summary as one line of JSON, then the cluster's end at the end of standard input.
pub(crate) fn serve(name: &str, brokers: u16, settings: Vec<(String, String)>) -> anyhow::Result<()> {
    let cluster = Cluster::named(name)?;
    let _lock = claim(name)?;
    // What a holder that was killed may have left behind.
    cluster.wipe()?;
    let started = cluster.start(Some(brokers), settings).and_then(|state| announce(&cluster, &state));
    if started.is_ok() {
        wait_for_the_end_of_input();
    }
    cluster.discard().and(started)
}

fn claim(name: &str) -> anyhow::Result<File> {
    fs::create_dir_all(home())?;
    let lock = File::create(home().join(format!("{name}.held")))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => bail!("cluster `{name}` is in use by another run in this checkout"),
        Err(TryLockError::Error(error)) => Err(error).context("cannot lock the cluster"),
    }
}

fn announce(cluster: &Cluster, state: &super::state::State) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{}", Summary::new(cluster, state).to_json())?;
    out.flush().context("cannot say where the brokers are")
}

fn wait_for_the_end_of_input() {
    let mut buffer = [0; 64];
    let mut input = std::io::stdin();
    while input.read(&mut buffer).is_ok_and(|read| read > 0) {}
}

/// The user's side: a cluster that is there as long as this value is.
#[derive(Debug)]
pub(crate) struct Held {
    holder: Child,
    summary: Summary,
}

impl Held {
    /// Starts a fresh cluster and waits until it is ready.
    pub(crate) fn start(name: &str, brokers: u16) -> anyhow::Result<Self> {
        // A process group of its own: Ctrl-C ends this program, and the holder then ends the cluster.
        let mut holder = Command::new(workspace::program())
            .args(["kafka", "--name", name, "hold", &brokers.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("cannot start the holder of the cluster")?;
        let mut line = String::new();
        let out = holder.stdout.take().expect("standard output is piped");
        BufReader::new(out).read_line(&mut line).context("cannot read from the holder of the cluster")?;
        if line.is_empty() {
            let status = holder.wait()?;
            bail!("a local Kafka could not be started ({status}); the reason is above");
        }
        let summary = serde_json::from_str(&line).context("the holder of the cluster printed something else");
        Ok(Self { summary: summary?, holder })
    }

    pub(crate) fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Ends the cluster and says whether that went well.
    pub(crate) fn end(mut self) -> anyhow::Result<()> {
        drop(self.holder.stdin.take());
        let status = self.holder.wait().context("cannot wait for the holder of the cluster")?;
        ensure!(status.success(), "the local Kafka did not end well ({status}); the reason is above");
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        // The holder's own waits are bounded.
        let _ = self.holder.wait();
    }
}
