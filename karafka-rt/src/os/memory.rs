//! How much memory a process uses, and how much of that nobody shares with it. Text in, plain data out.

use std::fs;
use std::io;

use super::process::Pid;

/// The memory of one process, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    /// What ends with the process: `Private_Clean + Private_Dirty + Swap`. A page that a fork shares counts once it is written.
    pub(crate) private: u64,
    /// What other processes use too, such as everything that was loaded before a fork.
    pub(crate) shared: u64,
}

/// What `/proc/<pid>/smaps_rollup` says. The kernel walks the page tables for it: milliseconds per gigabyte.
pub(crate) fn memory_of(process: Pid) -> io::Result<Memory> {
    parse_rollup(&fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?)
        .ok_or_else(|| io::Error::other("smaps_rollup has no `Private_Dirty`"))
}

/// The resident pages of a process (`/proc/<pid>/statm`): cheap, and enough to see growth.
pub(crate) fn resident_pages(process: Pid) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/statm"))?;
    let second = text.split_ascii_whitespace().nth(1).and_then(|field| field.parse().ok());
    second.ok_or_else(|| io::Error::other("statm has no second field"))
}

fn parse_rollup(text: &str) -> Option<Memory> {
    let kibibytes = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().strip_suffix(" kB")?.parse::<u64>().ok()
    };
    let private = kibibytes("Private_Clean")? + kibibytes("Private_Dirty")? + kibibytes("Swap").unwrap_or(0);
    let shared = kibibytes("Shared_Clean").unwrap_or(0) + kibibytes("Shared_Dirty").unwrap_or(0);
    Some(Memory { private: private * 1024, shared: shared * 1024 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_memory_is_the_sum_of_three_lines_and_nothing_else() {
        let text = "5600-7fff ---p 00000000 00:00 0    [rollup]\nRss:  900 kB\nShared_Clean:  100 kB\nShared_Dirty: 50 kB\n\
                    Private_Clean:    8 kB\nPrivate_Dirty:  200 kB\nSwap:  16 kB\nSwapPss: 3 kB\n";
        assert_eq!(parse_rollup(text), Some(Memory { private: 224 * 1024, shared: 150 * 1024 }));
        for broken in ["", "Rss: 900 kB\n", "Private_Clean: x kB\nPrivate_Dirty: 1 kB\n", "Private_Clean: 1 kB\n"] {
            assert_eq!(parse_rollup(broken), None, "{broken}");
        }
    }

    #[test]
    fn what_this_process_writes_becomes_its_private_memory() {
        let own = super::super::own_pid();
        let before = (memory_of(own).unwrap().private, resident_pages(own).unwrap());
        let written = vec![1_u8; 64 << 20];
        let after = (memory_of(own).unwrap().private, resident_pages(own).unwrap());
        drop(written);
        // Other tests of this process allocate and free meanwhile.
        assert!(after.0 >= before.0 + (32 << 20), "{before:?} {after:?}");
        assert!(after.1 > before.1, "{before:?} {after:?}");
    }
}
