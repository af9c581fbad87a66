//! What an operator reads when something is wrong: place, key, value, what is expected, what to do.

use super::*;

#[test]
fn values_say_what_is_expected() {
    check(
        file("[swarm]\nnodes = \"four\""),
        "karafka.toml:2: `swarm.nodes` is `four`, expected a whole number from 1 to 1024, or `auto`",
    );
    check(
        environment("KARAFKA_SWARM__SHUTDOWN_TIMEOUT", "5m"),
        "environment variable KARAFKA_SWARM__SHUTDOWN_TIMEOUT: `swarm.shutdown_timeout` is `5m`, expected a duration \
               with a clear unit: for `m`, write `min` or `ms`",
    );
    check(
        file("[swarm]\nshutdown_timeout = 5"),
        "karafka.toml:2: `swarm.shutdown_timeout` is `5`, expected a duration with its unit, such as `250ms` or `5s`",
    );
    check(
        set("processing.partition_buffer=1KiB"),
        "command line option --set: `processing.partition_buffer` is `1KiB`, expected a size from 64KiB to 1GiB",
    );
    check(
        set("application.instance=a/b"),
        "command line option --set: `application.instance` is `a/b`, expected 1 to 249 characters of letters, digits, \
               `.`, `_` and `-`",
    );
    check(
        set("telemetry.log=info,=x="),
        "command line option --set: `telemetry.log` is `info,=x=`, expected directives such as `info` or \
               `warn,my_crate=debug`",
    );
}

#[test]
fn unknown_keys_get_a_suggestion() {
    check(file("\n[swarm]\nnoeds = 4"), "karafka.toml:3: unknown key `swarm.noeds`, did you mean `swarm.nodes`?");
    check(file("[swram]\nnodes = 4"), "karafka.toml:2: unknown key `swram.nodes`, did you mean section `swarm`?");
    check(
        file("[zzz]\nnodes = 4"),
        "karafka.toml:2: unknown key `zzz.nodes`, the sections are application, kafka, swarm, processing, telemetry",
    );
    check(set("client.id=x"), "command line option --set: unknown key `client.id`, did you mean `kafka.client.id`?");
    check(
        environment("KARAFKA_SWARM__NOEDS", "4"),
        "environment variable KARAFKA_SWARM__NOEDS: unknown key `swarm.noeds`, did you mean `swarm.nodes`?",
    );
    check(
        environment("KARAFKA_KAFKA__SASL_PASSWROD", "canary"),
        "environment variable KARAFKA_KAFKA__SASL_PASSWROD: unknown key `kafka.sasl.passwrod`, did you mean \
               `sasl.password`?",
    );
    check(
        file("[kafka]\nmax.poll.records = 500"),
        "karafka.toml:2: unknown key `kafka.max.poll.records`, use `max_messages` in the routes",
    );
}

#[test]
fn librdkafka_properties_are_checked_before_librdkafka_sees_them() {
    check(
        file("[kafka]\nenable.auto.commit = true"),
        "karafka.toml:2: `kafka.enable.auto.commit` cannot be set: the framework commits what handlers have done; set \
               `processing.commit_interval`, or `manual_offsets` in the routes",
    );
    check(
        file("[kafka.producer]\nacks = 1"),
        "karafka.toml:2: `kafka.producer.acks` cannot be set: it is always `all`: progress moves only after what was \
               produced is acknowledged",
    );
    check(
        file("[kafka]\nplugin.library.paths = \"x.so\""),
        "karafka.toml:2: `kafka.plugin.library.paths` cannot be set: it would run code that is not part of this program",
    );
    check(
        file("[kafka.producer]\nfetch.wait.max.ms = 5"),
        "karafka.toml:2: `kafka.producer.fetch.wait.max.ms` cannot be set: only consumers have it: write it in section \
               `kafka.consumer`",
    );
    check(
        file("[kafka]\nsocket.timeout.ms = 5"),
        "karafka.toml:2: `kafka.socket.timeout.ms` is `5`, expected a whole number from 10 to 300000 (milliseconds), or \
               a duration such as `30s`",
    );
    check(
        file("[kafka]\ncompression.type = \"zip\""),
        "karafka.toml:2: `kafka.compression.codec` is `zip`, expected one of `none`, `gzip`, `snappy`, `lz4`, `zstd`",
    );
    check(
        environment("KARAFKA_BOOTSTRAP_SERVERS", "localhost:port"),
        "environment variable KARAFKA_BOOTSTRAP_SERVERS: `kafka.bootstrap.servers` is `localhost:port`, expected \
               `host:port`, several with commas",
    );
}

