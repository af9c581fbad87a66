//! Collects the entries of all sources in order of precedence, and every error on the way.

use std::collections::BTreeMap;

use super::entry::{Entry, NotATarget, Target};
use super::error::ConfigError;
use super::shown::HIDDEN;
use super::source::Source;

/// What was read so far. Later layers win; inside a layer, setting one key twice is an error.
#[derive(Default)]
pub(super) struct Reader {
    settled: BTreeMap<Target, Entry>,
    layer: BTreeMap<Target, Entry>,
    pub(super) errors: Vec<ConfigError>,
    pub(super) warnings: Vec<String>,
}

impl Reader {
    /// One setting under its dotted key.
    pub(super) fn add(&mut self, key: &str, value: String, source: Source) {
        match Target::parse(key) {
            Ok(target) => self.add_target(target, value, source),
            Err(fault) => self.not_a_target(key, fault, source),
        }
    }

    /// One setting for a target that is known.
    pub(super) fn add_target(&mut self, target: Target, value: String, source: Source) {
        // On the command line the last one counts, as everywhere; in a file or the environment there is no order to read.
        let ordered = matches!(source, Source::CommandLine { .. } | Source::Code { .. });
        let entry = Entry { target, value, source };
        match self.layer.get(&target) {
            Some(first) if !ordered => self.errors.push(ConfigError::Twice {
                key: target.name(),
                first: first.source.clone(),
                second: entry.source,
            }),
            _ => drop(self.layer.insert(target, entry)),
        }
    }

    /// A name that nothing has, or that may not be set. Its value is dropped unseen.
    pub(super) fn not_a_target(&mut self, key: &str, fault: NotATarget, at: Source) {
        let key = super::shown::in_text(key);
        self.errors.push(match fault {
            NotATarget::Unknown(instead) => ConfigError::UnknownKey { at, key, instead },
            NotATarget::Refused(instead) => ConfigError::Refused { at, key, instead },
        });
    }

    /// A value that is not text, a number or a switch.
    pub(super) fn wrong_type(&mut self, key: &str, found: &'static str, at: Source) {
        match Target::parse(key) {
            Ok(target) => self.errors.push(ConfigError::WrongValue {
                at,
                key: target.name(),
                found: HIDDEN.to_owned(),
                expected: format!("a text, a number or a switch, not {found}"),
            }),
            Err(fault) => self.not_a_target(key, fault, at),
        }
    }

    /// Ends a layer: what comes next wins over it.
    pub(super) fn end_layer(&mut self) {
        self.settled.append(&mut self.layer);
    }

    /// The entries that count, by target.
    pub(super) fn into_parts(mut self) -> (Vec<Entry>, Vec<ConfigError>, Vec<String>) {
        self.end_layer();
        (self.settled.into_values().collect(), self.errors, self.warnings)
    }
}
