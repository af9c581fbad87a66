//! The brokers of the tests: where they are, clusters of one's own, faults of single brokers, and Kafka's own programs.
//!
//! Everything goes through the program behind `cargo xtask kafka`, so that the rule whom a test may signal has one home.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;

const ADVICE: &str = "run the tests with `cargo xtask test`, or set `TEST_BOOTSTRAP_SERVERS` to the address of a Kafka";

/// The bootstrap servers every test may use. Topics and groups need names of their own: all tests share the brokers.
///
/// # Panics
///
/// When no brokers are named: a test that needs Kafka must not pass without it.
pub fn bootstrap_servers() -> String {
    match env::var("TEST_BOOTSTRAP_SERVERS") {
        Ok(servers) if !servers.is_empty() => servers,
        _ => panic!("this test needs Kafka: {ADVICE}"),
    }
}

/// A cluster of one test alone, which may do to it what it likes. It ends with this value, or with the test's process.
#[derive(Debug)]
pub struct OwnCluster {
    name: String,
    description: Description,
    holder: Child,
}

/// Where the brokers of a cluster are.
#[derive(Debug, Deserialize)]
pub struct Description {
    /// Comma-separated addresses without encryption or credentials.
    pub bootstrap_servers: String,
    /// Settings, logs and data, one folder a broker.
    pub folder: PathBuf,
    /// Ordered by id, from 1.
    pub brokers: Vec<Broker>,
}

/// One broker, all ports on 127.0.0.1.
#[derive(Debug, Deserialize)]
pub struct Broker {
    /// From 1.
    pub id: u16,
    /// No encryption, no credentials, may do everything.
    pub plaintext: u16,
    /// SASL/PLAIN without TLS (`admin`, `alice`, `bob`, each with its name as password); subject to ACLs.
    pub sasl: u16,
    /// Like `plaintext`, but its clients are sent to `proxy`.
    pub proxied: u16,
    /// Free for a proxy in front of `proxied`.
    pub proxy: u16,
}

impl OwnCluster {
    /// Starts a fresh cluster and waits until it is ready. `name` must be the test's own; `settings` are further broker settings.
    pub fn start(name: &str, brokers: u16, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let mut command = xtask(&["kafka", "--name", name, "hold", &brokers.to_string()]);
        for (key, value) in settings {
            command.args(["--set", &format!("{key}={value}")]);
        }
        let mut holder = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context(ADVICE)?;
        let mut line = String::new();
        BufReader::new(holder.stdout.take().expect("standard output is piped")).read_line(&mut line)?;
        if line.is_empty() {
            bail!("cluster `{name}` did not start ({}): its error is above", holder.wait()?);
        }
        let description = serde_json::from_str(&line).with_context(|| format!("expected a cluster, found `{line}`"))?;
        Ok(Self { name: name.to_owned(), description, holder })
    }

    /// Where its brokers are.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Kills a broker (SIGKILL) and waits for its end.
    pub fn kill(&self, broker: u16) -> anyhow::Result<()> {
        self.change("kill", broker)
    }

    /// Freezes a broker (SIGSTOP): connections stay open, nothing answers.
    pub fn pause(&self, broker: u16) -> anyhow::Result<()> {
        self.change("pause", broker)
    }

    /// Ends a pause.
    pub fn resume(&self, broker: u16) -> anyhow::Result<()> {
        self.change("resume", broker)
    }

    /// Gives a broker a new process, whether it runs or was killed, and waits until it is ready.
    pub fn restart(&self, broker: u16) -> anyhow::Result<()> {
        self.change("restart", broker)
    }

    fn change(&self, verb: &str, broker: u16) -> anyhow::Result<()> {
        let output = xtask(&["kafka", "--name", &self.name, verb, &broker.to_string()]).output().context(ADVICE)?;
        let words = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "cannot {verb} broker {broker} of `{}`: {}", self.name, words.trim());
        Ok(())
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        // The holder's own waits are bounded.
        let _ = self.holder.wait();
    }
}

/// Runs one of Kafka's own programs (`TopicCommand`, `ConsoleConsumer`, ..): a judge that shares no code with what is tested.
pub fn cli(class: &str, arguments: &[&str]) -> anyhow::Result<Output> {
    let output = xtask(&["kafka", "cli", class]).args(arguments).stdin(Stdio::null()).output().context(ADVICE)?;
    let words = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{class}` ended with {}: {}", output.status, words.trim());
    Ok(output)
}

/// The program named by `cargo xtask test`, else cargo's alias for it.
fn xtask(arguments: &[&str]) -> Command {
    let mut command = if let Some(program) = env::var_os("KARAFKA_XTASK") {
        Command::new(program)
    } else {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.arg("xtask");
        cargo
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is a folder of the workspace");
    command.current_dir(root).args(arguments);
    command
}
