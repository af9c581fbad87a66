//! What clients beside the nodes are made with: an `Admin` or a `Publisher` in a tool, an import, an example.

use std::collections::BTreeMap;

use super::builder::App;
use crate::config::{self, Config, ConfigErrors, Sources};
use crate::os;

impl App {
    /// librdkafka's properties for an [`Admin`](crate::admin::Admin), from the same configuration as the program's nodes: its
    /// defaults in code, `karafka.toml`, the environment. The command line is not looked at. Without a configured Kafka there is
    /// no `bootstrap.servers` among them. Values may be secrets.
    pub fn admin_properties(&self) -> Result<BTreeMap<String, String>, ConfigErrors> {
        Ok(self.config_for_clients()?.admin_properties().into_map())
    }

    /// The same for a [`Publisher`](crate::producer::Publisher).
    pub fn producer_properties(&self) -> Result<BTreeMap<String, String>, ConfigErrors> {
        Ok(self.config_for_clients()?.producer_properties().into_map())
    }

    fn config_for_clients(&self) -> Result<Config, ConfigErrors> {
        let sources = Sources {
            defaults: self.defaults.clone(),
            environment: std::env::vars_os().collect(),
            host_name: os::host_name(),
            ..Sources::default()
        };
        config::load(&sources, &config::read_file).map(|loaded| loaded.config)
    }
}
