//! Looking a setting up: in the topic, then in what surrounds it. The nearest wins; `config` and `kafka` merge by key.

use super::grammar;
use super::meaning::Meaning;
use super::model::{Config, Places, Property};
use super::tree::{Checked, Layer};

/// Layers from the nearest to the farthest.
pub(super) struct Chain<'l>(pub(super) Vec<&'l Layer>);

impl<'l> Chain<'l> {
    pub(super) fn checked(&self, word: &str) -> Option<&'l Checked> {
        self.0.iter().find_map(|layer| layer.settings.iter().find(|checked| checked.specification.word == word))
    }

    pub(super) fn meaning(&self, word: &str) -> Option<&'l Meaning> {
        self.checked(word)?.meaning.as_ref()
    }

    pub(super) fn places(&self) -> Places {
        let words = grammar::OPTIONS.iter().map(|option| option.word);
        Places::new(words.filter_map(|word| Some((word, self.checked(word)?.place))).collect())
    }

    pub(super) fn word(&self, word: &str, default: &'static str) -> &'static str {
        match self.meaning(word) {
            Some(Meaning::Membership(word) | Meaning::Protocol(word) | Meaning::Isolation(word)) => word,
            _ => default,
        }
    }

    /// Properties of all layers; the nearest wins for each key.
    pub(super) fn properties(&self, word: &str, of: impl Fn(&'l Meaning) -> Option<&'l [Property]>) -> Vec<Property> {
        let mut merged: Vec<Property> = Vec::new();
        for layer in &self.0 {
            let found = layer.settings.iter().find(|checked| checked.specification.word == word);
            for property in found.and_then(|checked| checked.meaning.as_ref()).and_then(&of).unwrap_or_default() {
                if !merged.iter().any(|nearer| nearer.key == property.key) {
                    merged.push(property.clone());
                }
            }
        }
        merged.sort_by(|a, b| a.key.cmp(&b.key));
        merged
    }

    pub(super) fn config(&self) -> Config {
        let configs = || {
            self.0.iter().filter_map(|layer| {
                layer.settings.iter().find_map(|checked| match &checked.meaning {
                    Some(Meaning::Config(config)) => Some(config),
                    _ => None,
                })
            })
        };
        Config {
            partitions: configs().find_map(|config| config.partitions),
            replication_factor: configs().find_map(|config| config.replication_factor),
            properties: self.properties("config", |meaning| match meaning {
                Meaning::Config(config) => Some(&config.properties),
                _ => None,
            }),
        }
    }
}
