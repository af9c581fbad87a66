//! How much private memory each node may have. Pure: what the machine says is an argument.

use crate::config::MemoryLimit;

/// Of a control group's limit, so much is given out; the rest is for page cache and the kernel.
const GIVEN_OUT: f64 = 0.85;
/// Kept for the supervisor and its companions.
const SUPERVISOR: u64 = 96 * MIB;
/// A node with less could not even fetch.
const LEAST: u64 = 32 * MIB;
const MIB: u64 = 1024 * 1024;

/// What a swarm may use, decided once before the first fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Budget {
    /// Nodes are not limited: nobody asked, and there is no control group that limits them all.
    Unlimited,
    /// The control group leaves too little for this many nodes, so they are not limited one by one.
    TooSmall { group: u64, left: u64 },
    /// Each node may have so many bytes; the control group's limit where the number comes from it.
    PerNode { bytes: u64, group: Option<u64> },
}

/// The budget of `nodes` nodes when `preload` bytes were loaded before the fork, in a control group with this limit.
pub(crate) fn budget(setting: MemoryLimit, group: Option<u64>, preload: u64, nodes: u32) -> Budget {
    match (setting, group) {
        (MemoryLimit::Bytes(bytes), _) => Budget::PerNode { bytes, group: None },
        (MemoryLimit::Off, _) | (MemoryLimit::Auto, None) => Budget::Unlimited,
        (MemoryLimit::Auto, Some(group)) => {
            let left = ((group as f64 * GIVEN_OUT) as u64).saturating_sub(preload).saturating_sub(SUPERVISOR);
            let bytes = left / u64::from(nodes.max(1));
            if bytes < LEAST { Budget::TooSmall { group, left } } else { Budget::PerNode { bytes, group: Some(group) } }
        }
    }
}

impl Budget {
    /// The limit of one node, in bytes.
    pub(crate) fn per_node(self) -> Option<u64> {
        match self {
            Self::PerNode { bytes, .. } => Some(bytes),
            Self::Unlimited | Self::TooSmall { .. } => None,
        }
    }

    /// For the log of the boot.
    pub(crate) fn in_words(self, preload: u64, nodes: u32) -> String {
        let preloaded = mib(preload);
        match self {
            Self::Unlimited => format!("{preloaded} MiB loaded before the fork; the nodes' own memory is not limited"),
            Self::TooSmall { group, left } => format!(
                "the control group allows {} MiB, which leaves {} MiB for {nodes} nodes beside {preloaded} MiB loaded before the \
                 fork: too little to limit each node; use fewer nodes, load less, or set `swarm.memory_limit`",
                mib(group),
                mib(left)
            ),
            Self::PerNode { bytes, group: None } => {
                format!(
                    "{preloaded} MiB loaded before the fork; each of {nodes} nodes may have {} MiB of its own",
                    mib(bytes)
                )
            }
            Self::PerNode { bytes, group: Some(group) } => format!(
                "{preloaded} MiB loaded before the fork; each of {nodes} nodes may have {} MiB of its own, because the control \
                 group allows {} MiB",
                mib(bytes),
                mib(group)
            ),
        }
    }
}

/// Whole MiB, for people.
pub(crate) fn mib(bytes: u64) -> u64 {
    bytes / MIB
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_shares_out_what_the_control_group_leaves() {
        let gib = 1024 * MIB;
        let per_node = |setting, group, preload, nodes| budget(setting, group, preload, nodes).per_node().map(mib);
        for (setting, group, preload, nodes, expect) in [
            (MemoryLimit::Auto, Some(4 * gib), 512 * MIB, 4, Some(718)), // (3481.6 - 512 - 96) / 4
            (MemoryLimit::Auto, Some(4 * gib), 512 * MIB, 1, Some(2873)),
            (MemoryLimit::Auto, None, 512 * MIB, 4, None),
            (MemoryLimit::Auto, Some(256 * MIB), 512 * MIB, 4, None), // nothing is left
            (MemoryLimit::Auto, Some(gib), 512 * MIB, 9, None),       // 29 MiB each
            (MemoryLimit::Off, Some(gib), 0, 1, None),
            (MemoryLimit::Bytes(300 * MIB), Some(gib), 512 * MIB, 9, Some(300)),
        ] {
            assert_eq!(per_node(setting, group, preload, nodes), expect, "{setting:?} {group:?} {preload} {nodes}");
        }
    }

    #[test]
    fn the_boot_says_where_the_number_comes_from() {
        let words = |group| budget(MemoryLimit::Auto, group, 512 * MIB, 4).in_words(512 * MIB, 4);
        assert!(words(Some(4096 * MIB)).contains("each of 4 nodes may have 718 MiB of its own"));
        assert!(words(Some(700 * MIB)).contains("too little to limit each node"));
        assert!(words(None).contains("not limited"));
    }
}
