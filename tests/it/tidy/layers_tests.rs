//! What the check of layers sees, and what it leaves alone.

use super::*;

fn expect(path: &str, text: &str, lines_and_words: &[(usize, &str)]) {
    let found = check(&made_up(&format!("{CRATE}{path}"), text));
    let lines: Vec<usize> = found.iter().map(|violation| violation.line).collect();
    let expected: Vec<usize> = lines_and_words.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, expected, "{path}: {text}: {found:?}");
    for (violation, (_, words)) in found.iter().zip(lines_and_words) {
        assert!(violation.sentence.contains(words), "`{}` lacks `{words}`", violation.sentence);
    }
}

#[test]
fn an_edge_against_the_table_is_seen() {
    expect("topology/names.rs", "//! Names.\nuse crate::config::Limits;", &[(2, "expected no other module")]);
    expect("swarm/fleet.rs", "use crate::connection::Client;", &[(1, "`crate::connection::Client`")]);
    expect("swarm/fleet.rs", "use crate::os::Pid;\nuse crate::swarm::node::Node;", &[]);
    expect("swarm.rs", "use crate::connection::Client;", &[(1, "expected only `os`")]);
}

#[test]
fn an_edge_for_one_file_is_closed_to_others() {
    expect("message/record.rs", "use crate::librdkafka::NativeMessage;", &[]);
    expect("message/batch.rs", "use crate::librdkafka::NativeMessage;", &[(1, "only its file `message/record.rs`")]);
}

#[test]
fn grouped_imports_are_read_entry_by_entry() {
    let text = "use crate::{\n    os::{Pid, Signal},\n    connection::{Client, Event},\n    librdkafka,\n};";
    expect("swarm/fleet.rs", text, &[(3, "crate::connection"), (4, "crate::librdkafka")]);
    expect("swarm/fleet.rs", "use crate::{self, os};", &[]);
}

#[test]
fn paths_outside_imports_are_seen() {
    expect("ledger/mod.rs", "fn f() -> crate::config::Limits { x }", &[(1, "crate::config::Limits")]);
    expect("ledger/mod.rs", "fn f() { some_macro!(a, crate::config::limits()) }", &[(1, "crate::config::limits")]);
    expect("ledger/mod.rs", "/// See [`crate::config`].\npub(in crate::ledger) fn f() {}", &[]);
}

#[test]
fn supers_that_climb_to_the_root_are_seen() {
    expect("ledger/progress.rs", "use super::super::config::Limits;", &[(1, "crate::config::Limits")]);
    expect("ledger/progress.rs", "use super::{Frame, super_thing};", &[]);
    expect("ledger/mod.rs", "use super::config::Limits;", &[(1, "crate::config::Limits")]);
    expect("ledger.rs", "use super::{config, ledger};", &[(1, "crate::config")]);
    expect(
        "ledger/mod.rs",
        "mod tests {\n    use super::super::config::A;\n    use super::B;\n}",
        &[(2, "crate::config")],
    );
}

#[test]
fn a_module_without_a_row_is_seen() {
    expect("helpers.rs", "", &[(1, "`helpers` has no row")]);
    expect("lib.rs", "pub use crate::anything::Goes;", &[]);
    expect("prelude.rs", "pub use crate::consumer::Consumer;", &[]);
    expect("ledger/mod.rs", "use crate::Result;", &[(1, "is no module of the table")]);
}

#[test]
fn the_public_error_may_only_use_errors() {
    let text = "use crate::admin::AdminError;\nuse crate::admin::Client;";
    expect("error.rs", text, &[(2, "error types of the layers only")]);
}
