//! Configuration, and what else must be right before a process starts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::builder::{App, DevBrokerUse};
use super::check;
use crate::config::{self, CommandLineSetting, Config, Loaded, Sources};
use crate::os;

/// Reads the configuration from where this program and its operator put it.
pub(super) fn configuration(
    app: &App,
    file: Option<PathBuf>,
    command_line: Vec<CommandLineSetting>,
) -> Result<Loaded, String> {
    let sources = Sources {
        defaults: app.defaults.clone(),
        file,
        environment: std::env::vars_os().collect::<BTreeMap<_, _>>(),
        command_line,
        host_name: os::host_name(),
    };
    config::load(&sources, &config::read_file).map_err(|errors| errors.to_string())
}

/// Routes that cannot run, and a process that would not know its brokers: everything at once.
pub(super) fn ready_to_run(app: &App, config: &Config) -> Result<(), String> {
    let mut faults = routes(app, config).err().map(|faults| faults.0).unwrap_or_default();
    if config.bootstrap_servers().is_none() && app.dev_broker == DevBrokerUse::Never {
        faults.push(
            "no brokers are configured: set `kafka.bootstrap.servers` in karafka.toml, or KARAFKA_BOOTSTRAP_SERVERS=host:port; \
             for a first look without a Kafka run the `dev` command and use the address that it prints"
                .to_owned(),
        );
    }
    if faults.is_empty() { Ok(()) } else { Err(check::Faults(faults).to_string()) }
}

/// Routes that cannot run.
pub(super) fn routes(app: &App, config: &Config) -> Result<(), check::Faults> {
    check::check(&app.blocks, &app.wanted, |name| config.topic_name(name))
}
