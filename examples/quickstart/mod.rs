//! The tour: a plain program around the one in `quickstart.rs`, which it runs as a child process.
//!
//! It publishes flights, runs the swarm, watches it to the end, and balances the books from what really happened: `in` is what
//! Kafka acknowledged, `processed` and `skipped` are what the handlers reported, `dead-lettered` is what arrived in the dead letter
//! topic, and `pending` is what the group has not committed.
//!
//! Read [`main`] first, then [`publish`], [`swarm`] and [`outcomes`]. What is pure stands in [`tally`], [`books`] and [`summary`].

mod arguments;
mod books;
mod cluster;
mod data;
mod outcomes;
mod progress;
mod publish;
mod run;
mod say;
mod serve;
mod signals;
mod summary;
mod swarm;
mod tally;
mod watch;

pub(crate) use data::Planes;
pub(crate) use run::main;
