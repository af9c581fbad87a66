//! Who may use whom inside the runtime: the table of `ARCHITECTURE.md`, checked against every path in its sources.
//!
//! A path is seen wherever it stands, not only in a `use`: `crate::a::B`, `use crate::{a::B, c}`, and chains of `super` that climb to
//! the root. Tests of a module obey the row of their module.

use super::sources::{self, Source, Token, made_up};
use super::{Violation, expect_none};

const CRATE: &str = "karafka-rt/src/";

/// What a module may use beside itself.
enum MayUse {
    /// The facade and the composition root.
    Everything,
    /// The public error: the error types of the layers, whatever the layer.
    Errors,
    Only(&'static [&'static str]),
}

use MayUse::{Errors, Everything, Only};

const TABLE: [(&str, MayUse); 27] = [
    ("failpoint", Only(&[])),
    ("os", Only(&[])),
    ("topology", Only(&[])),
    ("lifecycle", Only(&[])),
    ("librdkafka", Only(&[])),
    ("vitals", Only(&[])),
    ("ledger", Only(&[])),
    ("config", Only(&["topology"])),
    ("telemetry", Only(&["topology"])),
    ("message", Only(&["topology", "librdkafka"])),
    ("control", Only(&["os", "lifecycle"])),
    ("consumer", Only(&["topology", "message", "telemetry"])),
    ("processing", Only(&["consumer", "message", "ledger", "topology", "config", "telemetry", "vitals"])),
    (
        "connection",
        Only(&[
            "processing",
            "consumer",
            "message",
            "ledger",
            "topology",
            "config",
            "telemetry",
            "librdkafka",
            "os",
            "vitals",
        ]),
    ),
    ("producer", Only(&["consumer", "message", "topology", "config", "telemetry", "librdkafka"])),
    ("admin", Only(&["message", "topology", "config", "telemetry", "librdkafka"])),
    ("redrive", Only(&["admin", "connection", "producer", "ledger", "message", "topology", "config", "telemetry"])),
    (
        "server",
        Only(&[
            "connection",
            "processing",
            "producer",
            "consumer",
            "message",
            "lifecycle",
            "topology",
            "config",
            "telemetry",
            "os",
            "vitals",
        ]),
    ),
    ("swarm", Only(&["os", "lifecycle", "config", "telemetry", "vitals", "control"])),
    (
        "companion",
        Only(&["topology", "config", "telemetry", "message", "admin", "redrive", "producer", "control", "vitals"]),
    ),
    ("dev_broker", Only(&["os", "config", "librdkafka"])),
    ("cli", Only(&["topology", "config", "telemetry", "lifecycle", "control", "admin", "redrive"])),
    ("__private", Only(&["topology", "consumer", "message"])),
    (
        "testing",
        Only(&[
            "os",
            "topology",
            "lifecycle",
            "librdkafka",
            "vitals",
            "ledger",
            "config",
            "telemetry",
            "message",
            "control",
            "consumer",
            "processing",
            "connection",
            "producer",
            "admin",
        ]),
    ),
    ("error", Errors),
    ("app", Everything),
    ("prelude", Everything),
];

/// What every module may use beside its row: where tests let a process die or do wrong. It decides nothing and returns nothing.
const FAILPOINT: &str = "failpoint";

/// Edges that only one file may use: user, used, file.
const NARROWED: [(&str, &str, &str); 1] = [("message", "librdkafka", "message/record.rs")];

/// A path from one place of the crate to another top-level module.
#[derive(Debug, PartialEq, Eq)]
struct Use {
    line: usize,
    /// The first segment is the top-level module.
    path: Vec<String>,
}

fn check(source: &Source) -> Vec<Violation> {
    let Some(file) = source.path.strip_prefix(CRATE) else { return Vec::new() };
    let home = module_of(file);
    // The root itself only declares and re-exports.
    let Some(module) = home.first() else { return Vec::new() };
    let violation = |line, sentence| Violation { path: source.path.clone(), line, sentence };
    let Some((_, may_use)) = TABLE.iter().find(|(name, _)| name == module) else {
        return vec![violation(1, format!("module `{module}` has no row in the table of {}: add one", file!()))];
    };
    let uses = uses(&source.tokens(), &home).into_iter().filter(|used| used.path[0] != *module);
    uses.filter_map(|used| Some(violation(used.line, objection(file, module, may_use, &used)?))).collect()
}

/// Why `module` may not use that path; `None` when it may.
fn objection(file: &str, module: &str, may_use: &MayUse, used: &Use) -> Option<String> {
    let target = used.path[0].as_str();
    let path = format!("crate::{}", used.path.join("::"));
    if let Some((.., only)) = NARROWED.iter().find(|(from, to, _)| *from == module && *to == target)
        && *only != file
    {
        return Some(format!("`{module}` uses `{path}`, which only its file `{only}` may"));
    }
    match may_use {
        Everything => None,
        _ if target == FAILPOINT => None,
        _ if !TABLE.iter().any(|(name, _)| *name == target) => {
            Some(format!("`{module}` uses `{path}`, which is no module of the table: name the module it comes from"))
        }
        Errors if used.path.last().is_some_and(|last| last.ends_with("Error")) => None,
        Errors => Some(format!("`{module}` uses `{path}`, expected error types of the layers only")),
        Only(allowed) if allowed.contains(&target) => None,
        Only([]) => {
            Some(format!("`{module}` uses `{path}`, expected no other module: hand the value in as an argument"))
        }
        Only(allowed) => {
            let allowed = allowed.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            Some(format!(
                "`{module}` uses `{path}`, expected only {allowed}: turn the edge round with a trait or an event"
            ))
        }
    }
}

