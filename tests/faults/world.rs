//! What one scenario plays in: a topic and a group of its own, the journal, and the programs that are started on them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail, ensure};
use karafka_rt::admin::{Admin, Creation, NewTopic};
use karafka_rt::consumer::Record;
use karafka_rt::producer::Publisher;
use tempfile::TempDir;

use super::feed::Feed;
use super::fixture;
use super::history::{Event, Follower, Journal, Line, Place};
use super::judge::{Produced, Verdict, judge};
use super::program::{PATIENCE, Program, is_dead, until};
use crate::kafka::cli;

/// The journal's name in the folder of a scenario.
const JOURNAL: &str = "journal";

/// Broker settings with which members outlive a freeze of their broker: Kafka's own default. The clusters of the tests notice dead
/// members sooner, and a broker that wakes up after that time fences the living ones, rightly.
pub const PATIENT_GROUPS: &[(&str, &str)] = &[("group.consumer.session.timeout.ms", "45000")];

/// How long progress may be held by an open transaction before it counts as none: who asks wants to go on.
const STABLE: Duration = Duration::from_secs(2);

/// The surroundings of a scenario.
#[derive(Debug)]
pub struct World {
    program: PathBuf,
    servers: String,
    case: &'static str,
    prefix: String,
    partitions: i32,
    folder: TempDir,
    journal: Journal,
    history: RefCell<Follower<File>>,
    admin: Admin,
}

impl World {
    /// Makes the topic of a case of [`fixture::CASES`]. `program` calls [`fixture::main`].
    pub fn create(program: &Path, servers: &str, case: &'static str, partitions: i32) -> anyhow::Result<Self> {
        Self::with_topics(program, servers, case, partitions, |_| Vec::new())
    }

    /// The same with further topics, whose names begin with the prefix that `further` gets.
    pub fn with_topics(
        program: &Path,
        servers: &str,
        case: &'static str,
        partitions: i32,
        further: impl FnOnce(&str) -> Vec<NewTopic>,
    ) -> anyhow::Result<Self> {
        let moment = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
        // Brokers may have been used by an earlier run.
        let prefix = format!("{case}.{moment}.");
        let admin = Admin::new(&properties(servers))?;
        let mut topics = vec![NewTopic::new(format!("{prefix}in"), partitions)];
        topics.extend(further(&prefix));
        for created in admin.create_topics(&topics, PATIENCE) {
            ensure!(created? == Creation::Created, "a topic of the case was there before");
        }
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(JOURNAL);
        let journal = Journal::open(&path)?;
        let history = RefCell::new(Follower::new(File::open(&path)?));
        let (program, servers) = (program.to_owned(), servers.to_owned());
        Ok(Self { program, servers, case, prefix, partitions, folder, journal, history, admin })
    }

    /// The topic's full name.
    pub fn topic(&self) -> String {
        format!("{}in", self.prefix)
    }

    /// What the names of its topics begin with, and the first word of the records of a ledger.
    pub fn run(&self) -> String {
        self.prefix.clone()
    }

    /// The brokers.
    pub fn servers(&self) -> &str {
        &self.servers
    }

