//! Which source wins, and how each one is read.

use std::time::Duration;

use super::*;

#[test]
fn each_source_wins_over_the_one_before() {
    let code: &[(&str, &str)] = &[("swarm.nodes", "2")];
    let files: &[(&str, &str)] = &[("karafka.toml", "[swarm]\nnodes = 3\n")];
    let environment: &[(&str, &str)] = &[("KARAFKA_SWARM__NODES", "4")];
    let set: &[&str] = &["swarm.nodes=5", "swarm.nodes=6"];
    let all = Given { code, files, environment, set, ..Given::default() };
    for (given, nodes, source) in [
        (Given::default(), None, "built-in"),
        (Given { code, ..Given::default() }, Some(2), "`App::defaults` at "),
        (Given { code, files, ..Given::default() }, Some(3), "karafka.toml:2"),
        (Given { code, files, environment, ..Given::default() }, Some(4), "environment variable KARAFKA_SWARM__NODES"),
        (all, Some(6), "command line option --set"),
    ] {
        let config = load_given(&given).expect("every value is legal").config;
        assert_eq!(config.swarm.nodes, nodes, "{source}");
        let found = config.written["swarm.nodes"].source.to_string();
        assert!(found.starts_with(source), "{found} is not {source}");
    }
}

#[test]
fn a_wrong_value_that_a_stronger_source_replaces_is_no_error() {
    let given = Given { code: &[("swarm.nodes", "many")], set: &["swarm.nodes=2"], ..Given::default() };
    assert_eq!(load_given(&given).expect("the operator's value counts").config.swarm.nodes, Some(2));
}

#[test]
fn every_spelling_of_a_key_means_the_same() {
    for text in [
        "[swarm]\nshutdown_timeout = \"2min\"",
        "swarm.shutdown_timeout = \"2min\"",
        "swarm = { shutdown_timeout = \"2min\" }",
        "swarm.\"shutdown_timeout\" = '2min'",
    ] {
        let given = Given { files: &[("karafka.toml", text)], ..Given::default() };
        let config = load_given(&given).expect(text).config;
        assert_eq!(config.swarm.shutdown_timeout, Duration::from_mins(2), "{text}");
    }
}

#[test]
fn kafka_properties_are_read_from_everywhere() {
    let property = |given: &Given<'_>, name: &str| {
        let loaded = load_given(given).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(loaded.warnings, Vec::<String>::new());
        loaded.config.admin_properties().get(name).map(str::to_owned)
    };
    let file = |text| Given { files: &*Box::leak(Box::new([("karafka.toml", text)])), ..Given::default() };
    let environment = |name, value| Given { environment: &*Box::leak(Box::new([(name, value)])), ..Given::default() };
    let set = |text| Given { set: &*Box::leak(Box::new([text])), ..Given::default() };
    for (given, name, value) in [
        (file("[kafka]\nbootstrap.servers = \"a:1\""), "bootstrap.servers", "a:1"),
        (file("[kafka]\n\"bootstrap.servers\" = [\"a:1\", \"b:2\"]"), "bootstrap.servers", "a:1,b:2"),
        (file("[kafka]\nmetadata.broker.list = \"a:1\""), "bootstrap.servers", "a:1"),
        (file("[kafka.admin]\nsocket.timeout.ms = 0x4000"), "socket.timeout.ms", "16384"),
        (file("[kafka]\nsocket.timeout.ms = \"45s\""), "socket.timeout.ms", "45000"),
        (file("[kafka]\nsocket.timeout.ms = 45_000"), "socket.timeout.ms", "45000"),
        (file("[kafka]\nreceive.message.max.bytes = \"16MiB\""), "receive.message.max.bytes", "16777216"),
        (file("[kafka]\nsecurity.protocol = \"SASL_SSL\""), "security.protocol", "sasl_ssl"),
        (file("[kafka]\nsocket.nagle.disable = false"), "socket.nagle.disable", "false"),
        (environment("KARAFKA_BOOTSTRAP_SERVERS", "a:1"), "bootstrap.servers", "a:1"),
        (environment("KARAFKA_KAFKA__BOOTSTRAP_SERVERS", "a:1"), "bootstrap.servers", "a:1"),
        (environment("KARAFKA_KAFKA__LOG_LEVEL", "3"), "log_level", "3"),
        (environment("KARAFKA_KAFKA__ADMIN_CLIENT_ID", "x"), "client.id", "x"),
        (environment("KARAFKA_KAFKA__ADMIN__CLIENT_ID", "x"), "client.id", "x"),
        (environment("KARAFKA_KAFKA__SSL_KEY_PASSWORD", " as it is "), "ssl.key.password", " as it is "),
        (environment("KARAFKA_KAFKA__SASL_OAUTHBEARER_ASSERTION_FILE", "/t"), "sasl.oauthbearer.assertion.file", "/t"),
        (set("kafka.client.id=a=b"), "client.id", "a=b"),
        (set("kafka.admin.client.id=x"), "client.id", "x"),
    ] {
        assert_eq!(property(&given, name).as_deref(), Some(value), "{name}");
    }
}

