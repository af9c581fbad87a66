//! Rules that several values have to keep together. Both values are in the text.

use std::time::Duration;

use super::clients;
use super::error::{ConfigError, Setting};
use super::quantity::format_duration;
use super::settings::{Config, Given};
use super::source::Source;
use crate::topology::SubscriptionGroup;

const POLL_INTERVAL: &str = "max.poll.interval.ms";
const SOCKET_TIMEOUT: &str = "socket.timeout.ms";
/// Properties of a connection that the rules look at.
pub(super) const CONNECTION: [&str; 2] = [POLL_INTERVAL, SOCKET_TIMEOUT];

/// The rules that hold for every connection.
pub(super) fn check(config: &Config, errors: &mut Vec<ConfigError>) {
    let swarm = &config.swarm;
    if swarm.restart_backoff > swarm.restart_backoff_max {
        errors.push(ConfigError::Conflict {
            first: setting(config, "swarm.restart_backoff", swarm.restart_backoff),
            second: setting(config, "swarm.restart_backoff_max", swarm.restart_backoff_max),
            rule: "the first wait must not be longer than the longest".to_owned(),
        });
    }
    check_connection(config, None, errors);
}

/// The rules against one connection's own properties.
pub(super) fn check_connection(config: &Config, group: Option<&SubscriptionGroup>, errors: &mut Vec<ConfigError>) {
    let poll_interval = milliseconds(clients::effective(config, group, POLL_INTERVAL), POLL_INTERVAL);
    let socket_timeout = milliseconds(clients::effective(config, group, SOCKET_TIMEOUT), SOCKET_TIMEOUT);
    let drain = config.processing.drain_timeout;
    if drain > poll_interval.0 / 2 {
        errors.push(ConfigError::Conflict {
            first: setting(config, "processing.drain_timeout", drain),
            second: poll_interval.1(),
            rule: "draining may take at most half of the poll interval, or the member is thrown out of its group meanwhile"
                .to_owned(),
        });
    }
    let shutdown = config.swarm.shutdown_timeout;
    if shutdown >= poll_interval.0 {
        errors.push(ConfigError::Conflict {
            first: setting(config, "swarm.shutdown_timeout", shutdown),
            second: poll_interval.1(),
            rule: "stopping must be shorter than the poll interval, or what is finished last cannot be committed"
                .to_owned(),
        });
    }
    let commit = config.processing.commit_deadline;
    if commit >= socket_timeout.0 {
        errors.push(ConfigError::Conflict {
            first: setting(config, "processing.commit_deadline", commit),
            second: socket_timeout.1(),
            rule: "a commit must be given up before the connection repeats it silently".to_owned(),
        });
    }
}

fn setting(config: &Config, key: &'static str, value: Duration) -> Setting {
    let source = config.written.get(key).map_or(Source::BuiltIn, |given| given.source.clone());
    Setting { key, value: format_duration(value), source }
}

/// A property in milliseconds, and how to name it.
fn milliseconds(given: Given, key: &'static str) -> (Duration, impl Fn() -> Setting) {
    let duration = Duration::from_millis(given.value.parse().unwrap_or(0));
    (duration, move || Setting { key, value: format_duration(duration), source: given.source.clone() })
}
