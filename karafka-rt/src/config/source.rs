//! Where a value comes from, in the words of the person who wrote it there.

use std::fmt;
use std::path::PathBuf;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The framework's default.
    BuiltIn,
    /// `App::defaults(..)`, at this place in the code.
    Code { file: &'static str, line: u32 },
    /// A line of a configuration file, from 1.
    File { path: PathBuf, line: usize },
    /// An environment variable.
    Environment { name: String },
    /// A file named by an environment variable that ends in `_FILE`.
    MountedFile { name: String },
    /// A command line option: `--set`, `--nodes`.
    CommandLine { option: &'static str },
    /// `kafka(..)` of a subscription group.
    Routes { group: String },
    /// The embedded broker that the program started.
    DevBroker,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => formatter.write_str("built-in"),
            Self::Code { file, line } => write!(formatter, "`App::defaults` at {file}:{line}"),
            Self::File { path, line } => write!(formatter, "{}:{line}", path.display()),
            Self::Environment { name } => write!(formatter, "environment variable {name}"),
            Self::MountedFile { name } => write!(formatter, "the file named by {name}"),
            Self::CommandLine { option } => write!(formatter, "command line option {option}"),
            Self::Routes { group } => write!(formatter, "`kafka(..)` of {group} in the routes"),
            Self::DevBroker => formatter.write_str("embedded broker"),
        }
    }
}
