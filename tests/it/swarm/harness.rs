//! Starts the fixture, reads its journal and log, and finds every process of the run.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use karafka_tests::faults::program::until;
use nix::errno::Errno;
use nix::sys::prctl::set_child_subreaper;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use serde_json::Value;

/// How long anything may take on a machine that is busy with other tests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// The environment variable that marks the processes of a run.
const MARK: &str = "KARAFKA_TEST_RUN";

static RUNS: AtomicU32 = AtomicU32::new(0);

/// One run of the fixture. Dropping it ends everything that is left of it.
pub(crate) struct Run {
    child: Child,
    mark: String,
    lines: Receiver<Line>,
    /// The journal so far.
    pub(crate) journal: Vec<Value>,
    /// How many lines of the journal have been asked for.
    asked: usize,
    /// The log so far.
    pub(crate) log: Vec<String>,
}

enum Line {
    Journal(String),
    Log(String),
}

impl Run {
    /// Starts the fixture with these arguments.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_by(&[], arguments)
    }

    /// Starts it through another program, such as `unshare --pid --fork`.
    pub(crate) fn start_by(prefix: &[&str], arguments: &[&str]) -> Self {
        // Orphans of a run come to us, so that we can see and reap them.
        set_child_subreaper(true).unwrap();
        let mark = format!("{}-{}", std::process::id(), RUNS.fetch_add(1, Ordering::Relaxed));
        let line: Vec<&str> =
            prefix.iter().chain(&[env!("CARGO_BIN_EXE_swarm_fixture")]).chain(arguments).copied().collect();
        let mut child = Command::new(line[0])
            .args(&line[1..])
            .env(MARK, &mark)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        read(child.stdout.take().unwrap(), sender.clone(), Line::Journal);
        read(child.stderr.take().unwrap(), sender, Line::Log);
        Self { child, mark, lines, journal: Vec::new(), asked: 0, log: Vec::new() }
    }

    /// The supervisor's process, or that of the program it was started through.
    pub(crate) fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    /// Waits for a line of the journal that satisfies `wanted`, after the last one that was asked for.
    pub(crate) fn journal_line(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        self.wait_for("such line in the journal", |run| {
            let at = run.asked + run.journal[run.asked..].iter().position(&wanted)?;
            run.asked = at + 1;
            Some(run.journal[at].clone())
        })
    }

    /// Waits for the next line of the journal about this event.
    pub(crate) fn event(&mut self, event: &str) -> Value {
        self.journal_line(|line| line["event"] == event)
    }

    /// Waits for `count` lines about `event`, and returns the processes that wrote them.
    pub(crate) fn events(&mut self, event: &str, count: usize) -> Vec<i32> {
        (0..count).map(|_| pid_of(&self.event(event))).collect()
    }

    /// Waits until the log holds a line with this text, and returns it.
    pub(crate) fn log_line(&mut self, text: &str) -> String {
        self.wait_for(text, |run| run.log.iter().find(|line| line.contains(text)).cloned())
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).unwrap();
    }

    /// Waits until the supervisor has exited, and returns how and after how long.
    pub(crate) fn exit(&mut self) -> (ExitStatus, Duration) {
        let started = Instant::now();
        let status = until(PATIENCE, || self.child.try_wait().unwrap());
        let Some(status) = status else { panic!("the supervisor does not exit\n{}", self.story()) };
        (status, started.elapsed())
    }

    /// Waits until no process of this run exists any more, zombies included; fails after `within`, with their numbers.
    pub(crate) fn nobody_left(&mut self, within: Duration) {
        let gone = until(within, || self.processes().is_empty().then_some(()));
        let left = self.processes();
        assert!(gone.is_some(), "left after {within:?}: {left:?}\n{}", self.story());
    }

    /// The processes of this run, ours to reap included: those are reaped and not counted.
    pub(crate) fn processes(&self) -> BTreeSet<i32> {
        let mark = format!("{MARK}={}", self.mark);
        let mut found = BTreeSet::new();
        for pid in all_processes() {
            // The environment of a zombie is empty, but one of ours is reaped here, and one of theirs counts in `zombies`.
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            if environment.split(|&byte| byte == 0).any(|entry| entry == mark.as_bytes()) {
                found.insert(pid);
            }
        }
        for pid in self.known().filter(|&pid| pid != self.pid()) {
            match waitpid(Pid::from_raw(pid), Some(WaitPidFlag::WNOHANG)) {
                Ok(_) | Err(Errno::ECHILD) => {}
                Err(error) => panic!("waiting for {pid}: {error}"),
            }
        }
        found
    }

    /// Zombies that `parent` has not reaped.
    pub(crate) fn zombies_of(parent: i32) -> Vec<i32> {
        let stat = |pid: i32| fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let is_zombie = |&pid: &i32| {
            let text = stat(pid);
            let mut fields = text.rsplit(") ").next().unwrap_or_default().split(' ');
            fields.next() == Some("Z") && fields.next() == Some(&parent.to_string())
        };
        all_processes().into_iter().filter(is_zombie).collect()
    }

    /// What is known of the run, for a person who reads a failure.
    pub(crate) fn story(&mut self) -> String {
        while let Ok(line) = self.lines.try_recv() {
            self.remember(line);
        }
        let journal: Vec<String> = self.journal.iter().map(Value::to_string).collect();
        format!("journal:\n{}\nlog:\n{}", journal.join("\n"), self.log.join("\n"))
    }

    fn wait_for<T>(&mut self, what: &str, mut found: impl FnMut(&mut Self) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = found(self) {
                return found;
            }
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => self.remember(line),
                Err(RecvTimeoutError::Timeout) => panic!("no {what} within {PATIENCE:?}\n{}", self.story()),
                Err(RecvTimeoutError::Disconnected) => panic!("the run is over without {what}\n{}", self.story()),
            }
        }
    }

    fn remember(&mut self, line: Line) {
        match line {
            Line::Journal(line) => self.journal.push(serde_json::from_str(&line).unwrap()),
            Line::Log(line) => self.log.push(line),
        }
    }

    fn known(&self) -> impl Iterator<Item = i32> {
        self.journal.iter().filter(|line| !line["pid"].is_null()).map(pid_of)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Only processes that carry our mark, found a moment ago.
        for pid in self.processes() {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        let _ = self.child.wait();
        until(PATIENCE, || self.processes().is_empty().then_some(()));
    }
}

/// The state letter of a process.
pub(crate) fn state_of(pid: i32) -> Option<char> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    text.rsplit(") ").next()?.chars().next()
}

/// The name of a process, empty when it is gone.
pub(crate) fn name_of(pid: i32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim_end().to_owned()
}

pub(crate) fn pid_of(line: &Value) -> i32 {
    line["pid"].as_i64().unwrap() as i32
}

fn all_processes() -> Vec<i32> {
    let entries = fs::read_dir("/proc").unwrap();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

fn read(from: impl std::io::Read + Send + 'static, to: Sender<Line>, line: impl Fn(String) -> Line + Send + 'static) {
    thread::spawn(move || {
        for text in BufReader::new(from).lines().map_while(Result::ok) {
            if to.send(line(text)).is_err() {
                return;
            }
        }
    });
}
