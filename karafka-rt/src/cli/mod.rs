//! The command line of a user's binary: arguments in, a `Command` for `app` out, and the texts that commands print.
//!
//! Nothing here runs a command. Choosing groups with `--only` and `--except` is not there yet.

mod command;
mod operate;
mod print;
pub(crate) mod routes;
mod words;

pub(crate) use command::{Command, Exit, Invocation, Program, clap_command, parse};
pub(crate) use operate::render as render_answer;
pub(crate) use print::{err, out};