#[test]
fn a_mounted_secret_loses_its_line_end_and_nothing_else() {
    for (text, password) in [("pw", "pw"), ("pw\n", "pw"), ("pw\r\n", "pw"), ("pw\n\n", "pw\n"), (" pw ", " pw ")] {
        let given = Given {
            environment: &[("KARAFKA_KAFKA__SASL_PASSWORD_FILE", "/run/secrets/pw")],
            files: &[("/run/secrets/pw", text)],
            ..Given::default()
        };
        let config = load_given(&given).expect("the file is there").config;
        assert_eq!(config.admin_properties().get("sasl.password"), Some(password));
    }
}

#[test]
fn the_named_file_is_read_instead_of_the_default_one() {
    let files: &[(&str, &str)] =
        &[("karafka.toml", "[swarm]\nnodes = 1"), ("a.toml", "[swarm]\nnodes = 2"), ("b.toml", "[swarm]\nnodes = 3")];
    let environment: &[(&str, &str)] = &[("KARAFKA_CONFIG", "b.toml")];
    for (given, nodes) in [
        (Given { files, ..Given::default() }, 1),
        (Given { files, environment, ..Given::default() }, 3),
        (Given { files, environment, config_flag: Some("a.toml"), ..Given::default() }, 2),
    ] {
        assert_eq!(load_given(&given).expect("the file is there").config.swarm.nodes, Some(nodes));
    }
}

#[test]
fn foreign_variables_are_ignored_or_warned_about() {
    for (name, warning) in [
        ("KARAFKA_SERVICE_HOST", None),
        ("KARAFKA_UI_SERVICE_PORT_HTTP", None),
        ("KARAFKA_UI_PORT_80_TCP_ADDR", None),
        ("KARAFKA_PORT", None),
        ("KAFKA_SWARM__NODES", None),
        ("KARAFKA_SWARM_NODES", Some("KARAFKA_SWARM_NODES is not read, did you mean KARAFKA_SWARM__NODES?")),
        (
            "KARAFKA_KAFKA_SASL_PASSWORD",
            Some("KARAFKA_KAFKA_SASL_PASSWORD is not read, did you mean KARAFKA_KAFKA__SASL_PASSWORD?"),
        ),
        ("KARAFKA_CONFG", Some("KARAFKA_CONFG is not read, did you mean KARAFKA_CONFIG?")),
        ("KARAFKA_ZZZ", Some("KARAFKA_ZZZ is not read")),
    ] {
        let environment = [(name, "tcp://10.0.0.1:80")];
        let loaded = load_given(&Given { environment: &environment, ..Given::default() }).expect(name);
        let expected: Vec<String> = warning.iter().map(|warning| format!("environment variable {warning}")).collect();
        assert_eq!(loaded.warnings, expected, "{name}");
    }
}

#[test]
fn a_secret_on_the_command_line_is_warned_about() {
    for (set, warning) in [
        ("kafka.client.id=x", None),
        (
            "kafka.producer.ssl.key.password=x",
            Some(
                "`kafka.producer.ssl.key.password` is on the command line, where others can read it; use \
                 KARAFKA_KAFKA__SSL_KEY_PASSWORD_FILE",
            ),
        ),
    ] {
        let loaded = load_given(&Given { set: &[set], ..Given::default() }).expect(set);
        assert_eq!(loaded.warnings, warning.into_iter().collect::<Vec<_>>(), "{set}");
    }
}
