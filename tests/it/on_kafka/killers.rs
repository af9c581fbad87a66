//! Records that end their process: found, tried alone, and put away; their neighbours untouched.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use karafka_tests::faults::program::{Program, send, until};
use karafka_tests::kafka::bootstrap_servers;
use nix::sys::signal::Signal;
use tempfile::TempDir;

use super::records::topics::{Kept, Topics};
use crate::cgroup::Group;

/// For three deaths, each noticed by the group within seconds.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);
const PARTITIONS: i32 = 2;

pub(super) struct Run {
    pub(super) topics: Topics,
    folder: TempDir,
    pub(super) program: Program,
    block: String,
}

impl Run {
    /// Topics with `records` (per partition) and a swarm of two nodes that reads them.
    pub(super) fn start(block: &str, records: &[Vec<&str>], settings: &[(&str, &str)], group: Option<&Group>) -> Self {
        let topics = Topics::new(&bootstrap_servers(), &format!("killers-{block}"));
        topics.create("in", records.len() as i32);
        topics.create("dead", PARTITIONS);
        for (partition, payloads) in records.iter().enumerate() {
            topics.send_all("in", partition as i32, payloads);
        }
        let folder = tempfile::tempdir().unwrap();
        let variables = variables(&topics, folder.path(), block, settings);
        let variables: Vec<(&str, &OsStr)> =
            variables.iter().map(|(name, value)| (name.as_str(), value.as_ref())).collect();
        let fixture = env!("CARGO_BIN_EXE_killers_fixture");
        let program = match group {
            Some(group) => {
                let enter = group.enter();
                Program::start(Path::new("sh"), &["-c", &enter, fixture, "swarm"], &variables, folder.path())
            }
            None => Program::start(Path::new(fixture), &["swarm"], &variables, folder.path()),
        };
        Self { topics, folder, program: program.unwrap(), block: block.to_owned() }
    }

    /// Runs an operator's command beside the swarm; what it prints.
    pub(super) fn operate(&self, words: &[&str]) -> String {
        let variables = variables(&self.topics, self.folder.path(), &self.block, &[]);
        let mut command = Command::new(env!("CARGO_BIN_EXE_killers_fixture"));
        let output = command.args(words).envs(variables).env("RUNTIME_DIRECTORY", self.folder.path()).output().unwrap();
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat()
    }

    /// The same swarm once more, on what the first one has left.
    fn program_again(&self) -> Program {
        let variables = variables(&self.topics, self.folder.path(), &self.block, &[]);
        let variables: Vec<(&str, &OsStr)> =
            variables.iter().map(|(name, value)| (name.as_str(), value.as_ref())).collect();
        let fixture = Path::new(env!("CARGO_BIN_EXE_killers_fixture"));
        Program::start(fixture, &["swarm"], &variables, self.folder.path()).unwrap()
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    /// How often each record was handled to its end, by partition and offset.
    pub(super) fn handled(&self) -> BTreeMap<(i32, i64), usize> {
        let text = fs::read_to_string(self.journal()).unwrap_or_default();
        let mut handled = BTreeMap::new();
        for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            let mut words = line.split_ascii_whitespace().map(|word| word.parse::<i64>().unwrap());
            let at = (words.next().unwrap() as i32, words.next().unwrap());
            *handled.entry(at).or_default() += 1;
        }
        handled
    }

    /// Waits until so many records were handled, or fails with the log.
    pub(super) fn wait_handled(&self, count: usize) {
        let done = until(PATIENCE, || (self.handled().len() >= count).then_some(()));
        assert!(done.is_some(), "{} of {count} records were handled\n{}", self.handled().len(), self.program.log());
    }

    pub(super) fn dead(&self) -> Vec<Kept> {
        self.topics.read("dead")
    }

    pub(super) fn count(&self, text: &str) -> usize {
        self.program.log().matches(text).count()
    }
}

