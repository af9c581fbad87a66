//! `status` and `ctl`: asks the swarm of this program that runs on this machine.

use crate::cli;
use crate::config::Config;
use crate::consumer::Routes;
use crate::control::{self, Request};
use crate::lifecycle::exit::Code;

use super::runtime;

/// Asks, and returns what to print and to exit with.
pub(super) fn ask(blocks: &[Routes], config: &Config, request: Request, json: bool, nodes: bool) -> (String, Code) {
    let name = runtime::name(blocks, config);
    match control::ask(&runtime::candidates(config), &name, request) {
        Ok(answer) => cli::render_answer(&answer, json, nodes),
        Err(error) => (format!("error: {error}"), Code::RuntimeError),
    }
}
