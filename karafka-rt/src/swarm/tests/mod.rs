//! Tests of the pure core: a simulated kernel with virtual time, the tables, and random schedules.

mod memory;
mod restart;
mod roll;
mod schedule;
mod stop;
mod supervise;

use std::time::Duration;

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
