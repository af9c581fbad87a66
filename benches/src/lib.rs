//! What the benchmarks share: a topic filled once, child processes that are measured, figures of several runs.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

pub mod figures;
pub mod fill;
pub mod measure;
pub mod options;
