//! A run of the fixture program: started, watched through its journal, stopped.

use std::fs::File;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Deserialize;
use tempfile::TempDir;

use super::topics::{LONG, Topics};

const LOOK: Duration = Duration::from_millis(20);

/// What a handler or tick did: the fixture's journal, read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    pub(crate) event: String,
    pub(crate) pid: u32,
    /// Microseconds since the first line of its process.
    pub(crate) at: u64,
    #[serde(default)]
    pub(crate) topic: String,
    pub(crate) partition: i32,
    pub(crate) offset: Option<i64>,
    #[serde(default)]
    pub(crate) offsets: Vec<i64>,
    #[serde(default)]
    pub(crate) attempt: u32,
    /// A counter that is a field of the consumer.
    #[serde(default)]
    pub(crate) calls: u64,
    pub(crate) error: Option<String>,
    /// What a hook says about the end of its assignment.
    #[serde(default)]
    pub(crate) lost: bool,
    pub(crate) act: Option<String>,
    #[serde(default)]
    pub(crate) result: serde_json::Value,
}

/// A folder with a journal that one or several processes write.
pub(crate) struct Journal {
    folder: TempDir,
}

impl Journal {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    /// Makes the file that a script waits for.
    pub(crate) fn touch(&self, file: &str) {
        File::create(self.folder.path().join(file)).unwrap();
    }

    /// Everything so far, in order. A line that is still being written is left out.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let text = std::fs::read_to_string(self.path()).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
    }

    /// The lines of one event and partition.
    pub(crate) fn of(&self, event: &str, partition: i32) -> Vec<Line> {
        self.lines().into_iter().filter(|line| line.event == event && line.partition == partition).collect()
    }

    /// The offsets of the handler calls of one partition, in order.
    pub(crate) fn calls(&self, partition: i32) -> Vec<i64> {
        self.of("call", partition).iter().filter_map(|line| line.offset).collect()
    }

    /// The results of the acts that told one, in order.
    pub(crate) fn acts(&self, partition: i32) -> Vec<(String, serde_json::Value)> {
        self.of("act", partition).into_iter().map(|line| (line.act.unwrap_or_default(), line.result)).collect()
    }
}

/// A running fixture.
pub(crate) struct Fixture<'j> {
    journal: &'j Journal,
    group: String,
    child: Child,
    stderr: PathBuf,
}

/// How it is started.
pub(crate) struct Start<'b> {
    block: &'b str,
    command: Command,
}

impl<'b> Start<'b> {
    /// A process of this block without a supervisor, with two workers.
    pub(crate) fn new(topics: &Topics, block: &'b str) -> Self {
        let mut command = plain(block);
        command
            .env("KARAFKA_BOOTSTRAP_SERVERS", &topics.servers)
            .env("KARAFKA_APPLICATION__TOPIC_PREFIX", &topics.prefix)
            .env("KARAFKA_PROCESSING__CONCURRENCY", "2");
        Self { block, command }
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Starts it. Its journal may be shared with other processes.
    pub(crate) fn run(self, journal: &Journal) -> Fixture<'_> {
        Fixture::spawn(self.command, journal, self.block)
    }
}

/// The fixture without any configuration.
pub(crate) fn plain(block: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_records_fixture"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("KARAFKA_") {
            command.env_remove(name);
        }
    }
    command.env("FIXTURE_BLOCK", block).env("RUST_BACKTRACE", "0").arg("server");
    command
}

impl<'j> Fixture<'j> {
    pub(crate) fn spawn(mut command: Command, journal: &'j Journal, block: &str) -> Self {
        let name = format!("{}.log", std::fs::read_dir(journal.folder.path()).unwrap().count());
        let stderr = journal.folder.path().join(name);
        let log = File::create(&stderr).unwrap();
        let child = command
            .current_dir(journal.folder.path())
            .env("FIXTURE_JOURNAL", journal.path())
            .stdin(Stdio::null())
            .stdout(log.as_fd().try_clone_to_owned().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        // As the routes name it.
        let group = format!("records-{}", block.replace('_', "-"));
        Self { journal, group, child, stderr }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What its user has read so far.
    pub(crate) fn words(&self) -> String {
        read(&self.stderr)
    }

    /// Waits until the journal satisfies the condition.
    pub(crate) fn wait(&mut self, what: &str, condition: impl Fn(&Journal) -> bool) {
        let journal = self.journal;
        self.look(what, || condition(journal));
    }

    /// Waits until its group has committed exactly this for the topic `in`.
    pub(crate) fn wait_committed(&mut self, topics: &Topics, expect: &[Option<i64>]) {
        let group = self.group.clone();
        self.look(&format!("{expect:?} committed by {group}"), || topics.committed(&group, "in") == expect);
    }

    /// Waits until its user can read this.
    pub(crate) fn wait_words(&mut self, part: &str) {
        let stderr = self.stderr.clone();
        self.look(part, || read(&stderr).contains(part));
    }

    fn look(&mut self, what: &str, condition: impl Fn() -> bool) {
        let deadline = Instant::now() + LONG;
        while !condition() {
            let ended = self.child.try_wait().unwrap();
            if ended.is_some() || Instant::now() > deadline {
                // One more look: it may have come with the end.
                assert!(condition(), "waited for {what}; {ended:?}\n{}\n{}", read(&self.journal.path()), self.words());
            }
            std::thread::sleep(LOOK);
        }
    }

    pub(crate) fn tell_to_stop(&self) {
        kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGTERM).unwrap();
    }

    /// Asks it to stop and waits for the end; its exit code.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        self.tell_to_stop();
        self.end()
    }

    /// Waits for the end; its exit code.
    pub(crate) fn end(&mut self) -> Option<i32> {
        let deadline = Instant::now() + LONG;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "it did not end\n{}", self.words());
            std::thread::sleep(LOOK);
        }
    }

    /// Stops it and expects that all was well.
    pub(crate) fn finish(mut self) {
        let code = self.stop();
        assert_eq!(code, Some(0), "{}", self.words());
    }
}

impl Drop for Fixture<'_> {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn read(path: &Path) -> String {
    std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}
