//! Memory that a process shares with the children it forks.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicU64;

use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};

/// Maps `count` zeroed words that this process and every child forked later read and write together. They live until the
/// process ends: there is no unmapping, which is what makes the reference safe to hand to any thread.
pub(crate) fn shared_words(count: NonZeroUsize) -> io::Result<&'static [AtomicU64]> {
    let length = count.checked_mul(NonZeroUsize::new(size_of::<AtomicU64>()).expect("a word is not empty"));
    let length = length.ok_or_else(|| io::Error::from(io::ErrorKind::OutOfMemory))?;
    let flags = MapFlags::MAP_SHARED | MapFlags::MAP_ANONYMOUS;
    // SAFETY: a new anonymous mapping at an address of the kernel's choice replaces nothing that is in use.
    let memory = unsafe { mmap_anonymous(None, length, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, flags) }?;
    // SAFETY: the mapping is page-aligned, zeroed (a valid AtomicU64 is any bytes), `count` words long, never unmapped, and
    // every access to it goes through these atomics, in other processes too.
    Ok(unsafe { std::slice::from_raw_parts(memory.as_ptr().cast::<AtomicU64>(), count.get()) })
}
