//! `unsafe` lives in two folders of the runtime; everywhere else it is listed here with its reason, or it is an error.

use super::sources::{self, Source, made_up};
use super::{Violation, expect_none};

/// Where `unsafe` is at home: the two folders that wrap foreign functions, and decide nothing.
const HOMES: [&str; 2] = ["karafka-rt/src/os/", "karafka-rt/src/librdkafka/"];

/// Files elsewhere, each with the reason why it cannot do without.
const EXEMPT: [(&str, &str); 1] =
    [("benches/src/bin/drain/raw.rs", "the raw batch calls that the framework's speed is compared with")];

fn is_exempt(path: &str) -> bool {
    HOMES.iter().any(|home| path.starts_with(home)) || EXEMPT.iter().any(|(exempt, _)| *exempt == path)
}

fn check(source: &Source) -> Vec<Violation> {
    if is_exempt(&source.path) {
        return Vec::new();
    }
    uses(source)
}

/// Every `unsafe`, and every switch that would let one in.
fn uses(source: &Source) -> Vec<Violation> {
    let tokens = source.tokens();
    let mut violations = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let opens = index > 1 && matches!(tokens[index - 2].text.as_str(), "allow" | "expect" | "warn");
        let found = match token.text.as_str() {
            "unsafe" => "`unsafe`",
            "unsafe_code" if opens => "a switch that allows `unsafe`",
            _ => continue,
        };
        let sentence = format!(
            "{found} outside {}: move the call there, or list the file in {} with its reason",
            HOMES.join(" and "),
            file!()
        );
        violations.push(Violation { path: source.path.clone(), line: token.line, sentence });
    }
    violations
}

#[test]
fn unsafe_stays_at_home() {
    expect_none(&sources::rust(), check);
}

#[test]
fn every_exemption_is_needed() {
    let files = sources::rust();
    for (path, reason) in EXEMPT {
        assert!(!reason.is_empty(), "{path} is exempt without a reason");
        let used = files.iter().any(|source| source.path == path && !uses(source).is_empty());
        assert!(used, "{path} is exempt and has no `unsafe` (any more): remove it from the list");
    }
}

#[test]
fn unsafe_elsewhere_is_seen() {
    let expect = |path: &str, text: &str, lines: &[usize]| {
        let found: Vec<usize> = check(&made_up(path, text)).iter().map(|violation| violation.line).collect();
        assert_eq!(found, lines, "{path}: {text}");
    };
    expect("karafka-rt/src/server/a.rs", "fn f() {\n    unsafe { g() }\n}", &[2]);
    expect("karafka-rt/src/server/a.rs", "some_macro! { x => unsafe { g() } }", &[1]);
    expect("karafka-rt/src/server/a.rs", "#![allow(unsafe_code)]", &[1]);
    expect("karafka-macros/src/lib.rs", "#![forbid(unsafe_code)]\n/// An unsafe thing.\nfn f() {}", &[]);
    expect("karafka-rt/src/os/fork.rs", "#![allow(unsafe_code)]\nfn f() { unsafe { g() } }", &[]);
    expect("karafka-rt/src/osmium.rs", "fn f() { unsafe { g() } }", &[1]);
}
