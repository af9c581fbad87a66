//! Runs one contender in a process of its own and reads what it measured.
//!
//! A child process per run: no contender inherits another's memory, threads or warm client, and `getrusage` is its own.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};

/// What one run measured.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Run {
    /// Records that were handed over.
    pub records: u64,
    /// The sum of their numbers.
    pub checksum: u64,
    /// From the first record to the last, in seconds.
    pub seconds: f64,
    /// Processor time of the whole process up to the last record, user and system, in seconds.
    pub cpu_seconds: f64,
}

impl Run {
    /// Ends a contender's measurement now and prints it for the parent.
    pub fn finish(records: u64, checksum: u64, began: Option<Instant>) {
        let seconds = began.map_or(0.0, |began| began.elapsed().as_secs_f64());
        let run = Self { records, checksum, seconds, cpu_seconds: cpu_time().as_secs_f64() };
        println!("{}", serde_json::to_string(&run).expect("plain numbers"));
    }

    /// Records per second.
    pub fn rate(&self) -> f64 {
        self.records as f64 / self.seconds
    }

    /// Processor time per record, in nanoseconds.
    pub fn cpu_nanoseconds(&self) -> f64 {
        self.cpu_seconds * 1e9 / self.records as f64
    }
}

/// Runs this program again with `arguments` and reads the `Run` that it prints; checks its count and checksum.
pub fn in_child(arguments: &[String], records: u64, checksum: u64) -> anyhow::Result<Run> {
    let program = std::env::current_exe().context("the own executable cannot be found")?;
    let output = Command::new(program).args(arguments).output().context("the contender cannot be started")?;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        bail!("contender {arguments:?} ended with {}:\n{out}{err}", output.status);
    }
    let line = out.lines().last().with_context(|| format!("contender {arguments:?} printed nothing:\n{err}"))?;
    let run: Run = serde_json::from_str(line).with_context(|| format!("contender {arguments:?} printed {line}"))?;
    ensure!(
        run.records == records,
        "{arguments:?}: {} of {records} records: a run that lost or doubled one has no figure",
        run.records
    );
    ensure!(run.checksum == checksum, "{arguments:?}: the checksum is {} instead of {checksum}", run.checksum);
    Ok(run)
}

/// Processor time of this process so far.
fn cpu_time() -> Duration {
    let usage =
        nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_SELF).expect("the own usage can be read");
    let of = |time: nix::sys::time::TimeVal| Duration::new(time.tv_sec() as u64, time.tv_usec() as u32 * 1000);
    of(usage.user_time()) + of(usage.system_time())
}
