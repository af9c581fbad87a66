//! The example `quickstart` as a user runs it: its books, its end, and what it says when something is wrong.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use karafka_tests::kafka::{OwnCluster, bootstrap_servers};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use tempfile::TempDir;

const BALANCED: &str = "27,004 in = 26,398 processed + 606 dead-lettered + 0 skipped + 0 pending";
const SERVERS: &str = "KARAFKA_BOOTSTRAP_SERVERS";
/// A whole tour, on a machine that is busy with other tests. Its own waits end before.
const PATIENCE: Duration = Duration::from_mins(5);
/// Nothing of a tour may be left this long after its end.
const GONE_WITHIN: Duration = Duration::from_secs(5);
/// Marks the processes of a tour.
const MARK: &str = "QUICKSTART_TEST_RUN";

/// Every tour has topics of its own, but they share a consumer group, and the machine.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A running tour. Dropping it kills what is left of it.
struct Tour {
    child: Child,
    mark: String,
    output: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Tour {
    fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start_program(&program(), None, arguments, environment)
    }

    fn start_program(program: &Path, user: Option<u32>, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let output = tempfile::tempdir().unwrap();
        let mark = output.path().display().to_string();
        let file = |name: &str| File::create(output.path().join(name)).unwrap();
        let mut command = Command::new(program);
        // The configuration of whoever runs the tests is not theirs.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KARAFKA_")) {
            command.env_remove(name);
        }
        command.args(arguments).envs(environment.iter().copied()).env(MARK, &mark);
        command.stdin(Stdio::null()).stdout(file("out")).stderr(file("err")).current_dir(output.path());
        if let Some(user) = user {
            command.uid(user).gid(user);
        }
        Self { child: command.spawn().unwrap(), mark, output, _turn: turn }
    }

    /// Standard output so far.
    fn out(&self) -> String {
        fs::read_to_string(self.output.path().join("out")).unwrap()
    }

    /// Standard error output so far.
    fn err(&self) -> String {
        fs::read_to_string(self.output.path().join("err")).unwrap()
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id() as i32), signal).unwrap();
    }

    fn wait_until(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(Instant::now() < deadline, "{what}: not within {PATIENCE:?}\n{}\n{}", self.out(), self.err());
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn wait_for_text(&mut self, text: &str) {
        self.wait_until(text, |tour| {
            let ended = tour.child.try_wait().unwrap();
            assert!(ended.is_none(), "ended without `{text}`:\n{}\n{}", tour.out(), tour.err());
            tour.err().contains(text)
        });
    }

    fn exit(&mut self) -> ExitStatus {
        let mut status = None;
        self.wait_until("the end of the tour", |tour| {
            status = tour.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// Waits for the end, which must have this exit code and leave nothing behind.
    fn ends_with(&mut self, code: i32) {
        let status = self.exit();
        assert_eq!(status.code(), Some(code), "{}\n{}", self.out(), self.err());
        self.leaves_nothing();
    }

    fn leaves_nothing(&self) {
        let deadline = Instant::now() + GONE_WITHIN;
        while !self.processes().is_empty() {
            assert!(Instant::now() < deadline, "left after {GONE_WITHIN:?}: {:?}", self.processes());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Processes that carry our mark.
    fn processes(&self) -> Vec<i32> {
        let mark = format!("{MARK}={}", self.mark);
        let carries = |pid: &i32| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|&byte| byte == 0).any(|entry| entry == mark.as_bytes())
        };
        let entries = fs::read_dir("/proc").unwrap();
        entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).filter(carries).collect()
    }
}

impl Drop for Tour {
    fn drop(&mut self) {
        for pid in self.processes() {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        let _ = self.child.wait();
    }
}

/// The example beside this test program: `cargo xtask test` and `cargo test --workspace` build both.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(2).unwrap().join("examples/quickstart");
    assert!(path.exists(), "expected `{}`: build it with `cargo build -p karafka-examples --examples`", path.display());
    path
}

fn last_line(text: &str) -> &str {
    text.trim_end().lines().last().unwrap_or_default()
}

#[test]
fn the_books_balance_on_kafka() {
    let mut tour = Tour::start(&[], &[(SERVERS, &bootstrap_servers())]);
    tour.ends_with(0);
    let out = tour.out();
    assert_eq!(last_line(&out), BALANCED, "{out}\n{}", tour.err());
    // Of all flights; the shares come from the table that was loaded before the fork.
    assert!(out.contains("all                            26,398     +6.1 min        84.1 %"), "{out}");
}

#[test]
fn the_books_balance_without_a_kafka() {
    let mut tour = Tour::start(&[], &[]);
    tour.ends_with(0);
    assert_eq!(last_line(&tour.out()), BALANCED, "{}", tour.err());
}

#[test]
fn a_record_that_gets_lost_is_an_error() {
    let mut tour = Tour::start(&["--lose-one"], &[(SERVERS, &bootstrap_servers())]);
    tour.ends_with(1);
    // The record is a flight with a delay or one without.
    let lines = [
        "27,004 in ≠ 26,397 processed + 606 dead-lettered + 0 skipped + 0 pending",
        "27,004 in ≠ 26,398 processed + 605 dead-lettered + 0 skipped + 0 pending",
    ];
    assert!(lines.contains(&last_line(&tour.out())), "{}", tour.out());
    let sentence = last_line(&tour.err()).to_owned();
    assert!(sentence.starts_with("error: the books do not balance: 1 record got lost; "), "{sentence}");
    assert!(sentence.ends_with(".flights[0]@0"), "{sentence}");
}

#[test]
fn an_interrupted_tour_leaves_nothing_behind() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let mut tour = Tour::start(&[], &[(SERVERS, &bootstrap_servers())]);
        tour.wait_for_text("publishing");
        // The tour, the supervisor, two nodes.
        tour.wait_until("a swarm at work", |tour| tour.processes().len() >= 4);
        tour.signal(signal);
        tour.ends_with(130);
        assert!(tour.err().contains("interrupted"), "{}", tour.err());
    }
}