#[test]
fn what_cannot_be_read_says_so_without_quoting_it() {
    check(
        file("[kafka]\nacks = [1"),
        "karafka.toml:2: this is not TOML: unclosed array, expected `]`; write `key = \"value\"` below a `[section]`",
    );
    check(
        file("[swarm]\nnodes = 2026-01-01"),
        "karafka.toml:2: `swarm.nodes` is `***`, expected a text, a number or a switch, not a date",
    );
    check(
        Given { config_flag: Some("missing.toml"), ..Given::default() },
        "missing.toml: this configuration file cannot be read (entity not found); name a readable file with --config",
    );
    check(
        environment("KARAFKA_CONFIG", "missing.toml"),
        "missing.toml: this configuration file cannot be read (entity not found); name a readable file with --config \
               or KARAFKA_CONFIG",
    );
    check(
        environment("KARAFKA_KAFKA__SASL_PASSWORD_FILE", "canary"),
        "environment variable KARAFKA_KAFKA__SASL_PASSWORD_FILE: the file that it names cannot be read (entity not \
               found); set it to the path of a readable file",
    );
    check(set("canary"), "command line option --set: there is no `=` in it; write `--set key=value`");
}

#[test]
fn values_that_do_not_go_together_are_both_named() {
    check(
        set("processing.drain_timeout=3min"),
        "`processing.drain_timeout` = 3min (command line option --set) and `max.poll.interval.ms` = 5min (built-in) do \
               not go together: draining may take at most half of the poll interval, or the member is thrown out of its \
               group meanwhile",
    );
    check(
        set("swarm.shutdown_timeout=5min"),
        "`swarm.shutdown_timeout` = 5min (command line option --set) and `max.poll.interval.ms` = 5min (built-in) do \
               not go together: stopping must be shorter than the poll interval, or what is finished last cannot be committed",
    );
    check(
        set("kafka.consumer.socket.timeout.ms=10s"),
        "`processing.commit_deadline` = 10s (built-in) and `socket.timeout.ms` = 10s (command line option --set) do not \
               go together: a commit must be given up before the connection repeats it silently",
    );
    check(
        set("swarm.restart_backoff=2min"),
        "`swarm.restart_backoff` = 2min (command line option --set) and `swarm.restart_backoff_max` = 1min (built-in) \
               do not go together: the first wait must not be longer than the longest",
    );
}

#[test]
fn all_mistakes_are_told_at_once() {
    let given = Given {
        code: &[("swarm.nods", "2")],
        files: &[("karafka.toml", "[swarm]\nboot_timeout = \"1\"\n[kafka]\ngroup.id = \"x\"\nclient.rak = 1")],
        environment: &[("KARAFKA_KAFKA__ACKS", "1"), ("KARAFKA_PROCESSING__CONCURRENCY", "0")],
        set: &["nonsense"],
        ..Given::default()
    };
    let text = load_given(&given).expect_err("seven mistakes").to_string();
    assert!(text.starts_with("the configuration has 7 errors\n  "), "{text}");
    for key in ["swarm.nods", "boot_timeout", "group.id", "client.rak", "acks", "concurrency", "--set"] {
        assert!(text.contains(key), "{key} is missing in {text}");
    }
}

