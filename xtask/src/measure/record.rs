//! A published figure with all that is needed to measure it again: command, commit, seed, machine, brokers.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use anyhow::{Context as _, ensure};
use serde::Serialize;
use serde_json::Value;

use crate::workspace;

/// What is known before the run.
#[derive(Debug, Serialize)]
pub(crate) struct Record {
    command: String,
    /// The commit that was measured.
    commit: String,
    /// Whether the sources differed from that commit: then the figures are for oneself only.
    changed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    machine: Machine,
}

/// A record with what was found.
#[derive(Debug, Serialize)]
pub(crate) struct Measured<'r> {
    #[serde(flatten)]
    record: Record,
    kafka: &'r str,
    figures: &'r Value,
}

#[derive(Debug, Serialize)]
struct Machine {
    processor: String,
    /// What this process may use.
    cores: usize,
    memory_mib: u64,
    kernel: String,
    compiler: String,
}

impl Record {
    pub(crate) fn begin(command: String, seed: Option<u64>) -> anyhow::Result<Self> {
        let commit = output("git", &["rev-parse", "HEAD"])?;
        // Results do not change what is measured.
        let sources = ["status", "--porcelain", "--", ":!benches/results", ":!tests/results"];
        let changed = !output("git", &sources)?.is_empty();
        Ok(Self { command, commit, changed, seed, machine: Machine::this()? })
    }

    pub(crate) fn end<'r>(self, kafka: &'r str, figures: &'r Value) -> Measured<'r> {
        Measured { record: self, kafka, figures }
    }
}

impl Measured<'_> {
    pub(crate) fn save(&self, file: &Path) -> anyhow::Result<()> {
        let folder = file.parent().context("results lie in a folder")?;
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
        let text = serde_json::to_string_pretty(self).context("the figures are no JSON")?;
        fs::write(file, text + "\n").with_context(|| format!("cannot write `{}`", file.display()))
    }
}

impl Machine {
    fn this() -> anyhow::Result<Self> {
        let read = |file: &str| fs::read_to_string(file).with_context(|| format!("cannot read `{file}`"));
        let memory_kib: u64 = value(&read("/proc/meminfo")?, "MemTotal").trim_end_matches(" kB").parse().unwrap_or(0);
        Ok(Self {
            processor: value(&read("/proc/cpuinfo")?, "model name").to_owned(),
            cores: thread::available_parallelism().context("cannot count the cores")?.get(),
            memory_mib: memory_kib / 1024,
            kernel: read("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            compiler: output("rustc", &["--version"])?,
        })
    }
}

/// The value of the first line `key : value`; "unknown" when there is none.
fn value<'t>(text: &'t str, key: &str) -> &'t str {
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.trim(), value.trim())).find(|(name, _)| *name == key).map_or("unknown", |(_, v)| v)
}

fn output(program: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(program).args(arguments).current_dir(workspace::root()).output();
    let output = output.with_context(|| format!("cannot run `{program}`"))?;
    ensure!(
        output.status.success(),
        "`{program} {}`: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_key() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nMemTotal:        16 kB\nmodel name : other";
        let check = |key: &str, expect: &str| assert_eq!(value(text, key), expect);
        check("model name", "Some CPU @ 2 GHz");
        check("MemTotal", "16 kB");
        check("flags", "unknown");
    }

    #[test]
    fn a_record_says_how_to_measure_again() {
        let record = Record::begin("cargo xtask soak kills".into(), Some(7)).unwrap();
        let measured = serde_json::to_value(record.end("a Kafka", &serde_json::json!({ "kills": 3 }))).unwrap();
        assert_eq!(measured["command"], "cargo xtask soak kills");
        assert_eq!(measured["seed"], 7);
        assert_eq!(measured["figures"]["kills"], 3);
        assert_eq!(measured["commit"].as_str().unwrap().len(), 40);
        assert!(measured["machine"]["cores"].as_u64().unwrap() > 0);
    }
}
