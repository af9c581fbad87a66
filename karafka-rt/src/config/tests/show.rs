//! `config show`, whole.

use super::*;

#[test]
fn every_key_is_shown_with_its_source_and_secrets_are_not() {
    let given = Given {
        code: &[("swarm.nodes", "2")],
        files: &[("karafka.toml", "[kafka]\nsasl.password = \"c4n4ry\"\n[kafka.consumer]\nfetch.wait.max.ms = 50")],
        environment: &[("KARAFKA_BOOTSTRAP_SERVERS", "a:1,b:1")],
        set: &["telemetry.log=info,shop=debug"],
        ..Given::default()
    };
    let text = super::super::show::render(&load_given(&given).unwrap_or_else(|errors| panic!("{errors}")).config);
    let (line, rest) = text.split_once("nodes = \"2\"").expect("it is set");
    let (source, rest) = rest.split_once('\n').expect("a line");
    assert!(source.trim().starts_with("# `App::defaults` at ") && source.contains(".rs:"), "{source}");
    let expected_before = r#"[application]
instance = "box-1"             # built-in
environment = "development"    # built-in
runtime_dir = ""               # built-in
topic_prefix = ""              # built-in

[kafka]
bootstrap.servers = "a:1,b:1"  # environment variable KARAFKA_BOOTSTRAP_SERVERS
sasl.password = "***"          # karafka.toml:2

[kafka.consumer]
fetch.wait.max.ms = "50"       # karafka.toml:4

[swarm]
"#;
    let expected_after = r#"shutdown_timeout = "20s"       # built-in
memory_limit = "auto"          # built-in
boot_timeout = "1min"          # built-in
restart_backoff = "500ms"      # built-in
restart_backoff_max = "1min"   # built-in

[processing]
concurrency = "auto"           # built-in
commit_interval = "5s"         # built-in
commit_deadline = "10s"        # built-in
drain_timeout = "5s"           # built-in
memory = "256MiB"              # built-in
partition_buffer = "4MiB"      # built-in

[telemetry]
log = "info,shop=debug"        # command line option --set
log_format = "human"           # built-in
"#;
    assert_eq!((line, rest), (expected_before, expected_after));
}
