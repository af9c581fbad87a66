//! The operating system, as small typed pieces: processes, signals, descriptors, shared memory, `/proc`.
//!
//! This is one of the two places where `unsafe` is allowed, and it holds no policy: nothing here knows what a node is,
//! when to restart one, or what a signal asks for. Every descriptor is an [`OwnedFd`](std::os::fd::OwnedFd) that
//! closes itself and does not survive `exec`. A process is signalled through its [`PidFd`] wherever the kernel can, so
//! that nothing is ever sent to a number that was given to somebody else.
#![allow(unsafe_code, reason = "system calls that neither the standard library nor nix wraps safely")]

mod bounded_stderr;
mod cgroup;
mod clock;
mod crash;
mod directory;
mod epoll;
mod event_fd;
mod lifeline;
mod memory;
mod pidfd;
mod process;
pub(crate) mod procfs;
mod shared_memory;
mod signals;
mod socket;

pub(crate) use bounded_stderr::BoundedStderr;
pub(crate) use cgroup::MemoryGroups;
pub(crate) use clock::{monotonic, monotonic_coarse};
#[cfg(feature = "testing")]
pub(crate) use crash::fault;
pub(crate) use crash::{CrashMark, mark_crashes, mark_crashes_of_this_thread};
pub(crate) use directory::{directory, make_private, make_private_directory, make_private_file, user};
pub(crate) use epoll::EpollSet;
pub(crate) use event_fd::EventFd;
pub(crate) use lifeline::{Lifeline, LifelineHolder, lifeline};
pub(crate) use memory::{memory_of, resident_pages};
pub(crate) use nix::sys::signal::Signal;
pub(crate) use pidfd::{Ending, PidFd};
pub(crate) use process::{
    Fork, Pid, allow_no_core_dumps, be_killed_with_parent, be_preferred_by_the_oom_killer, end_and_reap, fork,
    has_terminal, host_name, immediate_exit, kill_group, lead_group, own_pid, parent_pid, reap_strangers,
};
pub(crate) use shared_memory::shared_words;
pub(crate) use signals::{CaughtSignals, SignalFd, block, exit_on, is_ignored, restore_default, unblock};
pub(crate) use socket::{PacketSocket, packet_pair, peer_user};
