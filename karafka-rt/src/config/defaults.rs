//! Defaults that a program sets in its own code: stronger than the built-in ones, weaker than everything an operator writes.

use std::fmt;
use std::panic::Location;

use super::reader::Reader;
use super::source::Source;

/// Configuration values set in code (`App::defaults`). Files, the environment and the command line win over them.
///
/// Values are written as in `karafka.toml`; whether they are right is found out at boot, together with everything else.
///
/// ```
/// use karafka_rt::config::Defaults;
///
/// let mut defaults = Defaults::new();
/// defaults.set("swarm.nodes", 2).set("processing.commit_interval", "1s").set("kafka.compression.type", "lz4");
/// ```
#[derive(Clone, Default)]
pub struct Defaults {
    values: Vec<(String, String, &'static Location<'static>)>,
}

impl Defaults {
    /// No defaults beyond the built-in ones.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `key` (`section.name`, or `kafka.` and a librdkafka property); the last value of a key counts.
    #[track_caller]
    pub fn set(&mut self, key: impl Into<String>, value: impl fmt::Display) -> &mut Self {
        self.values.push((key.into(), value.to_string(), Location::caller()));
        self
    }

    pub(super) fn read(&self, reader: &mut Reader) {
        for (key, value, place) in &self.values {
            reader.add(key, value.clone(), Source::Code { file: place.file(), line: place.line() });
        }
    }
}

/// Keys only: a value may be a secret.
impl fmt::Debug for Defaults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.values.iter().map(|(key, ..)| key)).finish()
    }
}
