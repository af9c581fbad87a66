//! Whether the properties of a secure connection are complete: librdkafka would find out only when a client is made, in a node.

use super::clients::configured;
use super::entry::Scope;
use super::error::{ConfigError, Setting};
use super::settings::Config;

const PROTOCOL: &str = "security.protocol";
const MECHANISMS: &str = "sasl.mechanisms";
const USERNAME: &str = "sasl.username";
const PASSWORD: &str = "sasl.password";

/// Each kind of client may have its own properties; what holds for all of them is said once.
pub(super) fn check(config: &Config, errors: &mut Vec<ConfigError>, warnings: &mut Vec<String>) {
    for scope in [Scope::Consumer, Scope::Producer, Scope::Admin] {
        let protocol = configured(config, scope, PROTOCOL);
        if protocol.is_some_and(|given| given.value.starts_with("sasl_")) {
            for error in missing(config, scope) {
                if errors.iter().all(|known| known.to_string() != error.to_string()) {
                    errors.push(error);
                }
            }
        } else {
            let given = [USERNAME, PASSWORD].into_iter().find(|name| configured(config, scope, name).is_some());
            let warning = given.map(|name| {
                let protocol = protocol.map_or("plaintext", |given| given.value.as_str());
                format!("`{name}` is not used: `{PROTOCOL}` is {protocol}; set it to sasl_ssl (or sasl_plaintext)")
            });
            warnings.extend(warning.filter(|warning| !warnings.contains(warning)));
        }
    }
}

/// Mechanisms with a password need a user name and a password.
fn missing(config: &Config, scope: Scope) -> Vec<ConfigError> {
    let Some(mechanism) = configured(config, scope, MECHANISMS) else { return Vec::new() };
    let with_password = mechanism.value == "PLAIN" || mechanism.value.starts_with("SCRAM-");
    let absent = |name: &&str| with_password && configured(config, scope, name).is_none();
    let error = |key| ConfigError::Missing {
        key,
        needed_by: Setting { key: MECHANISMS, value: mechanism.value.clone(), source: mechanism.source.clone() },
    };
    [USERNAME, PASSWORD].into_iter().filter(absent).map(error).collect()
}