#[test]
fn a_secure_connection_is_complete_or_says_what_is_missing() {
    let missing = |key: &str, variable: &str| {
        format!(
            "`kafka.{key}` is missing: `sasl.mechanisms` = PLAIN (command line option --set) needs it; set it, or name a file \
             that holds it with {variable}"
        )
    };
    let user = missing("sasl.username", "KARAFKA_KAFKA__SASL_USERNAME_FILE");
    let password = missing("sasl.password", "KARAFKA_KAFKA__SASL_PASSWORD_FILE");
    let (sasl, plain) = ("kafka.security.protocol=SASL_SSL", "kafka.sasl.mechanisms=plain");
    let given_user = "kafka.sasl.username=u";
    for (set, expected) in [
        (&[sasl, plain][..], vec![user.clone(), password.clone()]),
        (&[sasl, plain, given_user], vec![password.clone()]),
        (&[sasl, plain, "kafka.admin.sasl.username=u"], vec![user, password]),
        (&[sasl, plain, given_user, "kafka.sasl.password=p"], Vec::new()),
        (&[sasl, "kafka.sasl.mechanisms=OAUTHBEARER"], Vec::new()),
        (&[plain], Vec::new()),
    ] {
        assert_eq!(errors_of(&Given { set, ..Given::default() }), expected, "{set:?}");
    }
}

#[test]
fn credentials_that_are_not_used_are_warned_about() {
    let environment: &[(&str, &str)] = &[("KARAFKA_KAFKA__SASL_USERNAME", "u"), ("KARAFKA_KAFKA__SASL_PASSWORD", "p")];
    let warning =
        "`sasl.username` is not used: `security.protocol` is plaintext; set it to sasl_ssl (or sasl_plaintext)";
    let loaded = load_given(&Given { environment, ..Given::default() }).expect("legal");
    assert_eq!(loaded.warnings, [warning]);
    let set: &[&str] = &["kafka.security.protocol=sasl_ssl"];
    assert_eq!(load_given(&Given { environment, set, ..Given::default() }).expect("legal").warnings, [""; 0]);
}

#[test]
fn errors_come_with_the_warnings_that_may_explain_them() {
    let given = Given { environment: &[("KARAFKA_SWARM_NODES", "2")], set: &["swarm.nodes=x"], ..Given::default() };
    let text = load_given(&given).expect_err("`x` is no count").to_string();
    let warning =
        "\n  warning: environment variable KARAFKA_SWARM_NODES is not read, did you mean KARAFKA_SWARM__NODES?";
    assert!(text.ends_with(warning), "{text}");
}

#[test]
fn one_key_twice_in_one_place_is_an_error() {
    for (given, expected) in [
        (
            Given {
                environment: &[("KARAFKA_BOOTSTRAP_SERVERS", "a:1"), ("KARAFKA_KAFKA__BOOTSTRAP_SERVERS", "b:1")],
                ..Given::default()
            },
            "`kafka.bootstrap.servers` is set twice: environment variable KARAFKA_BOOTSTRAP_SERVERS and environment variable \
             KARAFKA_KAFKA__BOOTSTRAP_SERVERS; keep one",
        ),
        (
            Given {
                environment: &[("KARAFKA_SWARM__NODES", "2"), ("KARAFKA_SWARM__NODES_FILE", "/run/nodes")],
                files: &[("/run/nodes", "2")],
                ..Given::default()
            },
            "`swarm.nodes` is set twice: environment variable KARAFKA_SWARM__NODES and the file named by \
             KARAFKA_SWARM__NODES_FILE; keep one",
        ),
        (
            Given {
                files: &[("karafka.toml", "[kafka]\nsasl.mechanism = \"PLAIN\"\nsasl.mechanisms = \"PLAIN\"")],
                ..Given::default()
            },
            "`kafka.sasl.mechanisms` is set twice: karafka.toml:2 and karafka.toml:3; keep one",
        ),
    ] {
        assert_eq!(errors_of(&given), [expected]);
    }
}

fn check(given: Given<'_>, expected: &str) {
    assert_eq!(errors_of(&given), [expected]);
}

fn file(text: &'static str) -> Given<'static> {
    Given { files: leak(("karafka.toml", text)), ..Given::default() }
}

fn environment(name: &'static str, value: &'static str) -> Given<'static> {
    Given { environment: leak((name, value)), ..Given::default() }
}

fn set(text: &'static str) -> Given<'static> {
    Given { set: leak(text), ..Given::default() }
}

/// One case, as a list that lives as long as the test program.
fn leak<T>(case: T) -> &'static [T] {
    Box::leak(Box::new([case]))
}
