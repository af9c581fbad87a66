//! Whom we may signal: the process that was started as a broker, and never another that got its number later.
//!
//! A process is remembered as its number and its start time. To signal it, a handle (pidfd) is opened *first* and the start
//! time is compared *then*: the handle cannot come to mean another process, so there is no gap between the check and the signal.

use std::fs;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Child;
use std::time::Duration;

use anyhow::Context as _;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};

use super::state::write_whole;
use crate::stat;

/// The file of a broker's folder that says which process it is.
const FILE: &str = "process.json";

/// A process of this machine, unmistakable as long as the machine is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pid: i32,
    /// Clock ticks after boot.
    start_time: u64,
}

/// A process that was there when it was looked for.
#[derive(Debug)]
pub(crate) struct Running {
    identity: Identity,
    handle: OwnedFd,
    state: char,
}

impl Identity {
    /// The identity of a child that was just started and not yet waited for.
    pub(crate) fn of_child(child: &Child) -> anyhow::Result<Self> {
        let pid = i32::try_from(child.id()).expect("the kernel keeps process numbers below 2^22");
        let stat = stat::read(pid).with_context(|| format!("process {pid} ended right after its start"))?;
        Ok(Self { pid, start_time: stat.start_time })
    }

    /// What `folder` remembers; `None` when it remembers nothing, or nothing that can be read.
    pub(crate) fn load(folder: &Path) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(folder.join(FILE)).ok()?).ok()
    }

    /// Remembers it in `folder`.
    pub(crate) fn save(&self, folder: &Path) -> anyhow::Result<()> {
        write_whole(&folder.join(FILE), &serde_json::to_string(self).expect("numbers become JSON"))
    }

    /// The process, when it still runs: neither gone, nor a zombie, nor another with the same number.
    pub(crate) fn find(self) -> Option<Running> {
        let handle = pidfd_open(Pid::from_raw(self.pid)?, PidfdFlags::empty()).ok()?;
        let stat = stat::read(self.pid)?;
        let ours = stat.start_time == self.start_time && !matches!(stat.state, 'Z' | 'X');
        ours.then_some(Running { identity: self, handle, state: stat.state })
    }
}

impl Running {
    pub(crate) fn pid(&self) -> i32 {
        self.identity.pid
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.state == 'T'
    }

    /// Sends a signal. A process that ended in the meantime is no error.
    pub(crate) fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        match pidfd_send_signal(&self.handle, signal) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(error).with_context(|| format!("cannot send {signal:?} to process {}", self.pid())),
        }
    }

    /// Waits until the process has ended; `false` when it has not within `limit`.
    pub(crate) fn wait(&self, limit: Duration) -> anyhow::Result<bool> {
        let limit = Timespec::try_from(limit).context("a wait longer than the clock can count")?;
        let ended = poll(&mut [PollFd::new(&self.handle, PollFlags::IN)], Some(&limit));
        Ok(ended.with_context(|| format!("cannot wait for process {}", self.pid()))? > 0)
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    fn sleeper() -> Child {
        Command::new("sleep").arg("60").stdin(Stdio::null()).spawn().unwrap()
    }

    #[test]
    fn a_process_that_got_the_number_of_another_is_never_found() {
        let mut stranger = sleeper();
        let identity = Identity::of_child(&stranger).unwrap();
        let stale = Identity { start_time: identity.start_time - 1, ..identity };
        assert!(stale.find().is_none(), "the process is not ours: its start time differs");
        assert!(identity.find().is_some());
        stranger.kill().unwrap();
        stranger.wait().unwrap();
        assert!(identity.find().is_none());
    }

    #[test]
    fn a_zombie_does_not_run() {
        let mut child = sleeper();
        let identity = Identity::of_child(&child).unwrap();
        let running = identity.find().unwrap();
        assert!(!running.wait(Duration::ZERO).unwrap());
        running.signal(Signal::KILL).unwrap();
        assert!(running.wait(Duration::from_secs(10)).unwrap());
        assert!(identity.find().is_none(), "killed, but not yet waited for by its parent");
        child.wait().unwrap();
        running.signal(Signal::KILL).unwrap();
    }
}
