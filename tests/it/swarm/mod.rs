//! Real forks and real signals: a fixture program runs a swarm, these tests send it signals and look at `/proc`.
//!
//! No Kafka. Every wait has a deadline; every process of a run is found by a mark in its environment, so that nothing that was
//! left behind goes unseen.

mod boot;
mod control;
mod death;
mod deploy;
mod harness;
mod init;
mod lives;
mod memory;
mod runtime_dir;
mod stop;
