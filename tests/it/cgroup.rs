//! A control group for memory, where the machine gives one.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use karafka_tests::faults::program::until;

/// A memory group of our own. Removed when dropped, which needs its processes to be gone.
pub(crate) struct Group(PathBuf);

impl Group {
    /// With this limit; `None` where the machine gives us no group: the caller says that it skips.
    pub(crate) fn with(name: &str, mib: u64) -> Option<Self> {
        let name = format!("karafka-test-{name}-{}", std::process::id());
        let first = PathBuf::from("/sys/fs/cgroup/memory").join(&name);
        let second = PathBuf::from("/sys/fs/cgroup").join(&name);
        [(first, "memory.limit_in_bytes"), (second, "memory.max")].into_iter().find_map(|(path, file)| {
            fs::create_dir(&path).ok()?;
            let group = Self(path);
            // Dropped, and by that removed, when it takes no limit.
            fs::write(group.0.join(file), (mib << 20).to_string()).ok()?;
            Some(group)
        })
    }

    /// A script for `sh -c` that enters the group and then becomes the program in its arguments.
    pub(crate) fn enter(&self) -> String {
        format!("echo $$ > {}/cgroup.procs; exec \"$0\" \"$@\"", self.0.display())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        until(Duration::from_secs(5), || fs::remove_dir(&self.0).ok());
    }
}
