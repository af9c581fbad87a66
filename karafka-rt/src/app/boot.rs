//! Configuration, and what else must be right before a process starts: every error at once.

use std::collections::BTreeMap;
use std::io;

use super::builder::{App, DevBrokerUse};
use super::check::check;
use crate::cli::{Command, Invocation};
use crate::config::{self, Loaded, Purpose, Sources};
use crate::lifecycle::exit::Code;
use crate::os::{self, Signal};

/// Until there is work to finish, a signal that asks for the stop is obeyed at once, and that is a clean end.
pub(super) fn leave_cleanly_when_told() -> io::Result<()> {
    os::exit_on(&[Signal::SIGTERM, Signal::SIGINT, Signal::SIGQUIT], Code::Clean.number())
}

/// Reads the configuration from where this program and its operator put it, and checks what `invocation` needs.
pub(super) fn configuration(app: &App, invocation: &Invocation) -> Result<Loaded, String> {
    let purpose = match (invocation.command, app.dev_broker) {
        (
            Command::Routes { .. } | Command::ConfigShow | Command::Dev | Command::Status { .. } | Command::Ctl { .. },
            _,
        ) => Purpose::Inspect,
        (Command::Server | Command::Swarm | Command::ConfigCheck, DevBrokerUse::Never) => Purpose::Run,
        (Command::Server | Command::Swarm | Command::ConfigCheck, DevBrokerUse::WhenUnconfigured) => {
            Purpose::RunWithDevBroker
        }
    };
    let sources = Sources {
        defaults: app.defaults.clone(),
        file: invocation.config.clone(),
        environment: std::env::vars_os().collect::<BTreeMap<_, _>>(),
        command_line: invocation.settings.clone(),
        host_name: os::host_name(),
        routes: app.blocks.iter().map(|block| block.topology).collect(),
        purpose,
    };
    let loaded = config::load(&sources, &config::read_file);
    let faults = if purpose == Purpose::Inspect { Vec::new() } else { check(&app.blocks, &app.wanted) };
    match loaded {
        Ok(loaded) if faults.is_empty() => Ok(loaded),
        Ok(_) => Err(faults.join("\n")),
        Err(errors) => Err(std::iter::once(errors.to_string()).chain(faults).collect::<Vec<_>>().join("\n")),
    }
}
