//! The files of `deploy/` fit what the program does: its stop budget, its exit codes, its configuration.

use std::fs;
use std::path::Path;

use super::runtime_dir::unconfigured;

/// `swarm.shutdown_timeout` by default, and what the supervisor needs beyond, in seconds.
const STOP_BUDGET: u64 = 20 + 8;

fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(name)).unwrap()
}

/// The value of `key` in lines like `key<separator>value`, which must be there once.
fn value<'t>(text: &'t str, key: &str, separator: char) -> &'t str {
    let lines = text.lines().filter_map(|line| line.trim().trim_start_matches("- ").split_once(separator));
    let found: Vec<&str> = lines.filter(|(name, _)| *name == key).map(|(_, value)| value.trim()).collect();
    assert_eq!(found.len(), 1, "`{key}` must be there once: {found:?}");
    found[0]
}

#[test]
fn the_service_gives_a_stop_its_time_and_does_not_restart_what_is_misconfigured() {
    let unit = file("karafka.service");
    let expect = |key: &str, expected: &str| assert_eq!(value(&unit, key, '='), expected, "{key}");
    expect("KillMode", "mixed");
    expect("RestartPreventExitStatus", "78");
    expect("RuntimeDirectoryMode", "0700");
    expect("ExecReload", "/bin/kill -HUP $MAINPID");
    let timeout: u64 = value(&unit, "TimeoutStopSec", '=').parse().unwrap();
    assert!(timeout > STOP_BUDGET, "{timeout} s");
}

#[test]
fn the_manifest_gives_a_stop_its_time_and_its_environment_is_a_configuration() {
    let manifest = file("kubernetes.yaml");
    assert_eq!(value(&manifest, "enableServiceLinks", ':'), "false");
    let grace: u64 = value(&manifest, "terminationGracePeriodSeconds", ':').parse().unwrap();
    assert!(grace > STOP_BUDGET, "{grace} s");
    assert_eq!(value(&manifest, "fieldPath", ':'), "metadata.name", "the instance is the pod's name");

    let mut lines = manifest.lines().map(str::trim);
    let mut variables = Vec::new();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix("- name: ").filter(|name| name.starts_with("KARAFKA_")) else { continue };
        let value = lines.next().and_then(|line| line.strip_prefix("value: ")).unwrap_or("shop-0");
        variables.push((name, value));
    }
    assert!(variables.len() >= 3, "{variables:?}");
    let mut check = unconfigured();
    check.args(["config", "check"]).env("KILLERS_BLOCK", "outside").envs(variables);
    let output = check.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("WARN"), "{}", String::from_utf8_lossy(&output.stderr));
}
