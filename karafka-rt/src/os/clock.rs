//! The clock that processes of one machine share.

use std::time::Duration;

/// Time since an arbitrary point in the past that is the same for every process of this boot (`CLOCK_MONOTONIC`).
/// Unlike `Instant` it can be written to shared memory.
pub(crate) fn monotonic() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid, writable timespec, and CLOCK_MONOTONIC exists on every Linux, so the call cannot fail.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
