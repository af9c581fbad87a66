//! What a cluster remembers between commands: its identity, brokers, ports and extra settings, in `cluster.json`.
//!
//! It is written once, at the first start, and read from then on; processes are remembered apart, one file a broker.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::ports::{self, Ports};

/// The file of a cluster's folder that holds its [`State`].
const FILE: &str = "cluster.json";

/// A cluster as it was decided at its first start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Kafka's own name of the cluster. Every cluster has another one, so that a client of a wiped cluster notices.
    pub(crate) cluster_id: String,
    /// Ordered by id, from 1.
    pub(crate) brokers: Vec<Broker>,
    /// Broker settings beside the usual ones, in the order given.
    pub(crate) settings: Vec<(String, String)>,
}

/// One broker of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Broker {
    /// From 1.
    pub(crate) id: u16,
    /// Where it listens.
    pub(crate) ports: Ports,
}

impl State {
    /// Decides a new cluster: identity and free ports.
    pub(crate) fn new(brokers: u16, settings: Vec<(String, String)>, reserved: &[Ports]) -> anyhow::Result<Self> {
        let ports = ports::pick(usize::from(brokers), reserved)?;
        let brokers = (1..=brokers).zip(ports).map(|(id, ports)| Broker { id, ports }).collect();
        Ok(Self { cluster_id: cluster_id(), brokers, settings })
    }

    /// Reads the state of the cluster in `folder`; `None` when it was never started.
    pub(crate) fn load(folder: &Path) -> anyhow::Result<Option<Self>> {
        let file = folder.join(FILE);
        if !file.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
        let state = serde_json::from_str(&text)
            .with_context(|| format!("`{}` is not the state of a cluster; `wipe` removes it", file.display()))?;
        Ok(Some(state))
    }

    /// Writes the state into `folder`, which is made when missing.
    pub(crate) fn save(&self, folder: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
        let text = serde_json::to_string_pretty(self).expect("numbers and strings become JSON");
        write_whole(&folder.join(FILE), &text)
    }

    /// The comma-separated addresses for `bootstrap.servers`.
    pub(crate) fn bootstrap_servers(&self) -> String {
        let address = |broker: &Broker| format!("127.0.0.1:{}", broker.ports.plaintext);
        self.brokers.iter().map(address).collect::<Vec<_>>().join(",")
    }
}

/// Replaces a file at once, so that no reader sees half of it.
pub(crate) fn write_whole(file: &Path, text: &str) -> anyhow::Result<()> {
    let part = file.with_extension("part");
    let replace = || {
        fs::write(&part, text)?;
        fs::rename(&part, file)
    };
    replace().with_context(|| format!("cannot write `{}`", file.display()))
}

/// The ports of every other cluster beside `folder`, whether it runs or not.
pub(crate) fn reserved_ports(folder: &Path) -> Vec<Ports> {
    let Some(siblings) = folder.parent().and_then(|parent| fs::read_dir(parent).ok()) else { return Vec::new() };
    let others = siblings.flatten().map(|entry| entry.path()).filter(|path: &PathBuf| path != folder);
    // A sibling that cannot be read reserves nothing: its owner gets the error.
    let states = others.filter_map(|path| State::load(&path).ok().flatten());
    states.flat_map(|state| state.brokers.into_iter().map(|broker| broker.ports)).collect()
}

/// Sixteen random bytes the way Kafka writes them: 22 digits of base 64. Letters and numbers only, so that it never looks like an
/// option; the last digit carries two bits.
fn cluster_id() -> String {
    let mut id: String = (0..21).map(|_| fastrand::alphanumeric()).collect();
    id.push(['A', 'Q', 'g', 'w'][fastrand::usize(0..4)]);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_is_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::new(3, vec![("a.b".into(), "c".into())], &[]).unwrap();
        state.save(folder.path()).unwrap();
        assert_eq!(State::load(folder.path()).unwrap(), Some(state));
    }

    #[test]
    fn a_cluster_that_was_never_started_has_no_state() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(State::load(folder.path()).unwrap(), None);
    }

    #[test]
    fn a_damaged_state_names_its_file_and_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "{").unwrap();
        let error = State::load(folder.path()).unwrap_err().to_string();
        assert!(error.contains("cluster.json") && error.contains("wipe"), "{error}");
    }

    #[test]
    fn ports_of_clusters_that_are_down_stay_reserved() {
        let home = tempfile::tempdir().unwrap();
        let state = State::new(2, Vec::new(), &[]).unwrap();
        state.save(&home.path().join("down")).unwrap();
        let expect: Vec<_> = state.brokers.into_iter().map(|broker| broker.ports).collect();
        assert_eq!(reserved_ports(&home.path().join("new")), expect);
        assert_eq!(reserved_ports(&home.path().join("down")), []);
    }
}
