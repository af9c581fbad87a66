//! A run of the program under test: its processes, its log, its end.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{io, thread};

use anyhow::{Context as _, bail};
use nix::sys::prctl::set_child_subreaper;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How long anything may take on a machine that is busy with other tests.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// How often a condition is looked at that nothing announces.
const LOOK: Duration = Duration::from_millis(10);
/// The environment variable that marks the processes of a run.
const MARK: &str = "FAULTS_RUN";

static RUNS: AtomicU32 = AtomicU32::new(0);

/// One run: a server, or a supervisor with its nodes. Dropping it ends what is left of it.
#[derive(Debug)]
pub struct Program {
    child: Child,
    mark: String,
    log: PathBuf,
}

impl Program {
    /// Starts `program` with these arguments and variables; its log goes to a file in `folder`.
    pub fn start(
        program: &Path,
        arguments: &[&str],
        variables: &[(&str, &OsStr)],
        folder: &Path,
    ) -> anyhow::Result<Self> {
        // Orphans of a run come to us: they are reaped here, and nobody else's process can get their number before.
        set_child_subreaper(true)?;
        let number = RUNS.fetch_add(1, Ordering::Relaxed);
        let mark = format!("{}-{number}", std::process::id());
        let log = folder.join(format!("{number}.log"));
        let file = File::create(&log)?;
        let mut command = Command::new(program);
        // Tests run beside each other, and so do those of several checkouts.
        command.env("RUNTIME_DIRECTORY", folder);
        command.args(arguments).envs(variables.iter().copied()).env(MARK, &mark);
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = command.spawn().with_context(|| format!("cannot run `{}`", program.display()))?;
        Ok(Self { child, mark, log })
    }

    /// The first process: the server, or the supervisor.
    pub fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    /// Sends a signal to the first process.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        send(self.pid(), signal)
    }

    /// Waits for the end of the first process, at most `within`; how it ended, and after how long.
    pub fn exit(&mut self, within: Duration) -> anyhow::Result<(ExitStatus, Duration)> {
        let begin = Instant::now();
        let child = &mut self.child;
        let status = until(within, || child.try_wait().transpose());
        match status {
            Some(status) => Ok((status?, begin.elapsed())),
            None => bail!("the program does not end within {within:?}; its log:\n{}", self.log()),
        }
    }

    /// How the first process ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Stops it in order and expects that all was finished and nobody is left; how long it took.
    pub fn stop(&mut self) -> anyhow::Result<Duration> {
        self.signal(Signal::SIGTERM)?;
        let (status, took) = self.exit(PATIENCE)?;
        if status.code() != Some(0) {
            bail!("expected a clean end after TERM, found {status}; the log:\n{}", self.log());
        }
        self.nobody_left(Duration::from_secs(1))?;
        Ok(took)
    }

    /// Fails when a process of this run is still there after `within`.
    pub fn nobody_left(&self, within: Duration) -> anyhow::Result<()> {
        until(within, || self.processes().is_empty().then_some(()));
        let left = self.processes();
        if left.is_empty() {
            return Ok(());
        }
        bail!("left after {within:?}: processes {left:?}; the log:\n{}", self.log())
    }

    /// The living processes of this run. Zombies are none, whoever has to reap them.
    pub fn processes(&self) -> BTreeSet<i32> {
        let mark = format!("{MARK}={}", self.mark);
        let carries = |pid: &i32| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|&byte| byte == 0).any(|entry| entry == mark.as_bytes())
        };
        let entries = fs::read_dir("/proc").into_iter().flatten();
        entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).filter(carries).collect()
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until the log holds this text.
    pub fn says(&self, text: &str) -> anyhow::Result<()> {
        let said = until(PATIENCE, || self.log().contains(text).then_some(()));
        said.with_context(|| format!("`{text}` was not said within {PATIENCE:?}; the log:\n{}", self.log()))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Only processes that carry our mark, found a moment ago.
        for pid in self.processes() {
            let _ = send(pid, Signal::SIGKILL);
        }
        let _ = self.child.wait();
        until(PATIENCE, || self.processes().is_empty().then_some(()));
    }
}

/// Sends a signal to a process of a run.
pub fn send(pid: i32, signal: Signal) -> anyhow::Result<()> {
    kill(Pid::from_raw(pid), signal).with_context(|| format!("cannot send {signal} to process {pid}"))
}

/// Whether a process is dead: gone, or a zombie.
pub fn is_dead(pid: i32) -> bool {
    match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(text) => text.rsplit(") ").next().is_none_or(|rest| rest.starts_with(['Z', 'X'])),
        Err(error) => error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(libc::ESRCH),
    }
}

/// Looks until `found` finds something, or `within` has passed.
pub fn until<T>(within: Duration, mut found: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + within;
    loop {
        match found() {
            None if Instant::now() < deadline => thread::sleep(LOOK),
            other => return other,
        }
    }
}