/// The module path of a file: `a/b.rs` and `a/b/mod.rs` are `a::b`, `lib.rs` is the root.
fn module_of(file: &str) -> Vec<String> {
    let path = file.trim_end_matches(".rs");
    let parts = path.split('/').filter(|part| !matches!(*part, "mod" | "lib"));
    parts.map(str::to_owned).collect()
}

/// Every path that starts at the root, whether by `crate` or by enough `super`s.
fn uses(tokens: &[Token], home: &[String]) -> Vec<Use> {
    let mut uses = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", |before| tokens[before].text.as_str());
        // `pub(in crate::a)` uses nothing, and `a::super` does not exist: a chain starts at its first word.
        if matches!(before, "in" | "::") {
            continue;
        }
        let rest = match token.text.as_str() {
            "crate" => &tokens[index + 1..],
            "super" => match climb(&tokens[index..], home.len() + token.modules.len()) {
                Some(rest) => rest,
                None => continue,
            },
            _ => continue,
        };
        collect(rest, &mut uses);
    }
    uses
}

/// What follows a chain of `super`s that ends exactly at the root, from `depth` modules below it.
fn climb(tokens: &[Token], depth: usize) -> Option<&[Token]> {
    let mut rest = tokens;
    let mut climbed = 0;
    while let [word, colons, ..] = rest
        && word.text == "super"
        && colons.text == "::"
    {
        climbed += 1;
        rest = &rest[2..];
    }
    // The tokens from the last `::` on, as after `crate`.
    (climbed == depth).then(|| &tokens[climbed * 2 - 1..])
}

/// Reads `::a::B` or `::{a::B, c}`.
fn collect(tokens: &[Token], uses: &mut Vec<Use>) {
    let [colons, next, ..] = tokens else { return };
    if colons.text != "::" {
        return;
    }
    if next.text != "{" {
        uses.extend(path(&tokens[1..]));
        return;
    }
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(1) {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" if depth == 1 => return,
            "}" => depth -= 1,
            _ if depth == 1 && matches!(tokens[index - 1].text.as_str(), "{" | ",") => {
                uses.extend(path(&tokens[index..]));
            }
            _ => {}
        }
    }
}

/// The identifiers of a path up to where it ends or branches.
fn path(tokens: &[Token]) -> Option<Use> {
    let is_word = |token: &&Token| token.text.starts_with(|first: char| first.is_alphabetic() || first == '_');
    let first = tokens.first().filter(is_word).filter(|token| token.text != "self")?;
    let mut path = vec![first.text.clone()];
    let mut rest = &tokens[1..];
    while let [colons, word, ..] = rest
        && colons.text == "::"
        && is_word(&word)
    {
        path.push(word.text.clone());
        rest = &rest[2..];
    }
    Some(Use { line: first.line, path })
}

#[test]
fn the_runtime_keeps_to_the_table() {
    let files: Vec<Source> = sources::rust().into_iter().filter(|source| source.path.starts_with(CRATE)).collect();
    expect_none(&files, check);
}

/// A row as it stands in the documentation.
fn documented((module, may_use): &(&str, MayUse)) -> String {
    let may_use = match may_use {
        Everything => "everything".to_owned(),
        Errors => "the error types of the others".to_owned(),
        Only([]) => "nothing".to_owned(),
        Only(allowed) => allowed.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    };
    format!("| `{module}` | {may_use} |")
}

#[test]
fn the_documentation_shows_the_same_table() {
    let files = sources::all();
    let architecture = files.iter().find(|source| source.path == "ARCHITECTURE.md").unwrap();
    let table = architecture.text.split_once("| module | may use |\n|---|---|\n").unwrap().1;
    let shown: Vec<&str> = table.lines().take_while(|line| line.starts_with('|')).collect();
    assert_eq!(shown, TABLE.iter().map(documented).collect::<Vec<_>>(), "ARCHITECTURE.md, who may use whom");
}

#[test]
fn the_table_has_no_cycle() {
    // Rows stand in an order in which each only uses rows above it, or is not used itself.
    let mut done: Vec<&str> = Vec::new();
    let mut rows: Vec<(&str, &[&str])> = Vec::new();
    for (module, may_use) in &TABLE {
        if let Only(allowed) = may_use {
            rows.push((module, allowed));
        }
    }
    while !rows.is_empty() {
        let before = rows.len();
        rows.retain(|(module, allowed)| {
            let ready = allowed.iter().all(|used| done.contains(used));
            if ready {
                done.push(module);
            }
            !ready
        });
        let stuck: Vec<&str> = rows.iter().map(|(module, _)| *module).collect();
        assert!(rows.len() < before, "a cycle, or a word that is no module, among {stuck:?}");
    }
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
