//! The examples as a reader runs them: on the embedded broker with untouched defaults, and on a real Kafka. Each shows within
//! seconds what its header promises, and ends in order.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use karafka_rt::admin::{Admin, NewTopic};
use karafka_tests::kafka::bootstrap_servers;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

const LONG: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(50);

/// An example, the topics it declares with their partitions, and what its log shows.
struct Case {
    name: &'static str,
    arguments: &'static [&'static str],
    topics: &'static [(&'static str, i32)],
    words: &'static [&'static str],
}

const CASES: [Case; 11] = [
    Case { name: "hello", arguments: &["server"], topics: &[("greetings", 2)], words: &["hello, number 2"] },
    Case { name: "batches", arguments: &[], topics: &[("readings", 1), ("inserts", 1)], words: &["inserted"] },
    Case {
        name: "manual_offsets",
        arguments: &[],
        topics: &[("order-lines", 1), ("totals", 1)],
        words: &["an order is complete", "order=2 cents=2249"],
    },
    Case {
        name: "dead_letters",
        arguments: &[],
        topics: &[("invoices", 1), ("invoices.dead", 1)],
        words: &["booked=1", "the tax office does not answer", "an invoice has lines", "given up"],
    },
    Case { name: "ticks", arguments: &[], topics: &[("views", 1), ("counts", 1)], words: &["written", "nothing new"] },
    Case {
        name: "pause_and_seek",
        arguments: &[],
        topics: &[("orders", 2), ("reports", 1)],
        words: &["two seconds of rest", "from the beginning"],
    },
    Case {
        name: "pipeline",
        arguments: &[],
        topics: &[("camera", 1), ("camera.dead", 1), ("speeding", 1), ("letters", 1)],
        words: &["a letter is on its way", "expected `plate;speed`, found `what?`"],
    },
    Case {
        name: "shared_state",
        arguments: &[],
        topics: &[("prices", 4), ("euros", 1)],
        words: &["loading the rates", "node=0 partition", "node=1 partition"],
    },
    Case { name: "multiplexing", arguments: &[], topics: &[("clicks", 4)], words: &["clicks=2"] },
    Case {
        name: "several_blocks",
        arguments: &[],
        topics: &[("orders", 1), ("paid", 1)],
        words: &["charged", "shipped=2"],
    },
    Case {
        name: "testing_a_consumer",
        arguments: &["server"],
        topics: &[("payments", 1), ("payments.dead", 1), ("receipts", 1)],
        words: &["paid"],
    },
];

/// On a real Kafka only.
const TRANSACTIONS: Case = Case {
    name: "transactions",
    arguments: &[],
    topics: &[("transfers", 1), ("entries", 1)],
    words: &["posted", "a transfer goes somewhere"],
};

/// A running example, killed on drop.
struct Running {
    child: Child,
    folder: TempDir,
}

impl Running {
    fn start(case: &Case, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let mut command = Command::new(program(case.name));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KARAFKA_")) {
            command.env_remove(name);
        }
        command.args(case.arguments).envs(environment.iter().copied()).current_dir(folder.path());
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        Self { child: command.spawn().unwrap(), folder }
    }

    fn log(&self) -> String {
        let bytes = fs::read(self.folder.path().join("log")).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits until the log shows all of it, and ends the program.
    fn shows(mut self, name: &str, words: &[&str]) {
        let deadline = Instant::now() + LONG;
        while !words.iter().all(|word| self.log().contains(word)) {
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none() && Instant::now() < deadline,
                "{name}: {ended:?}, expected {words:?}\n{}",
                self.log()
            );
            std::thread::sleep(LOOK);
        }
        kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGTERM).unwrap();
        assert_eq!(self.ends(), Some(0), "{name}\n{}", self.log());
    }

    fn ends(&mut self) -> Option<i32> {
        let deadline = Instant::now() + LONG;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "it did not end\n{}", self.log());
            std::thread::sleep(LOOK);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(2).unwrap().join("examples").join(name);
    assert!(path.exists(), "expected `{}`: build it with `cargo build -p karafka-examples --examples`", path.display());
    path
}

#[test]
fn every_example_shows_its_point_on_the_embedded_broker() {
    for case in &CASES {
        Running::start(case, &[]).shows(case.name, case.words);
    }
}

#[test]
fn every_example_shows_its_point_on_kafka() {
    let servers = bootstrap_servers();
    let admin = Admin::new(&BTreeMap::from([("bootstrap.servers".to_owned(), servers.clone())])).unwrap();
    for case in CASES.iter().chain([&TRANSACTIONS]) {
        let prefix = format!("examples.{}.{}.", case.name, std::process::id());
        let topics: Vec<NewTopic> = case
            .topics
            .iter()
            .map(|(topic, partitions)| NewTopic::new(format!("{prefix}{topic}"), *partitions))
            .collect();
        assert!(admin.create_topics(&topics, LONG).iter().all(Result::is_ok));
        let environment = [("KARAFKA_BOOTSTRAP_SERVERS", &*servers), ("KARAFKA_APPLICATION__TOPIC_PREFIX", &*prefix)];
        Running::start(case, &environment).shows(case.name, case.words);
    }
}

#[test]
fn the_embedded_broker_says_that_it_has_no_transactions() {
    let words = ["transactions are not available: the embedded broker has none", "KARAFKA_BOOTSTRAP_SERVERS=host:port"];
    Running::start(&TRANSACTIONS, &[]).shows(TRANSACTIONS.name, &words);
}

#[test]
fn copy_on_write_measures_and_is_content() {
    let case = Case { name: "copy_on_write", arguments: &["--preload", "64"], topics: &[], words: &[] };
    let mut running = Running::start(&case, &[]);
    assert_eq!(running.ends(), Some(0), "{}", running.log());
}
