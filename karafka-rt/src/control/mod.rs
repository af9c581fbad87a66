//! What a swarm keeps on this machine for those who operate it: its directory, with a lock that lives as long as its processes.

mod lifetime;
mod runtime_dir;

pub(crate) use lifetime::{LifetimeError, hold};
pub(crate) use runtime_dir::{candidates, open};
