//! Arguments to a `Command`. Pure: what clap would print is returned as text with its exit code.

use std::ffi::OsString;
use std::iter;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::config::CommandLineSetting;
use crate::control::Request;
use crate::lifecycle::exit::Code;

/// What the user's binary says about itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Program {
    /// The name in help and errors; by default the file name of the binary.
    pub(crate) name: Option<&'static str>,
    /// What `--version` prints; without one there is no such option.
    pub(crate) version: Option<&'static str>,
    /// One line about the program: the doc comment of its routes.
    pub(crate) about: Option<&'static str>,
    /// What runs when no command is given.
    pub(crate) default_command: Option<Command>,
}

/// What to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// A supervisor and its nodes.
    Swarm,
    /// One consuming process.
    Server,
    /// Print the topology.
    Routes { json: bool },
    /// Say whether the configuration is right.
    ConfigCheck,
    /// Print the configuration.
    ConfigShow,
    /// Run the embedded broker.
    Dev,
    /// Ask the swarm on this machine how it is.
    Status { json: bool, nodes: bool },
    /// Ask it for something else.
    Ctl { request: Request, json: bool },
}

/// A command with the configuration that its command line carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invocation {
    pub(crate) command: Command,
    /// `--config`.
    pub(crate) config: Option<PathBuf>,
    /// `--set` and the options that stand for a key, in order of precedence.
    pub(crate) settings: Vec<CommandLineSetting>,
}

/// Nothing to run: print this and end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exit {
    pub(crate) text: String,
    pub(crate) code: Code,
}

#[derive(Debug, Parser)]
#[command(disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Subcommands>,
}

