//! From the command line to what runs.

use std::ffi::OsString;
use std::process::ExitCode;

use super::boot;
use super::builder::App;
use super::consuming;
use super::log;
use super::operate;
use crate::cli::{self, Command, Exit, routes};
use crate::config::{Loaded, show};
use crate::control::Request;
use crate::dev_broker;
use crate::lifecycle::exit::Code;

pub(super) fn main(app: App, arguments: Vec<OsString>) -> ExitCode {
    if let Some(code) = dev_broker::run_if_asked() {
        return code;
    }
    run(app, arguments).into()
}

fn run(app: App, arguments: Vec<OsString>) -> Code {
    let invocation = match cli::parse(&app.program, arguments) {
        Ok(invocation) => invocation,
        Err(Exit { text, code }) => return say(&text, code),
    };
    if matches!(invocation.command, Command::Server | Command::Swarm)
        && let Err(error) = boot::leave_cleanly_when_told()
    {
        return say(&format!("signals cannot be handled: {error}"), Code::Configuration);
    }
    let loaded = match boot::configuration(&app, &invocation) {
        Ok(loaded) => loaded,
        Err(text) => return say(&text, Code::Configuration),
    };
    let Loaded { config, warnings } = loaded;
    let log = match log::start(&config) {
        Ok(log) => log,
        Err(text) => return say(&text, Code::Configuration),
    };
    for warning in &warnings {
        tracing::warn!("{warning}");
    }
    match invocation.command {
        Command::Routes { json } => {
            let blocks: Vec<_> = app.blocks.iter().map(|block| block.topology).collect();
            let render = if json { routes::render_json } else { routes::render_text };
            say(&render(&blocks, &config), Code::Clean)
        }
        Command::ConfigShow => say(&show::render(&config), Code::Clean),
        Command::ConfigCheck => say("the configuration is right", Code::Clean),
        Command::Status { json, nodes } => {
            let (text, code) = operate::ask(&app.blocks, &config, Request::Status, json, nodes);
            say_answer(&text, code)
        }
        Command::Ctl { request, json } => {
            let (text, code) = operate::ask(&app.blocks, &config, request, json, false);
            say_answer(&text, code)
        }
        Command::Dev => consuming::dev(&app, &config),
        Command::Server => consuming::server(app, config),
        Command::Swarm => consuming::swarm(app, config, &log),
    }
}

/// An answer was asked for, also when it is bad news.
fn say_answer(text: &str, code: Code) -> Code {
    if cli::out(text).is_err() { Code::RuntimeError } else { code }
}

/// Prints to where it belongs: what was asked for to stdout, everything else to stderr.
fn say(text: &str, code: Code) -> Code {
    let printed = if code == Code::Clean { cli::out(text) } else { cli::err(text) };
    if printed.is_err() { Code::RuntimeError } else { code }
}
