//! karafka-rt: a Kafka processing framework.

#[cfg(not(target_os = "linux"))]
compile_error!("karafka-rt needs Linux 5.10 or newer: nodes are forked, watched by pidfd and share memory");

#[doc(hidden)]
pub mod __private;
pub mod admin;
mod app;
mod cli;
pub mod config;
mod connection;
pub mod consumer;
mod control;
pub mod dev_broker;
mod failpoint;
mod ledger;
mod librdkafka;
mod lifecycle;
pub mod message;
mod os;
pub mod prelude;
mod processing;
pub mod producer;
mod server;
mod swarm;
mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod topology;
mod vitals;

pub use app::{App, Node};
#[doc = include_str!("../docs/consumer.md")]
pub use karafka_macros::Consumer;
#[doc = include_str!("../docs/routes.md")]
#[doc = include_str!("../docs/reference.md")]
pub use karafka_macros::routes;

#[cfg(feature = "sabotage")]
#[doc(hidden)]
pub use failpoint::bugs as __bugs;
#[cfg(feature = "failpoints")]
#[doc(hidden)]
pub use failpoint::names as __failpoints;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use server::own_cells as __own_cells;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use swarm::fixture as __swarm_fixture;
