//! From all sources to one checked `Config`, or to every error at once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::defaults::Defaults;
use super::entry::{Entry, Target};
use super::error::{ConfigError, ConfigErrors, Place};
use super::reader::Reader;
use super::settings::{BOOTSTRAP_SERVERS, Config, Given};
use super::source::Source;
use super::{environment, file, keys, property, routes_check, rules, security, shown};
use crate::topology::Topology;

/// Reads a file's text: `read_file` for real, a map in tests.
pub(crate) type ReadFile<'a> = &'a dyn Fn(&Path) -> io::Result<String>;

/// The file that is read when none is named, if it exists.
const DEFAULT_FILE: &str = "karafka.toml";

/// Everything a configuration is made of, from weakest to strongest.
#[derive(Default)]
pub(crate) struct Sources {
    /// From the program's code.
    pub(crate) defaults: Defaults,
    /// `--config`.
    pub(crate) file: Option<PathBuf>,
    /// Variables by name.
    pub(crate) environment: BTreeMap<OsString, OsString>,
    /// `--set` and the options that stand for a key, in order.
    pub(crate) command_line: Vec<CommandLineSetting>,
    /// The instance when none is configured.
    pub(crate) host_name: String,
    /// The blocks that run with it.
    pub(crate) routes: Vec<&'static Topology>,
    pub(crate) purpose: Purpose,
}

/// What the configuration is read for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To print something: no Kafka is needed.
    #[default]
    Inspect,
    /// To run, on the Kafka that is configured.
    Run,
    /// To run, on an embedded broker when no Kafka is configured.
    RunWithDevBroker,
}

/// One option of the command line that sets a key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CommandLineSetting {
    /// `--set`, `--nodes`.
    pub(crate) option: &'static str,
    /// `key=value`.
    pub(crate) assignment: String,
}

/// The option only: the value may be a secret.
impl fmt::Debug for CommandLineSetting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CommandLineSetting").field("option", &self.option).finish_non_exhaustive()
    }
}

/// A checked configuration and what is worth telling about it.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) config: Config,
    pub(crate) warnings: Vec<String>,
}

/// Reads, merges and checks.
pub(crate) fn load(sources: &Sources, files: ReadFile<'_>) -> Result<Loaded, ConfigErrors> {
    let mut reader = Reader::default();
    sources.defaults.read(&mut reader);
    reader.end_layer();
    read_file_layer(sources, files, &mut reader);
    reader.end_layer();
    environment::read(&sources.environment, files, &mut reader);
    reader.end_layer();
    read_command_line(&sources.command_line, &mut reader);

    let (entries, mut errors, mut warnings) = reader.into_parts();
    warn_of_secrets(&entries, &mut warnings);
    let mut config = Config::unset();
    for key in keys::KEYS {
        if !entries.iter().any(|entry| entry.target == Target::Key(key.name)) {
            let default = if key.name == keys::INSTANCE { sources.host_name.clone() } else { key.default() };
            set_key(key, &default, Source::BuiltIn, &mut config, &mut errors);
        }
    }
    for entry in entries {
        set(entry, &mut config, &mut errors);
    }
    // A value that was not set would be judged as if it were zero.
    if errors.is_empty() {
        rules::check(&config, &mut errors);
        security::check(&config, &mut errors, &mut warnings);
    }
    if sources.purpose == Purpose::Run && config.bootstrap_servers().is_none() && !was_attempted(&errors) {
        errors.push(ConfigError::NoBootstrapServers);
    }
    routes_check::check(&config, &sources.routes, sources.purpose, &mut errors);
    ConfigErrors::check(errors).map_err(|errors| errors.with_warnings(&warnings))?;
    Ok(Loaded { config, warnings })
}

/// Whether bootstrap servers were given, but wrongly: then that is the one thing to say about them.
fn was_attempted(errors: &[ConfigError]) -> bool {
    errors.iter().any(|error| matches!(error, ConfigError::WrongValue { key, .. } if key.ends_with(BOOTSTRAP_SERVERS)))
}

