//! `cargo xtask kafka ..`: the words of the command line and what each prints.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::cluster::{Cluster, Condition, home};
use super::hold;
use super::java::{Java, full_class_name};
use super::ports::Ports;
use super::state::State;

/// A real Apache Kafka on loopback, for tests.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Which cluster; each has a folder `target/kafka/NAME`
    #[arg(long, global = true, default_value = "default")]
    name: String,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Starts the brokers that do not run; prints the bootstrap servers when all are ready
    Start {
        /// How many brokers a new cluster has [default: 1]
        brokers: Option<u16>,
        /// Prints ports and folder too, as one line of JSON
        #[arg(long)]
        json: bool,
        /// A broker setting beside the usual ones (only for a new cluster)
        #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_and_value)]
        settings: Vec<(String, String)>,
    },
    /// Stops all brokers; data and ports stay
    Stop,
    /// Kills all brokers and deletes everything
    Wipe,
    /// Shows brokers, ports and whether each runs
    Status {
        /// One line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Kills one broker (SIGKILL)
    Kill { broker: u16 },
    /// Freezes one broker (SIGSTOP)
    Pause { broker: u16 },
    /// Ends the pause of one broker (SIGCONT)
    Resume { broker: u16 },
    /// Gives one broker a new process and waits until it is ready
    Restart { broker: u16 },
    /// Runs one of Kafka's own programs, such as `TopicCommand` or `ConsoleConsumer`
    Cli {
        /// A class of `org.apache.kafka.tools`, or a full name
        class: String,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Starts a fresh cluster, and ends it when standard input closes: for programs that must leave nothing behind
    Hold {
        #[arg(default_value_t = 1)]
        brokers: u16,
        /// A broker setting beside the usual ones
        #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_and_value)]
        settings: Vec<(String, String)>,
    },
}

/// What other programs need to know about a cluster.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Summary {
    pub(crate) bootstrap_servers: String,
    pub(crate) folder: PathBuf,
    pub(crate) brokers: Vec<BrokerSummary>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BrokerSummary {
    id: u16,
    #[serde(flatten)]
    ports: Ports,
}

impl Summary {
    pub(crate) fn new(cluster: &Cluster, state: &State) -> Self {
        let brokers = state.brokers.iter().map(|broker| BrokerSummary { id: broker.id, ports: broker.ports.clone() });
        Self {
            bootstrap_servers: state.bootstrap_servers(),
            folder: cluster.folder().to_owned(),
            brokers: brokers.collect(),
        }
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("numbers and strings become JSON")
    }
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let cluster = Cluster::named(&self.name)?;
        match self.verb {
            Verb::Start { brokers, json, settings } => {
                let state = cluster.start(brokers, settings)?;
                let summary = Summary::new(&cluster, &state);
                println!("{}", if json { summary.to_json() } else { summary.bootstrap_servers });
                Ok(())
            }
            Verb::Stop => cluster.stop(),
            Verb::Wipe => cluster.wipe(),
            Verb::Status { json } => status(&cluster, json),
            Verb::Kill { broker } => cluster.kill(broker),
            Verb::Pause { broker } => cluster.pause(broker),
            Verb::Resume { broker } => cluster.resume(broker),
            Verb::Restart { broker } => cluster.restart(broker),
            Verb::Cli { class, arguments } => run_class(&class, &arguments),
            Verb::Hold { brokers, settings } => hold::serve(&self.name, brokers, settings),
        }
    }
}

fn status(cluster: &Cluster, json: bool) -> anyhow::Result<()> {
    let (state, conditions) = cluster.status()?;
    if json {
        let mut value = serde_json::to_value(Summary::new(cluster, &state))?;
        value["conditions"] = serde_json::to_value(&conditions)?;
        println!("{value}");
        return Ok(());
    }
    for (broker, condition) in state.brokers.iter().zip(conditions) {
        let condition = match condition {
            Condition::Running => "running",
            Condition::Paused => "paused",
            Condition::Down => "down",
        };
        let Ports { plaintext, sasl, proxied, proxy, .. } = &broker.ports;
        println!(
            "broker {}: {condition}, plaintext 127.0.0.1:{plaintext}, sasl 127.0.0.1:{sasl}, \
             proxied 127.0.0.1:{proxied} behind 127.0.0.1:{proxy}",
            broker.id
        );
    }
    println!("{}", state.bootstrap_servers());
    Ok(())
}

/// Becomes the program, so that its exit code and its signals are the caller's.
fn run_class(class: &str, arguments: &[String]) -> anyhow::Result<()> {
    let java = Java::find(&home())?;
    let mut command = java.command(&full_class_name(class), &["-Dlog4j2.level=error"]);
    Err(command.args(arguments).exec()).context("cannot run Java")
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(key, _)| !key.is_empty());
    let (key, value) = pair.ok_or_else(|| format!("expected `key=value`, found `{text}`"))?;
    Ok((key.to_owned(), value.to_owned()))
}
