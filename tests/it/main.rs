//! The integration tests, one program so that they link once.
//!
//! What needs brokers stands under `on_kafka`: `cargo xtask test` provides them, and its `--quick` leaves that module out. Tests
//! elsewhere need nothing but the workspace. A test that forks, hangs or crashes something does so in a program of `bin/`.

// In a test an `unwrap` is an assertion.
#![allow(clippy::unwrap_used)]

mod cgroup;
mod dev_broker;
mod on_kafka;
mod readme;
mod swarm;
mod testing_kit;
mod tidy;