    /// The group.
    pub fn group(&self) -> &'static str {
        self.case
    }

    /// The folder of the journal and the logs.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The last lines of all logs.
    pub fn logs(&self) -> String {
        let mut text = String::new();
        for entry in fs::read_dir(self.folder.path()).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "log") {
                let log = fs::read_to_string(entry.path()).unwrap_or_default();
                let last: Vec<&str> = log.lines().rev().take(12).collect();
                text.extend(["\n", &entry.file_name().to_string_lossy(), ":\n"]);
                text.extend(last.into_iter().rev().flat_map(|line| ["  ", line, "\n"]));
            }
        }
        text
    }

    /// Starts the program under test: `command` is `server` or `swarm`; `settings` are environment variables.
    pub fn start(&self, command: &str, settings: &[(&str, &str)]) -> anyhow::Result<Program> {
        let journal = self.folder.path().join(JOURNAL);
        let mut variables: Vec<(&str, &OsStr)> = vec![
            (fixture::CASE, self.case.as_ref()),
            (fixture::JOURNAL, journal.as_os_str()),
            ("KARAFKA_BOOTSTRAP_SERVERS", self.servers.as_ref()),
            ("KARAFKA_APPLICATION__TOPIC_PREFIX", self.prefix.as_ref()),
        ];
        variables.extend(settings.iter().map(|(name, value)| (*name, OsStr::new(*value))));
        Program::start(&self.program, &[command], &variables, self.folder.path())
    }

    /// Starts a steady input.
    pub fn feed(&self, per_second: u32, work: Duration) -> anyhow::Result<Feed> {
        Feed::start(&self.servers, &self.topic(), self.partitions, per_second, work)
    }

    /// Writes one record that keeps its handler busy for `work`.
    pub fn write(&self, partition: i32, work: Duration) -> anyhow::Result<()> {
        let publisher = Publisher::new(&properties(&self.servers))?;
        let payload = work.as_millis().to_string();
        publisher.send(&self.topic(), &Record::new(payload.as_bytes()).partition(partition))?;
        let stored = publisher.close(PATIENCE);
        ensure!(stored.acknowledged == 1, "the record was not stored: {stored:?}");
        Ok(())
    }

    /// What has happened so far, as `look` sees it.
    pub fn history<T>(&self, look: impl FnOnce(&[Event]) -> T) -> anyhow::Result<T> {
        Ok(look(self.history.borrow_mut().events()?))
    }

    /// What has happened so far, with times.
    pub fn lines(&self) -> anyhow::Result<Vec<Line>> {
        self.history.borrow_mut().lines()
    }

    /// How many records have been handled so far, each counted once.
    pub fn handled(&self) -> anyhow::Result<usize> {
        let done = |event: &Event| if let Event::End { at, .. } = event { Some(*at) } else { None };
        self.history(|events| events.iter().filter_map(done).collect::<BTreeSet<Place>>().len())
    }

    /// How many handler calls this process has finished so far.
    pub fn finished_by(&self, process: i32) -> anyhow::Result<usize> {
        let by = |event: &&Event| matches!(event, Event::End { pid, .. } if *pid == process);
        self.history(|events| events.iter().filter(by).count())
    }

    /// The consuming processes so far, with their slots, in the order of their beginning.
    pub fn consuming(&self) -> anyhow::Result<Vec<(i32, u32)>> {
        let process = |event: &Event| if let Event::Process { pid, slot } = event { Some((*pid, *slot)) } else { None };
        self.history(|events| events.iter().filter_map(process).collect())
    }

    /// Waits until `found` finds something in the surroundings; says what was missed, and what happened instead.
    pub fn wait<T>(
        &self,
        what: &str,
        within: Duration,
        mut found: impl FnMut() -> anyhow::Result<Option<T>>,
    ) -> anyhow::Result<T> {
        if let Some(found) = until(within, || found().transpose()) {
            return found;
        }
        let text = |event: &Event| format!("\n{event}");
        let last: String = self.history(|events| events.iter().rev().take(12).rev().map(text).collect())?;
        bail!("no {what} within {within:?}; the last events:{last}")
    }

    /// Notes that a process is dead, with what the group has committed by then: what it had in flight beyond may be repeated.
    pub fn note_death(&self, pid: i32) -> anyhow::Result<BTreeMap<i32, i64>> {
        self.wait("death", PATIENCE, || Ok(is_dead(pid).then_some(())))?;
        let committed = self.committed()?;
        self.journal.tell(&Event::Gone { pid, committed: committed.clone() })?;
        Ok(committed)
    }

    /// The group's progress; nothing while a transaction that a dead process left open holds it.
    pub fn committed(&self) -> anyhow::Result<BTreeMap<i32, i64>> {
        let entries = match self.admin.committed(self.case, &self.topic(), STABLE) {
            // Unstable to the end, or no time was left for the last answer.
            Err(error)
                if ["unstable offsets", "answered within"].iter().any(|text| error.to_string().contains(text)) =>
            {
                return Ok(BTreeMap::new());
            }
            entries => entries?,
        };
        Ok(entries.into_iter().filter_map(|entry| Some((entry.partition, entry.offset?))).collect())
    }

    /// What the brokers have.
    pub fn produced(&self) -> anyhow::Result<Produced> {
        let ranges = self.admin.ranges(&self.topic(), PATIENCE)?;
        Ok(ranges.into_iter().map(|range| (range.partition, range.earliest..range.latest)).collect())
    }

    /// Waits until everything that the brokers have was handled.
    pub fn wait_for_all(&self, within: Duration) -> anyhow::Result<()> {
        let wanted: i64 = self.produced()?.values().map(|offsets| offsets.end - offsets.start).sum();
        let end = self.wait("end of the work", within, || Ok((self.handled()? as i64 >= wanted).then_some(())));
        end.or_else(|error| Err(error.context(self.verdict()?)))
    }

    /// Judges what happened; everything produced must have been handled.
    pub fn verdict(&self) -> anyhow::Result<Verdict> {
        let produced = self.produced()?;
        self.history(|events| judge(&produced, events))
    }

    /// Waits until the group has committed everything that was produced.
    pub fn wait_for_commits(&self, within: Duration) -> anyhow::Result<()> {
        let is_done = || {
            let (produced, committed) = (self.produced()?, self.committed()?);
            let behind = produced
                .iter()
                .any(|(partition, offsets)| !offsets.is_empty() && committed.get(partition) != Some(&offsets.end));
            Ok((!behind).then_some(()))
        };
        self.wait("commit of everything", within, is_done)
    }

    /// Expects that the group has committed everything that was produced, as it must have after an orderly stop.
    pub fn all_committed(&self) -> anyhow::Result<()> {
        let (produced, committed) = (self.produced()?, self.committed()?);
        for (partition, offsets) in produced.iter().filter(|(_, offsets)| !offsets.is_empty()) {
            let found = committed.get(partition);
            ensure!(
                found == Some(&offsets.end),
                "partition {partition}: expected {} as committed, found {found:?}",
                offsets.end
            );
        }
        Ok(())
    }

    /// Expects that the group has no member, as Kafka's own program sees it.
    pub fn group_is_empty(&self) -> anyhow::Result<()> {
        let arguments = ["--bootstrap-server", &self.servers, "--describe", "--members", "--group", self.case];
        let output = cli("ConsumerGroupCommand", &arguments)?;
        let text = String::from_utf8(output.stdout).context("its output is no text")?;
        let members: Vec<&str> = text.lines().filter(|line| line.starts_with(self.case)).collect();
        ensure!(members.is_empty(), "the group still has members:\n{}", members.join("\n"));
        Ok(())
    }
}

/// The properties of a client of these brokers.
pub(super) fn properties(servers: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("bootstrap.servers".to_owned(), servers.to_owned())])
}
