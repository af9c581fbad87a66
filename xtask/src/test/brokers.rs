//! The brokers that the tests run on: those that are named, else a local Kafka that ends with the tests.

use std::env;
use std::fmt;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::kafka::{Held, ensure_startable};
use crate::workspace;

/// Names the brokers to use instead of a local Kafka, and tells the tests which those are.
const SERVERS: &str = "TEST_BOOTSTRAP_SERVERS";
/// Tells the tests the state folder of a local Kafka, whose brokers they may pause and kill.
const FOLDER: &str = "KARAFKA_TEST_KAFKA";
/// Tells the tests this program, which can start further clusters for them.
const PROGRAM: &str = "KARAFKA_XTASK";
/// The name of the cluster of the tests.
const CLUSTER: &str = "test";

/// Which brokers will be used.
pub(super) enum Brokers {
    Named(String),
    Local,
}

/// Brokers that answer.
pub(super) enum Running {
    Named(String),
    Local(Held),
}

impl Brokers {
    /// Decides before the long part begins, so that missing programs are named at once.
    pub(super) fn choose() -> anyhow::Result<Self> {
        if let Some(servers) = env::var(SERVERS).ok().filter(|servers| !servers.is_empty()) {
            return Ok(Self::Named(servers));
        }
        let advice = format!("the tests need a Kafka: set `{SERVERS}` to the address of one, or let a local one start");
        ensure_startable().context(advice)?;
        Ok(Self::Local)
    }

    pub(super) fn start(self) -> anyhow::Result<Running> {
        match self {
            Self::Named(servers) => Ok(Running::Named(servers)),
            Self::Local => Ok(Running::Local(Held::start(CLUSTER, 1)?)),
        }
    }
}

impl Running {
    /// What the tests find in their environment.
    pub(super) fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        let (servers, folder) = match self {
            Self::Named(servers) => (servers, None),
            Self::Local(held) => (&held.summary().bootstrap_servers, Some(held.summary().folder.clone())),
        };
        let mut variables = vec![(SERVERS, PathBuf::from(servers)), (PROGRAM, workspace::program().to_owned())];
        variables.extend(folder.map(|folder| (FOLDER, folder)));
        variables
    }

    pub(super) fn end(self) -> anyhow::Result<()> {
        match self {
            Self::Named(_) => Ok(()),
            Self::Local(held) => held.end(),
        }
    }
}

impl fmt::Display for Running {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(servers) => write!(to, "the brokers of `{SERVERS}` ({servers})"),
            Self::Local(held) => write!(to, "a local Kafka ({})", held.summary().bootstrap_servers),
        }
    }
}
