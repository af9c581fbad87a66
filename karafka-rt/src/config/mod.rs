//! What differs between environments: one typed `Config`, made of several sources and checked before anything starts.
//!
//! Later wins: built-in, `App::defaults` in code, `karafka.toml` (or the file named by `--config` or `KARAFKA_CONFIG`),
//! environment, `--set key=value`. Every error is reported at once, with its place. What handlers and topics do is not
//! configuration: it stands in `routes!`.

mod clients;
mod defaults;
mod entry;
mod environment;
mod error;
mod file;
mod keys;
pub(crate) mod limits;
mod load;
mod properties;
mod property;
mod quantity;
mod read;
mod reader;
#[cfg(test)]
mod reference;
mod refused;
mod routes_check;
mod rules;
mod security;
mod settings;
pub(crate) mod show;
mod shown;
mod sizing;
mod source;
mod suggest;

pub use defaults::Defaults;
pub use error::ConfigErrors;

pub(crate) use clients::{GroupProtocol, Membership};
pub(crate) use load::{CommandLineSetting, Loaded, Purpose, ReadFile, Sources, load};
pub(crate) use quantity::format_duration;
pub(crate) use read::read_file;
pub(crate) use routes_check::check_slots;
pub(crate) use settings::{Config, LogFormat, MemoryLimit};
pub(crate) use shown::shown_property;

#[cfg(test)]
mod tests;
