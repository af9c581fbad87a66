//! Faults of processes and brokers: a program under test, what breaks it, and the judge of its history.
//!
//! [`fixture`] is the program, [`program`] a run of it, [`feed`] its input. [`history`] is what they write down together and
//! [`judge`] decides on it. Where outputs, dead letters and commits count too, the program is [`clerk`], its input has a
//! [`ledger`], [`audit`] reads what Kafka holds afterwards, and [`ruling`] compares all of it. The scenarios that tests run
//! shortly and soaks run long stand in files of their own.

#![allow(clippy::print_stdout, reason = "a long run tells how far it is")]

pub mod audit;
pub mod brokers;
pub mod clerk;
pub mod counts;
pub mod crash_points;
pub mod cycles;
pub mod feed;
pub mod fixture;
pub mod fleet;
pub mod frozen;
pub mod history;
pub mod judge;
pub mod kills;
pub mod ledger;
pub mod listener;
pub mod program;
pub mod ruling;
pub mod sabotage;
pub mod soak;
pub mod storm;
pub mod stuck;
pub mod trial;
pub mod world;
