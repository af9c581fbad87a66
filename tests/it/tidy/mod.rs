//! Rules of the project that no compiler knows, read off its sources.
//!
//! Each file holds one rule: a pure check over [`sources`], a test over the whole project, and tests that feed the check something
//! that breaks the rule, so that a check which no longer sees anything cannot pass.

mod brokers;
mod layers;
mod sizes;
mod sources;
mod unsafety;
mod words;

use sources::Source;

/// One place that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
struct Violation {
    path: String,
    line: usize,
    /// What was found, what is expected, what to do.
    sentence: String,
}

/// Applies a check to every file and fails with all violations at once.
fn expect_none(files: &[Source], check: impl Fn(&Source) -> Vec<Violation>) {
    let all: Vec<Violation> = files.iter().flat_map(check).collect();
    let line = |violation: &Violation| format!("\n  {}:{}: {}", violation.path, violation.line, violation.sentence);
    assert!(!files.is_empty(), "no file was looked at: the check sees nothing");
    assert!(all.is_empty(), "{} places break a rule:{}", all.len(), all.iter().map(line).collect::<String>());
}
