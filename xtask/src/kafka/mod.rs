//! A real Apache Kafka (KRaft, one process a broker) on loopback, for tests and benches.
//!
//! One cluster is one folder, `target/kafka/NAME`: what was decided at its first start ([`state`]: ports, identity), and a
//! folder per broker with settings, data, logs and the identity of its process. Several clusters live side by side.
//!
//! Read in this order: [`cluster`] (what can be done to a cluster), [`state`], [`properties`] (what a broker is told), [`launch`]
//! (how it starts), [`process`] (whom we may signal), [`wire`] (when it is ready), [`hold`] (clusters that end with their user).
//! This is no deployment tool: no TLS, nothing outside 127.0.0.1, passwords that everyone knows.

mod cluster;
mod command;
mod hold;
mod java;
mod launch;
mod ports;
mod process;
mod properties;
mod state;
mod wire;

pub(crate) use cluster::ensure_startable;
pub(crate) use command::Arguments;
pub(crate) use hold::Held;
pub(crate) use java::VERSION;
