//! The swarm as a child process: this same program with the command `swarm`.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getppid};

use super::cluster::Cluster;

/// How many nodes the supervisor forks.
const NODES: u32 = 2;
/// An orderly end takes no longer: `swarm.shutdown_timeout` (20 s) and some air.
const STOP_WITHIN: Duration = Duration::from_secs(25);
/// Between two looks at whether it has ended.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Tells the child whose end is its own.
const PARENT: &str = "QUICKSTART_PARENT";

/// A running supervisor with its nodes. Dropping it ends them.
#[derive(Debug)]
pub(super) struct Swarm(Child);

impl Swarm {
    /// Starts it on the topics of this run.
    pub(super) fn start(cluster: &Cluster) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("cannot tell where this program is")?;
        let mut command = Command::new(program);
        command
            .args(["swarm", "--nodes", &NODES.to_string()])
            // Several tours may take place on one machine.
            .args(["--set", &format!("application.instance=quickstart-{}", std::process::id())])
            .args(["--set", &format!("application.topic_prefix={}", cluster.topic_prefix())])
            .env(PARENT, std::process::id().to_string())
            .envs(cluster.environment())
            .stdin(Stdio::null())
            // Ctrl-C in a terminal goes to a whole group; the swarm is told by us, when its work is done.
            .process_group(0);
        Ok(Self(command.spawn().context("cannot start the swarm")?))
    }

    /// The process number of its supervisor.
    pub(super) fn supervisor(&self) -> u32 {
        self.0.id()
    }

    /// An error when it has ended, though nobody asked it to.
    pub(super) fn ensure_running(&mut self) -> anyhow::Result<()> {
        match self.0.try_wait().context("cannot watch the swarm")? {
            None => Ok(()),
            Some(status) => bail!("the swarm ended before its work was done ({status}); what it said stands above"),
        }
    }

    /// Asks it to finish and waits for its end, which must be a clean one.
    pub(super) fn stop(mut self) -> anyhow::Result<()> {
        self.ensure_running()?;
        let status = self.end()?;
        ensure!(status.success(), "the swarm did not end in order ({status}); what it said stands above");
        Ok(())
    }

    /// TERM, then KILL. Nodes do not survive their supervisor.
    fn end(&mut self) -> anyhow::Result<ExitStatus> {
        // It has not been waited for, so the number is still its own.
        kill(Pid::from_raw(self.0.id() as i32), Signal::SIGTERM).context("cannot stop the swarm")?;
        let deadline = Instant::now() + STOP_WITHIN;
        while Instant::now() < deadline {
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            thread::sleep(LOOK_EVERY);
        }
        self.0.kill()?;
        Ok(self.0.wait()?)
    }
}

impl Drop for Swarm {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            let _ = self.end();
        }
    }
}

/// In the child: ends this process when the tour is gone, however it went. Does nothing in a program that somebody else started.
pub(super) fn end_with_parent() -> anyhow::Result<()> {
    let Some(parent) = std::env::var(PARENT).ok().and_then(|text| text.parse::<i32>().ok()) else { return Ok(()) };
    set_pdeathsig(Signal::SIGKILL)?;
    // It may have gone before it could be told.
    ensure!(getppid() == Pid::from_raw(parent), "the program that started this one is gone");
    Ok(())
}