// Options that may stand before and after every command word. Not clap's `global`: with it, `--set` after the command word
// makes clap forget every `--set` before it. (No doc comment: clap would show it as help.)
#[derive(Debug, Args)]
struct Everywhere {
    /// Read this configuration file instead of karafka.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Set a configuration key, such as `swarm.shutdown_timeout=30s`; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// How log lines look
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<LogFormat>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    /// For people
    Human,
    /// One JSON object a line
    Json,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    /// Run a supervisor and its nodes
    Swarm {
        /// How many nodes, or `auto`
        #[arg(long, value_name = "COUNT")]
        nodes: Option<String>,
    },
    /// Run one consuming process
    Server,
    /// Print the topology with everything resolved
    Routes {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Check or print the configuration
    #[command(subcommand_required = true, arg_required_else_help = false)]
    Config {
        #[command(subcommand)]
        command: ConfigSubcommands,
    },
    /// Run the embedded broker, for development without a Kafka
    Dev,
    /// Say what is wrong with the swarm on this machine, worst first; exits with 1 when something is
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
        /// With a table of the nodes
        #[arg(long)]
        nodes: bool,
    },
    /// Tell the swarm on this machine what to do
    #[command(subcommand_required = true, arg_required_else_help = false)]
    Ctl {
        #[command(subcommand)]
        command: CtlSubcommands,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum CtlSubcommands {
    /// Finish what runs, commit, and stop
    Stop {
        /// Leave running jobs uncommitted
        #[arg(long)]
        now: bool,
    },
    /// Take no new work until the stop
    Quiet,
    /// Start all nodes anew, one by one, each when the last one has joined its groups
    Roll,
    /// Start one node anew
    Restart {
        /// Its number, from 0
        node: u32,
    },
    /// Print what ended the nodes that ended last
    Deaths,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum ConfigSubcommands {
    /// Say whether the configuration is right; every error at once
    Check,
    /// Print every key with its value and where it comes from; secrets as ***
    Show,
}

/// The clap command, also for users who put it below their own.
pub(crate) fn clap_command(program: &Program) -> clap::Command {
    let mut command = everywhere(Arguments::command());
    if let Some(name) = program.name {
        command = command.name(name).bin_name(name);
    }
    if let Some(version) = program.version {
        command = command.version(version);
    }
    if let Some(about) = program.about {
        command = command.about(about);
    }
    command
}

/// Adds the options that may stand everywhere to a command and all below it.
fn everywhere(command: clap::Command) -> clap::Command {
    Everywhere::augment_args(command).mut_subcommands(everywhere)
}

/// Reads the arguments; the first one is the program's own name.
pub(crate) fn parse(
    program: &Program,
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> Result<Invocation, Exit> {
    let mut command = clap_command(program);
    let matches = command.try_get_matches_from_mut(arguments).map_err(|error| exit_of(&error))?;
    let help = || Exit { text: command.clone().render_help().to_string(), code: Code::Usage };
    invocation(program, &matches)?.ok_or_else(help)
}

/// What matches of `clap_command` ask for; `None` when no command was given and none is the default.
pub(crate) fn invocation(program: &Program, matches: &ArgMatches) -> Result<Option<Invocation>, Exit> {
    let arguments = Arguments::from_arg_matches(matches).map_err(|error| exit_of(&error))?;
    let (config, mut settings) = everywhere_options(matches).map_err(|error| exit_of(&error))?;
    settings.extend(arguments.node_setting());
    let command = arguments.command.as_ref().map(Subcommands::command).or(program.default_command);
    Ok(command.map(|command| Invocation { command, config, settings }))
}

/// `--help` and `--version` are asked for and end well; everything else is a usage error.
fn exit_of(error: &clap::Error) -> Exit {
    let code = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Code::Clean,
        _ => Code::Usage,
    };
    Exit { text: error.render().to_string(), code }
}

impl Subcommands {
    fn command(&self) -> Command {
        match self {
            Self::Swarm { .. } => Command::Swarm,
            Self::Server => Command::Server,
            Self::Routes { json } => Command::Routes { json: *json },
            Self::Config { command: ConfigSubcommands::Check } => Command::ConfigCheck,
            Self::Config { command: ConfigSubcommands::Show } => Command::ConfigShow,
            Self::Dev => Command::Dev,
            Self::Status { json, nodes } => Command::Status { json: *json, nodes: *nodes },
            Self::Ctl { command, json } => Command::Ctl { request: command.request(), json: *json },
        }
    }
}

impl CtlSubcommands {
    fn request(self) -> Request {
        match self {
            Self::Stop { now } => Request::Stop { now },
            Self::Quiet => Request::Quiet,
            Self::Roll => Request::Roll,
            Self::Restart { node } => Request::Restart { node },
            Self::Deaths => Request::Deaths,
        }
    }
}

impl Arguments {
    fn node_setting(&self) -> Option<CommandLineSetting> {
        match &self.command {
            Some(Subcommands::Swarm { nodes: Some(nodes) }) => Some(setting("--nodes", format!("swarm.nodes={nodes}"))),
            _ => None,
        }
    }
}

/// `--config` and the settings of every level, from the program's name inwards. An option of its own is meant more exactly
/// than `--set`, so it wins.
fn everywhere_options(matches: &ArgMatches) -> Result<(Option<PathBuf>, Vec<CommandLineSetting>), clap::Error> {
    let levels = iter::successors(Some(matches), |matches| matches.subcommand().map(|(_, below)| below));
    let (mut config, mut settings, mut log_format) = (None, Vec::new(), None);
    for level in levels {
        let given = Everywhere::from_arg_matches(level)?;
        config = given.config.or(config);
        log_format = given.log_format.or(log_format);
        settings.extend(given.set.into_iter().map(|text| setting("--set", text)));
    }
    settings
        .extend(log_format.map(|format| setting("--log-format", format!("telemetry.log_format={}", format.word()))));
    Ok((config, settings))
}

fn setting(option: &'static str, assignment: String) -> CommandLineSetting {
    CommandLineSetting { option, assignment }
}

impl LogFormat {
    fn word(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
        }
    }
}

#[cfg(test)]
#[path = "command_tests.rs"]
mod tests;
