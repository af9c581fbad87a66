//! Everything that can be wrong with a configuration, each with its place, key, value, what is expected and what to do.
//! All are found at once. Values of secret and unknown keys never get here.

use std::fmt;

use super::source::Source;

/// All errors of one configuration, in the order in which they were found, and its warnings, which may explain them.
#[derive(Debug)]
pub struct ConfigErrors {
    errors: Vec<ConfigError>,
    warnings: Vec<String>,
}

/// One error of a configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// Nothing has this name. The value is not kept: it may be a secret under a misspelt key.
    #[error("{at}: unknown key `{key}`{}", instead_text(.instead.as_deref()))]
    UnknownKey { at: Source, key: String, instead: Option<String> },
    /// `found` is `***` when the key's values are not shown.
    #[error("{at}: `{key}` is `{found}`, expected {expected}")]
    WrongValue { at: Source, key: String, found: String, expected: String },
    /// A key that exists but is not the user's to set.
    #[error("{at}: `{key}` cannot be set: {instead}")]
    Refused { at: Source, key: String, instead: String },
    /// A file, an option or an environment variable that cannot be read as configuration.
    #[error("{at}: {problem}; {fix}")]
    Unreadable { at: Place, problem: String, fix: String },
    /// Two values that do not go together, both in the text.
    #[error("{first} and {second} do not go together: {rule}")]
    Conflict { first: Setting, second: Setting, rule: String },
    /// A value that another one needs is not there.
    #[error("`kafka.{key}` is missing: {needed_by} needs it; set it, or name a file that holds it with {}", file_variable(.key))]
    Missing { key: &'static str, needed_by: Setting },
    /// One thing was set twice in one place.
    #[error("`{key}` is set twice: {first} and {second}; keep one")]
    Twice { key: String, first: Source, second: Source },
    /// Something of the routes that cannot run with this configuration.
    #[error("{at}: {problem}; {fix}")]
    Routes { at: String, problem: String, fix: String },
    /// There is no cluster to connect to.
    #[error(
        "no Kafka is configured: set KARAFKA_BOOTSTRAP_SERVERS=host:port, or `bootstrap.servers` in section `[kafka]` of karafka.toml"
    )]
    NoBootstrapServers,
}

/// Where something unreadable stands: a source, or a whole file.
#[derive(Debug)]
pub(crate) enum Place {
    Source(Source),
    File(std::path::PathBuf),
}

/// A key with its value and source, as one half of a conflict.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) key: &'static str,
    pub(crate) value: String,
    pub(crate) source: Source,
}

impl ConfigErrors {
    /// `Ok` when there is no error.
    pub(crate) fn check(errors: Vec<ConfigError>) -> Result<(), Self> {
        if errors.is_empty() { Ok(()) } else { Err(Self { errors, warnings: Vec::new() }) }
    }

    /// With what else was noticed.
    pub(super) fn with_warnings(mut self, warnings: &[String]) -> Self {
        self.warnings.extend_from_slice(warnings);
        self
    }

    /// The errors, one by one.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &ConfigError> {
        self.errors.iter()
    }
}

impl std::error::Error for ConfigErrors {}

/// One line an error, below a line that counts them; then the warnings.
impl fmt::Display for ConfigErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.errors.len();
        write!(formatter, "the configuration has {count} error{}", if count == 1 { "" } else { "s" })?;
        self.errors.iter().try_for_each(|error| write!(formatter, "\n  {error}"))?;
        self.warnings.iter().try_for_each(|warning| write!(formatter, "\n  warning: {warning}"))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(source) => source.fmt(formatter),
            Self::File(path) => path.display().fmt(formatter),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` = {} ({})", self.key, self.value, self.source)
    }
}

fn instead_text(instead: Option<&str>) -> String {
    instead.map_or_else(String::new, |instead| format!(", {instead}"))
}

fn file_variable(property: &str) -> String {
    format!("KARAFKA_KAFKA__{}_FILE", property.replace('.', "_").to_ascii_uppercase())
}
