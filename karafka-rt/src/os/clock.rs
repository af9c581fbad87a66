//! The clock that processes of one machine share.

use std::time::Duration;

/// Time since an arbitrary point in the past that is the same for every process of this boot (`CLOCK_MONOTONIC`).
/// Unlike `Instant` it can be written to shared memory.
pub(crate) fn monotonic() -> Duration {
    read(libc::CLOCK_MONOTONIC)
}

/// The same clock as of the kernel's last tick: a few milliseconds behind, and several times cheaper to read
/// (`CLOCK_MONOTONIC_COARSE`).
pub(crate) fn monotonic_coarse() -> Duration {
    read(libc::CLOCK_MONOTONIC_COARSE)
}

fn read(clock: libc::clockid_t) -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid, writable timespec, and both clocks exist on every Linux, so the call cannot fail.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
