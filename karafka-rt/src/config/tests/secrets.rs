//! A password given in every wrong way appears nowhere.

use super::*;

const CANARY: &str = "c4n4ry";

#[test]
fn a_password_given_in_every_wrong_way_never_appears() {
    let files = [
        "[kafka]\nsasl.password = \"c4n4ry\"",
        "[kafka]\nsasl.passwrod = \"c4n4ry\"",
        "[kafka]\nsasl.password = c4n4ry",
        "[kafka]\nsasl.password = \"c4n4ry",
        "[kafka]\nsasl.password: c4n4ry",
        "[kafka]\nsasl.password = [\"c4n4ry\"]",
        "[kafka]\nsasl.password = [1, \"c4n4ry\"]",
        "[kafka]\nsasl.jaas.config = \"password=c4n4ry\"",
        "[kafka]\nssl.key.pem = \"\"\"c4n4ry\nc4n4ry\"\"\"",
        "[kafka]\nsasl.oauthbearer.config = \"c4n4ry\"",
        "[kafka]\nsasl.username = \"c4n4ry\"",
        "[kafka]\nplugin.library.paths = \"c4n4ry\"",
        "[kafka.consumer]\nsasl.oauthbearer.client.secret = \"c4n4ry\"",
        "[kafka]\nsasl.password = \"c4n4ry\"\nsasl.password = \"c4n4ry\"",
        "[kafak]\nsasl.password = \"c4n4ry\"",
        "password = \"c4n4ry\"",
        "c4n4ry",
        "[kafka]\nsasl.password = \"c4n4ry\\0\"",
    ];
    let environment = [
        "KARAFKA_KAFKA__SASL_PASSWORD",
        "KARAFKA_KAFKA__SASL_PASSWROD",
        "KARAFKA_KAFKA_SASL_PASSWORD",
        "KARAFKA_SASL_PASSWORD",
        "KARAFKA_KAFKA__SASL_PASSWORD_FILE",
        "KARAFKA_KAFKA__SASL_PASSWROD_FILE",
        "KARAFKA_SWARM__PASSWORD",
        "KARAFKA_KAFKA__PRODUCER__SSL_KEY_PASSWORD",
        "KARAFKA_KAFKA__ENABLE_AUTO_COMMIT",
    ];
    let set = [
        "kafka.sasl.password=c4n4ry",
        "kafka.sasl.passwrod=c4n4ry",
        "sasl.password=c4n4ry",
        "kafka.sasl.password:c4n4ry",
        "c4n4ry",
        "kafka.group.id=c4n4ry",
    ];
    for text in files {
        check(&Given { files: &[("karafka.toml", text)], ..Given::default() }, text);
    }
    for name in environment {
        check(&Given { environment: &[(name, CANARY)], ..Given::default() }, name);
        let mounted: &[(&str, &str)] = &[("/run/secret", CANARY)];
        check(&Given { environment: &[(name, "/run/secret")], files: mounted, ..Given::default() }, name);
    }
    for text in set {
        check(&Given { set: &[text], ..Given::default() }, text);
        if let Some((key, value)) = text.split_once('=') {
            check(&Given { code: &[(key, value)], ..Given::default() }, text);
        }
    }
}

fn check(given: &Given<'_>, case: &str) {
    let seen = match load_given(given) {
        Err(errors) => format!("{errors} {errors:?}"),
        Ok(loaded) => {
            let config = &loaded.config;
            let clients = (config.producer_properties(), config.admin_properties());
            format!("{loaded:?} {config:#?} {clients:?} {}", super::super::show::render(config))
        }
    };
    assert!(!seen.contains(CANARY), "{case}\n{seen}");
}

#[test]
fn harmless_values_are_shown_and_others_are_not() {
    let given = Given {
        set: &["kafka.client.id=reader", "kafka.sasl.username=c4n4ry", "kafka.socket.timeout.ms=45s"],
        ..Given::default()
    };
    let config = load_given(&given).expect("legal").config;
    let debug = format!("{config:?}");
    for shown in ["\"client.id\": \"reader\"", "\"sasl.username\": \"***\"", "\"socket.timeout.ms\": \"45000\""] {
        assert!(debug.contains(shown), "{shown} is missing in {debug}");
    }
}
