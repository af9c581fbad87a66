//! How a broker comes to life: its files, its formatted data folder, its process. Whom it may share the machine with is decided
//! elsewhere.

use std::fs::{self, OpenOptions};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use anyhow::{Context as _, ensure};

use super::java::Java;
use super::properties;
use super::state::{State, write_whole};

/// Heap for tests: small, and bounded.
const JVM_OPTIONS: [&str; 3] = ["-Xms128m", "-Xmx768m", "-XX:+UseG1GC"];
/// What a broker prints, and what it logs, in its folder.
const OUTPUTS: [&str; 2] = ["out.log", "broker.log"];
/// How many lines of each are worth showing.
const LAST_WORDS: usize = 12;

/// Writes the settings of every broker, and formats the data folders that are new (all at once: a Java start each).
pub(super) fn configure(java: &Java, state: &State, folder_of: impl Fn(u16) -> PathBuf) -> anyhow::Result<()> {
    let mut formats = Vec::new();
    for broker in &state.brokers {
        let folder = folder_of(broker.id);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
        let settings = folder.join("server.properties");
        write_whole(&settings, &properties::server(state, broker, &folder))?;
        write_whole(&folder.join("log4j2.properties"), &properties::log4j(&folder))?;
        if !folder.join("data/meta.properties").exists() {
            let mut command = java.command("kafka.tools.StorageTool", &["-Xmx256m"]);
            command.args(["format", "-t", &state.cluster_id, "-c"]).arg(&settings);
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            formats.push((broker.id, command.spawn().context("cannot run Java")?));
        }
    }
    for (id, format) in formats {
        let output = format.wait_with_output()?;
        let text = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "broker {id} cannot format its data folder: {}", text.trim());
    }
    Ok(())
}

/// Starts the broker whose files are in `folder`.
pub(super) fn spawn(java: &Java, folder: &Path) -> anyhow::Result<Child> {
    let log = OpenOptions::new().create(true).append(true).open(folder.join(OUTPUTS[0]))?;
    let logging = format!("-Dlog4j2.configurationFile={}", folder.join("log4j2.properties").display());
    let mut command = java.command("kafka.Kafka", &[&JVM_OPTIONS[..], &[&logging]].concat());
    command.arg(folder.join("server.properties"));
    // A process group of its own: Ctrl-C in the terminal is for the command that was typed there.
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
    Ok(command.spawn()?)
}

/// The last lines a broker wrote, and where there are more.
pub(super) fn last_words(folder: &Path) -> String {
    let mut words = String::new();
    for output in OUTPUTS {
        let text = fs::read_to_string(folder.join(output)).unwrap_or_default();
        // The frames of a backtrace say less than the line above them.
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("\tat ")).collect();
        for line in &lines[lines.len().saturating_sub(LAST_WORDS)..] {
            words.push_str(line);
            words.push('\n');
        }
    }
    words + &format!("(more in `{}`)", folder.display())
}