fn variables(topics: &Topics, folder: &Path, block: &str, settings: &[(&str, &str)]) -> Vec<(String, OsString)> {
    let journal = folder.join("journal");
    let own: [(&str, &OsStr); 8] = [
        ("KILLERS_BLOCK", block.as_ref()),
        ("KILLERS_JOURNAL", journal.as_ref()),
        ("KARAFKA_BOOTSTRAP_SERVERS", topics.servers.as_ref()),
        ("KARAFKA_APPLICATION__TOPIC_PREFIX", topics.prefix.as_ref()),
        ("KARAFKA_SWARM__NODES", "2".as_ref()),
        ("KARAFKA_SWARM__SHUTDOWN_TIMEOUT", "1s".as_ref()),
        ("KARAFKA_SWARM__RESTART_BACKOFF", "20ms".as_ref()),
        ("RUST_BACKTRACE", "0".as_ref()),
    ];
    let settings = settings.iter().map(|(name, value)| (*name, OsStr::new(*value)));
    own.into_iter().chain(settings).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// 40 records in each partition, among them one that does this.
fn with_killer(how: &'static str) -> Vec<Vec<&'static str>> {
    let mut records = vec![vec!["ok"; 40]; PARTITIONS as usize];
    records[0][20] = how;
    records
}

/// The killer is dead-lettered after three deaths, two of them alone; everything else is handled, and nothing else accused at the end.
fn check(block: &str, how: &'static str, settings: &[(&str, &str)], group: Option<&Group>) {
    let mut run = Run::start(block, &with_killer(how), settings, group);
    run.wait_handled(79);
    let dead = until(PATIENCE, || Some(run.dead()).filter(|dead| !dead.is_empty())).unwrap_or_default();
    run.program.stop().unwrap();
    let log = run.program.log();
    assert_eq!(dead.len(), 1, "{log}");
    assert_eq!(dead[0].payload.as_deref(), Some(how.as_bytes()));
    let header = |name: &str| {
        let (_, value) = dead[0].headers.iter().find(|(header, _)| header == name).unwrap();
        String::from_utf8(value.clone().unwrap()).unwrap()
    };
    assert!(header("karafka-error").starts_with("killed the process: "), "{}", header("karafka-error"));
    assert_eq!(header("karafka-source-offset"), "20");
    assert_eq!(run.dead().len(), 1, "{log}");
    let handled = run.handled();
    assert!(
        (0..PARTITIONS).all(|partition| (0..40)
            .all(|offset| { handled.contains_key(&(partition, offset)) != ((partition, offset) == (0, 20)) })),
        "{handled:?}\n{log}"
    );
    assert_eq!(run.count("convicted: "), 1, "{log}");
    assert!(log.contains(&format!("convicted: {}/0 offset 20 ended 2 processes", run.topics.name("in"))), "{log}");
}

#[test]
fn a_wild_pointer_is_convicted() {
    check("fault", "fault", &[], None);
}

#[test]
fn an_abort_is_convicted() {
    check("abort", "abort", &[], None);
}

#[test]
fn an_illegal_instruction_is_convicted() {
    check("ill", "ill", &[], None);
}

#[test]
fn a_stack_overflow_is_convicted() {
    check("overflow", "overflow", &[], None);
}

#[test]
fn an_exit_in_a_handler_is_convicted() {
    check("exit", "exit", &[], None);
}

#[test]
fn an_endless_loop_is_convicted() {
    check("endless", "loop", &[], None);
}

#[test]
fn an_allocation_without_end_is_convicted_when_the_control_group_kills() {
    let Some(group) = Group::with("eat", 384) else {
        println!("skipped: this machine gives us no control group for memory");
        return;
    };
    check("eat", "eat", &[("KARAFKA_SWARM__MEMORY_LIMIT", "off")], Some(&group));
}

#[test]
fn in_a_batch_only_the_killer_is_dead_lettered() {
    check("batch_dead", "abort", &[], None);
}

#[test]
fn in_a_batch_the_killer_is_found_by_trying_one_by_one_and_held_without_a_dead_letter_queue() {
    let mut run = Run::start("batch", &with_killer("fault"), &[], None);
    // Offsets 0 to 19 of the killer's partition, and all of the other.
    run.wait_handled(60);
    run.program.says("the partition waits, because its route has no `dead_letter_queue`").unwrap();
    let handled = run.handled();
    let before: Vec<i64> = handled.keys().filter(|(partition, _)| *partition == 0).map(|(_, offset)| *offset).collect();
    assert_eq!(before, (0..20).collect::<Vec<i64>>(), "{}", run.program.log());
    assert_eq!(run.count("convicted: "), 1, "{}", run.program.log());
    run.program.stop().unwrap();
}

#[test]
fn suspects_outlive_their_supervisor_and_no_process_dies_of_a_convict_again() {
    let mut run = Run::start("held", &with_killer("fault"), &[], None);
    run.program.says("the partition waits, because its route has no `dead_letter_queue`").unwrap();
    run.program.stop().unwrap();
    let deaths = run.count("ended (SIGSEGV");
    assert_eq!(deaths, 3, "{}", run.program.log());
    let mut again = run.program_again();
    again.says("still suspected: ").unwrap();
    again.says("the partition waits, because its route has no `dead_letter_queue`").unwrap();
    let deaths = run.operate(&["ctl", "deaths"]);
    assert_eq!(deaths.matches("ended (SIGSEGV").count(), 3, "those of the supervisor before: {deaths}");
    again.stop().unwrap();
    assert!(!again.log().contains("ended (SIGSEGV"), "{}", again.log());
}

#[test]
fn kills_from_outside_suspect_nobody() {
    const KILLS: usize = 100;
    let records = vec![vec!["slow"; 2_000]; PARTITIONS as usize];
    let mut run = Run::start("outside", &records, &[("KARAFKA_SWARM__RESTART_BACKOFF_MAX", "20ms")], None);
    let mut killed = 0;
    while killed < KILLS {
        let supervisor = run.program.pid();
        let nodes = until(PATIENCE, || run.program.processes().into_iter().find(|&pid| pid != supervisor));
        send(nodes.expect("a node"), Signal::SIGKILL).unwrap();
        killed += 1;
        let told = until(PATIENCE, || {
            (run.count("ended by a signal that the supervisor did not send") >= killed).then_some(())
        });
        assert!(told.is_some(), "{}", run.program.log());
    }
    run.wait_handled(4_000);
    run.program.stop().unwrap();
    assert_eq!((run.count("suspected"), run.dead().len()), (0, 0), "{}", run.program.log());
}

#[test]
fn a_leak_is_recycled_at_the_limit_and_nothing_is_lost_repeated_or_dead_lettered() {
    let records = vec![vec!["leak"; 300]; PARTITIONS as usize];
    let mut run = Run::start("leak", &records, &[("KARAFKA_SWARM__MEMORY_LIMIT", "64MiB")], None);
    run.wait_handled(600);
    run.program.stop().unwrap();
    let (handled, log) = (run.handled(), run.program.log());
    assert!(handled.values().all(|&times| times == 1), "{handled:?}\n{log}");
    assert_eq!((handled.len(), run.dead().len()), (600, 0), "{log}");
    assert!(run.count("planned recycle, private memory") >= 3, "{log}");
    for wrong in ["killed by the kernel", "far above its memory limit", "suspected", "stopped by force"] {
        assert_eq!(run.count(wrong), 0, "{wrong}\n{log}");
    }
}
