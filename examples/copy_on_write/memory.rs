//! The memory of a swarm, from `/proc`.

use std::fs;

use anyhow::{Context as _, ensure};

/// Sums over a supervisor and its nodes, in MiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// Every page once.
    pub(crate) pss: f64,
    /// Shared pages once for each process.
    pub(crate) rss: f64,
}

/// The swarm of this supervisor, which must have so many nodes.
pub(crate) fn of_swarm(supervisor: u32, nodes: usize) -> anyhow::Result<Memory> {
    let children = fs::read_to_string(format!("/proc/{supervisor}/task/{supervisor}/children"))?;
    let children: Vec<&str> = children.split_ascii_whitespace().collect();
    ensure!(children.len() == nodes, "the supervisor has {} nodes, not {nodes}", children.len());
    let supervisor = supervisor.to_string();
    children.into_iter().chain([supervisor.as_str()]).try_fold(Memory { pss: 0.0, rss: 0.0 }, |sum, pid| {
        let one = of_process(pid)?;
        Ok(Memory { pss: sum.pss + one.pss, rss: sum.rss + one.rss })
    })
}

fn of_process(pid: &str) -> anyhow::Result<Memory> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let mib = |name: &str| -> anyhow::Result<f64> {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no `{name}`"))?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
    };
    Ok(Memory { pss: mib("Pss:")?, rss: mib("Rss:")? })
}