#[cfg(test)]
impl Config {
    /// The built-in configuration on a host of this name.
    pub(crate) fn built_in(host_name: &str) -> Self {
        let sources = Sources { host_name: host_name.to_owned(), ..Sources::default() };
        let nothing = |_: &Path| Err(io::ErrorKind::NotFound.into());
        load(&sources, &nothing).map(|loaded| loaded.config).expect("built-in defaults are within their own bounds")
    }
}

/// A named file must exist; the default one may be missing.
fn read_file_layer(sources: &Sources, files: ReadFile<'_>, reader: &mut Reader) {
    let by_environment = || sources.environment.get(&OsString::from(environment::CONFIG)).map(PathBuf::from);
    let named = sources.file.clone().or_else(by_environment);
    let path = named.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
    match files(&path) {
        Ok(text) => file::read(&path, &text, reader),
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => reader.errors.push(ConfigError::Unreadable {
            at: Place::File(path),
            problem: format!("this configuration file cannot be read ({error})"),
            fix: if sources.file.is_some() {
                "name a readable file with --config".to_owned()
            } else {
                format!("name a readable file with --config or {}", environment::CONFIG)
            },
        }),
    }
}

fn read_command_line(settings: &[CommandLineSetting], reader: &mut Reader) {
    for CommandLineSetting { option, assignment } in settings {
        let source = Source::CommandLine { option };
        match assignment.split_once('=') {
            Some((key, value)) => reader.add(key.trim(), value.to_owned(), source),
            // The text is not shown: what looks like a key may be a secret.
            None => reader.errors.push(ConfigError::Unreadable {
                at: Place::Source(source),
                problem: "there is no `=` in it".to_owned(),
                fix: "write `--set key=value`".to_owned(),
            }),
        }
    }
}

/// Arguments are visible to every user of the machine for as long as the process lives.
fn warn_of_secrets(entries: &[Entry], warnings: &mut Vec<String>) {
    for entry in entries {
        let (Target::Property(_, name), Source::CommandLine { .. }) = (entry.target, &entry.source) else { continue };
        if property::find(name).is_some_and(|property| !property.is_shown()) {
            let variable = format!("KARAFKA_KAFKA__{}_FILE", name.replace('.', "_").to_ascii_uppercase());
            let key = entry.target.name();
            warnings.push(format!("`{key}` is on the command line, where others can read it; use {variable}"));
        }
    }
}

fn set(entry: Entry, config: &mut Config, errors: &mut Vec<ConfigError>) {
    let Entry { target, value, source } = entry;
    match target {
        Target::Key(name) => {
            let key = keys::find(name).expect("targets come from the table");
            set_key(key, &value, source, config, errors);
        }
        Target::Property(scope, name) => {
            if let Some(value) = checked_property(scope.prefix(), name, &value, &source, errors) {
                config.kafka.of_mut(scope).insert(name.to_owned(), Given { value, source });
            }
        }
    }
}

fn set_key(key: &'static keys::Key, value: &str, at: Source, config: &mut Config, errors: &mut Vec<ConfigError>) {
    match key.set(config, value) {
        Ok(()) => drop(config.written.insert(key.name, Given { value: value.to_owned(), source: at })),
        Err(expected) => {
            errors.push(ConfigError::WrongValue {
                at,
                key: key.name.to_owned(),
                found: shown::in_text(value),
                expected,
            });
        }
    }
}

/// The value as librdkafka takes it, or `None` after its error was noted.
pub(super) fn checked_property(
    prefix: &str,
    name: &str,
    value: &str,
    source: &Source,
    errors: &mut Vec<ConfigError>,
) -> Option<String> {
    let property = property::find(name).expect("targets come from the table");
    match property.check(value) {
        Ok(value) => Some(value.into_owned()),
        Err(expected) => {
            errors.push(ConfigError::WrongValue {
                at: source.clone(),
                key: format!("{prefix}{name}"),
                found: shown::in_text(shown::shown_property(name, value)),
                expected,
            });
            None
        }
    }
}
