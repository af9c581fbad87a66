//! The text of a broker's `server.properties` and of its log settings: pure functions over the cluster's state.
//!
//! The values favour tests: groups form at once, a dead member is noticed within seconds, and a missing topic stays missing.

use std::fmt::Write as _;
use std::path::Path;

use super::state::{Broker, State};

/// Users of the SASL/PLAIN listener, each with its name as password; `admin` may do everything, the others what ACLs allow.
const USERS: [&str; 3] = ["admin", "alice", "bob"];

/// The whole `server.properties` of one broker, with its files in `folder`.
pub(crate) fn server(state: &State, broker: &Broker, folder: &Path) -> String {
    let replicas = if state.brokers.len() < 3 { 1 } else { 3 };
    let in_sync = if replicas > 1 { 2 } else { 1 };
    let mut text = String::new();
    let mut set = |key: &str, value: &dyn std::fmt::Display| {
        writeln!(text, "{key}={value}").expect("a string takes every write");
    };

    set("process.roles", &"broker,controller");
    set("node.id", &broker.id);
    set("controller.quorum.voters", &voters(state));
    set("controller.listener.names", &"CONTROLLER");
    set("inter.broker.listener.name", &"PLAINTEXT");
    set("listeners", &listeners(broker));
    set("advertised.listeners", &advertised_listeners(broker));
    set(
        "listener.security.protocol.map",
        &"PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
    );
    set("sasl.enabled.mechanisms", &"PLAIN");
    set("listener.name.sasl.plain.sasl.jaas.config", &login_module());
    // Clients without credentials are `ANONYMOUS`: only the SASL listener is subject to ACLs.
    set("authorizer.class.name", &"org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    set("super.users", &"User:ANONYMOUS;User:admin");

    set("log.dirs", &folder.join("data").display());
    set("num.partitions", &1);
    set("auto.create.topics.enable", &false);
    set("message.max.bytes", &(20 * 1024 * 1024));
    set("offset.metadata.max.bytes", &4096);
    set("default.replication.factor", &replicas);
    set("min.insync.replicas", &in_sync);
    for internal in ["offsets.topic", "transaction.state.log"] {
        set(&format!("{internal}.replication.factor"), &replicas);
        set(&format!("{internal}.num.partitions"), &4);
    }
    set("transaction.state.log.min.isr", &in_sync);
    set("share.coordinator.state.topic.replication.factor", &replicas);
    set("share.coordinator.state.topic.min.isr", &1);

    // A killed broker comes back only when its former registration has expired (default: 9 s).
    set("broker.session.timeout.ms", &5_000);
    set("broker.heartbeat.interval.ms", &1_000);

    set("group.initial.rebalance.delay.ms", &0);
    set("group.min.session.timeout.ms", &1_000);
    set("group.consumer.min.session.timeout.ms", &1_000);
    set("group.consumer.session.timeout.ms", &6_000);
    set("group.consumer.min.heartbeat.interval.ms", &200);
    set("group.consumer.heartbeat.interval.ms", &500);

    // Last, so that what the user asked for wins: of a repeated key Java keeps the last value.
    for (key, value) in &state.settings {
        set(key, value);
    }
    text
}

/// The log settings of one broker: warnings and worse, into `broker.log` of its folder.
pub(crate) fn log4j(folder: &Path) -> String {
    let file = folder.join("broker.log");
    format!(
        "status=error\n\
         rootLogger.level=warn\n\
         rootLogger.appenderRef.file.ref=file\n\
         appender.file.type=File\n\
         appender.file.name=file\n\
         appender.file.fileName={}\n\
         appender.file.layout.type=PatternLayout\n\
         appender.file.layout.pattern=%d %p %c{{1}}: %m%n\n",
        file.display()
    )
}

fn voters(state: &State) -> String {
    let voter = |broker: &Broker| format!("{}@127.0.0.1:{}", broker.id, broker.ports.controller);
    state.brokers.iter().map(voter).collect::<Vec<_>>().join(",")
}

fn listeners(broker: &Broker) -> String {
    let ports = &broker.ports;
    format!(
        "PLAINTEXT://127.0.0.1:{},SASL://127.0.0.1:{},PROXIED://127.0.0.1:{},CONTROLLER://127.0.0.1:{}",
        ports.plaintext, ports.sasl, ports.proxied, ports.controller
    )
}

/// Clients follow what is advertised: whoever bootstraps at the proxy's port stays behind the proxy.
fn advertised_listeners(broker: &Broker) -> String {
    let ports = &broker.ports;
    format!(
        "PLAINTEXT://127.0.0.1:{},SASL://127.0.0.1:{},PROXIED://127.0.0.1:{}",
        ports.plaintext, ports.sasl, ports.proxy
    )
}

fn login_module() -> String {
    let mut text = "org.apache.kafka.common.security.plain.PlainLoginModule required".to_owned();
    for user in USERS {
        write!(text, " user_{user}=\"{user}\"").expect("a string takes every write");
    }
    text + ";"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::ports::Ports;

    fn state(brokers: u16) -> State {
        let broker = |id: u16| Broker {
            id,
            ports: Ports {
                plaintext: id * 100 + 1,
                sasl: id * 100 + 2,
                proxied: id * 100 + 3,
                proxy: id * 100 + 4,
                controller: id * 100 + 5,
            },
        };
        State { cluster_id: "abc".into(), brokers: (1..=brokers).map(broker).collect(), settings: Vec::new() }
    }

    /// The value a broker would read: the last one of a key.
    fn value(text: &str, key: &str) -> Option<String> {
        text.lines().rev().find_map(|line| line.strip_prefix(key)?.strip_prefix('=').map(str::to_owned))
    }

    fn check(state: &State, id: usize, key: &str, expect: &str) {
        let text = server(state, &state.brokers[id - 1], Path::new("/state/1"));
        assert_eq!(value(&text, key).as_deref(), Some(expect), "{key} of broker {id} in\n{text}");
    }

    #[test]
    fn one_broker_replicates_nothing() {
        let state = state(1);
        check(&state, 1, "default.replication.factor", "1");
        check(&state, 1, "min.insync.replicas", "1");
        check(&state, 1, "offsets.topic.replication.factor", "1");
        check(&state, 1, "controller.quorum.voters", "1@127.0.0.1:105");
        check(&state, 1, "log.dirs", "/state/1/data");
    }

    #[test]
    fn three_brokers_survive_the_loss_of_one() {
        let state = state(3);
        check(&state, 2, "node.id", "2");
        check(&state, 2, "default.replication.factor", "3");
        check(&state, 2, "min.insync.replicas", "2");
        check(&state, 2, "transaction.state.log.min.isr", "2");
        check(&state, 2, "controller.quorum.voters", "1@127.0.0.1:105,2@127.0.0.1:205,3@127.0.0.1:305");
    }

    #[test]
    fn clients_of_the_proxied_listener_are_sent_to_the_proxy() {
        let state = state(1);
        let text = server(&state, &state.brokers[0], Path::new("/state/1"));
        assert!(value(&text, "listeners").is_some_and(|value| value.contains("PROXIED://127.0.0.1:103")));
        assert!(value(&text, "advertised.listeners").is_some_and(|value| value.ends_with("PROXIED://127.0.0.1:104")));
    }

    #[test]
    fn every_user_of_the_sasl_listener_is_known() {
        let expect = "org.apache.kafka.common.security.plain.PlainLoginModule required \
                      user_admin=\"admin\" user_alice=\"alice\" user_bob=\"bob\";";
        check(&state(1), 1, "listener.name.sasl.plain.sasl.jaas.config", expect);
    }

    #[test]
    fn a_setting_of_the_user_wins() {
        let mut state = state(1);
        state.settings.push(("group.consumer.session.timeout.ms".into(), "2000".into()));
        check(&state, 1, "group.consumer.session.timeout.ms", "2000");
    }
}
