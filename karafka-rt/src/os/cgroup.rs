//! What the control groups of this process allow it, and how often the kernel has killed in them. Versions 1 and 2, also
//! both at once.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the kernel mounts control groups.
const MOUNT: &str = "/sys/fs/cgroup";
/// Version 1 writes `no limit` as the largest multiple of a page; nobody has half of that.
const NO_LIMIT: u64 = 1 << 62;

/// The memory groups of this process, from its own up to the mount, by version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemoryGroups {
    first: Vec<PathBuf>,
    second: Vec<PathBuf>,
}

impl MemoryGroups {
    /// Those of this process.
    pub(crate) fn own() -> Self {
        let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        Self::below(Path::new(MOUNT), &groups)
    }

    /// Those that `groups` (the text of `/proc/<pid>/cgroup`) names below `mount`. In a container the text may name the path that
    /// the group has outside; then only the mount itself exists, and it is the container's group.
    pub(crate) fn below(mount: &Path, groups: &str) -> Self {
        let mut found = Self { first: Vec::new(), second: Vec::new() };
        for line in groups.lines() {
            let mut fields = line.splitn(3, ':').skip(1);
            let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else { continue };
            if controllers.split(',').any(|name| name == "memory") {
                found.first = ancestors(&mount.join("memory"), path);
            } else if controllers.is_empty() {
                let unified = mount.join("unified");
                let root = if unified.is_dir() { unified } else { mount.to_owned() };
                found.second = ancestors(&root, path);
            }
        }
        found
    }

    /// The lowest limit of any of them in bytes, `None` without one.
    pub(crate) fn limit(&self) -> Option<u64> {
        let first = self.first.iter().filter_map(|group| number(&group.join("memory.limit_in_bytes")));
        let second = self.second.iter().filter_map(|group| number(&group.join("memory.max")));
        first.chain(second).filter(|&limit| limit < NO_LIMIT).min()
    }

    /// How many processes of the own group the kernel has killed because memory ran out; `None` when it does not count.
    pub(crate) fn kills(&self) -> Option<u64> {
        let counted = |group: &PathBuf, file: &str| {
            let text = fs::read_to_string(group.join(file)).ok()?;
            text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
        };
        let first = self.first.first().and_then(|group| counted(group, "memory.oom_control"));
        let second = self.second.first().and_then(|group| counted(group, "memory.events"));
        match (first, second) {
            (None, None) => None,
            (first, second) => Some(first.unwrap_or(0) + second.unwrap_or(0)),
        }
    }
}

/// The group at `path` below `root` and those above it that exist, lowest first.
fn ancestors(root: &Path, path: &str) -> Vec<PathBuf> {
    let inside = Path::new(path.trim_start_matches('/'));
    // A path with `..` names a group above what this process can see.
    let visible = !inside.components().any(|part| part.as_os_str() == "..");
    let below = inside.ancestors().filter(|_| visible).map(|part| root.join(part));
    let mut groups: Vec<PathBuf> = below.filter(|group| group.is_dir()).collect();
    if groups.is_empty() && root.is_dir() {
        groups.push(root.to_owned());
    }
    groups
}

fn number(file: &Path) -> Option<u64> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lays out files below a mount, and expects the limit and the count of kills.
    fn check(groups: &str, files: &[(&str, &str)], limit: Option<u64>, kills: Option<u64>) {
        let mount = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let file = mount.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let found = MemoryGroups::below(mount.path(), groups);
        assert_eq!((found.limit(), found.kills()), (limit, kills), "{groups} {files:?}");
    }

    #[test]
    fn version_2_takes_the_lowest_limit_of_all_ancestors() {
        let files = [
            ("memory.max", "max\n"),
            ("a/memory.max", "1000\n"),
            ("a/b/memory.max", "2000\n"),
            ("a/b/memory.events", "low 0\noom 3\noom_kill 2\noom_group_kill 0\n"),
        ];
        check("0::/a/b\n", &files, Some(1000), Some(2));
        check("0::/a\n", &files, Some(1000), None);
        check("0::/\n", &files, None, None);
        check("0::/elsewhere/b\n", &files, None, None);
        check("0::/../a\n", &[("memory.max", "77\n")], Some(77), None);
    }

    #[test]
    fn version_1_knows_no_limit_as_a_huge_number() {
        let files = [
            ("memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ("memory/pod/memory.limit_in_bytes", "4096\n"),
            ("memory/pod/c/memory.limit_in_bytes", "8192\n"),
            ("memory/pod/c/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n"),
        ];
        check("5:cpu,cpuacct:/\n4:memory:/pod/c\n", &files, Some(4096), Some(5));
        check("4:memory:/\n", &files, None, None);
        check("4:memory:/named/outside\n", &files, None, None);
        check("", &files, None, None);
        check("garbage\n:\n4:memory\n", &files, None, None);
    }

    #[test]
    fn both_versions_at_once_are_both_asked() {
        let files = [
            ("memory/x/memory.limit_in_bytes", "5000\n"),
            ("memory/x/memory.oom_control", "oom_kill 1\n"),
            ("unified/y/memory.max", "4000\n"),
            ("unified/y/memory.events", "oom_kill 2\n"),
        ];
        check("4:memory:/x\n0::/y\n", &files, Some(4000), Some(3));
    }
}