#[test]
fn a_killed_tour_leaves_nothing_behind() {
    let mut tour = Tour::start(&["--serve"], &[]);
    // The tour, the embedded broker, the supervisor, two nodes.
    tour.wait_until("a swarm at work", |tour| tour.processes().len() >= 5);
    tour.signal(Signal::SIGKILL);
    assert_eq!(tour.exit().code(), None);
    tour.leaves_nothing();
}

#[test]
fn serving_goes_on_until_it_is_asked_to_stop_and_balances_then() {
    let mut tour = Tour::start(&["--serve"], &[]);
    tour.wait_for_text("Serving");
    assert!(tour.out().contains(BALANCED), "{}", tour.out());
    tour.wait_for_text(" pending\n");
    tour.signal(Signal::SIGINT);
    tour.ends_with(0);
    let books = last_line(&tour.out()).to_owned();
    let (came_in, rest) = books.split_once(" in = ").unwrap_or_else(|| panic!("{books}\n{}", tour.err()));
    assert!(came_in.replace(',', "").parse::<u32>().unwrap() > 27_004, "{books}");
    assert!(rest.ends_with(" + 0 skipped + 0 pending"), "{books}");
}

#[test]
fn a_cluster_with_logins_takes_the_right_password_and_no_other() {
    let cluster = OwnCluster::start("it-quickstart", 1, &[]).unwrap();
    let servers = format!("127.0.0.1:{}", cluster.description().brokers[0].sasl);
    let login = |password| {
        [
            (SERVERS, servers.as_str()),
            ("KARAFKA_KAFKA__SECURITY_PROTOCOL", "sasl_plaintext"),
            ("KARAFKA_KAFKA__SASL_MECHANISM", "PLAIN"),
            ("KARAFKA_KAFKA__SASL_USERNAME", "admin"),
            ("KARAFKA_KAFKA__SASL_PASSWORD", password),
        ]
    };
    let mut tour = Tour::start(&[], &login("admin"));
    tour.ends_with(0);
    assert_eq!(last_line(&tour.out()), BALANCED);
    drop(tour);

    let mut tour = Tour::start(&[], &login("a-wrong-one"));
    tour.ends_with(1);
    let err = tour.err();
    assert!(last_line(&err).contains("refused the login"), "{err}");
    assert!(!err.contains("a-wrong-one") && !err.contains("panicked"), "{err}");
}

#[test]
fn what_is_wrong_is_said_in_a_sentence() {
    let check = |environment: &[(&str, &str)], arguments: &[&str], sentence: &str| {
        let mut tour = Tour::start(arguments, environment);
        tour.ends_with(1);
        let err = tour.err();
        assert!(err.contains(sentence), "expected `{sentence}`, found:\n{err}");
        assert!(!err.contains("panicked"), "{err}");
    };
    check(&[(SERVERS, "127.0.0.1:1")], &[], "no Kafka broker at `127.0.0.1:1` answered within");
    check(&[("KARAFKA_KAFKA__BOOTSTRAP_SERVRES", "x:1")], &[], "did you mean `bootstrap.servers`?");
    check(&[("QUICKSTART_DATA", "missing")], &[], "cannot read the data file `missing/flights-2013-01.csv`");
    check(&[], &["--serve", "--quickly"], "expected `--serve` or `--help`, found `--quickly`");
}

#[test]
fn a_data_file_that_may_not_be_read_is_said_in_a_sentence() {
    /// "nobody" on Linux. Root may read everything, so the tour runs as somebody else then.
    const NOBODY: u32 = 65_534;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data");
    for name in ["flights-2013-01.csv", "planes.csv", "airlines.csv"] {
        fs::copy(data.join(name), path(name)).unwrap();
        fs::set_permissions(path(name), Permissions::from_mode(0o644)).unwrap();
    }
    fs::copy(program(), path("quickstart")).unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let user = geteuid().is_root().then_some(NOBODY);
    for name in ["planes.csv", "flights-2013-01.csv"] {
        fs::set_permissions(path(name), Permissions::from_mode(0o000)).unwrap();
        let environment = [("QUICKSTART_DATA", folder.path().to_str().unwrap())];
        let mut tour = Tour::start_program(&path("quickstart"), user, &[], &environment);
        tour.ends_with(1);
        let sentence = format!("cannot read the data file `{}`", path(name).display());
        assert!(tour.err().contains(&sentence) && tour.err().contains("denied"), "{}", tour.err());
        assert!(!tour.err().contains("panicked"), "{}", tour.err());
    }
}
