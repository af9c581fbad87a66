//! What must not stand in the project: unfinished marks, tests that are ignored without a reason, panics in libraries, and paths of
//! somebody's machine.

use super::sources::{self, Source, Token, made_up};
use super::{Violation, expect_none};

/// Text that is wrong wherever it stands. Written in halves, or this file would break its own rule.
const TEXTS: [(&str, &str); 6] = [
    (concat!("/wo", "rk/"), "a path of somebody's machine: name things relative to the project"),
    (concat!("/fa", "rm/"), "a path of somebody's machine: name things relative to the project"),
    (concat!("/ro", "ot/"), "a path of somebody's machine: name things relative to the project"),
    (concat!("/tmp", "/wt"), "a path of somebody's machine: name things relative to the project"),
    (concat!("FIX", "ME"), "an unfinished mark: finish it, or say in the docs what is not ready"),
    (concat!("XX", "X"), "an unfinished mark: finish it, or say in the docs what is not ready"),
];

/// Runs of tokens that are wrong in Rust code.
const RUNS: [(&[&str], &str); 3] = [
    (&["todo", "!"], "an unfinished mark: finish it, or return an error that names what is not ready"),
    (&["unimplemented", "!"], "an unfinished mark: finish it, or return an error that names what is not ready"),
    (&["#", "[", "ignore", "]"], "a test that is ignored without a reason: write `#[ignore = \"..\"]`"),
];

/// Panics that a library must not have: an `expect` states why it cannot happen.
const UNWRAP: &[&str] = &[".", "unwrap", "(", ")"];

/// Generated, and not ours to word.
const LOCK_FILE: &str = "Cargo.lock";

fn check_text(source: &Source) -> Vec<Violation> {
    if source.path.ends_with(LOCK_FILE) {
        return Vec::new();
    }
    let mut violations = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        for (text, sentence) in TEXTS.iter().filter(|(text, _)| line.contains(text)) {
            let sentence = format!("`{text}` is {sentence}");
            violations.push(Violation { path: source.path.clone(), line: index + 1, sentence });
        }
    }
    violations
}

fn check_tokens(source: &Source) -> Vec<Violation> {
    let tokens = source.tokens();
    let is_library = source.path.starts_with("karafka-") && source.path.contains("/src/");
    let mut violations = Vec::new();
    for index in 0..tokens.len() {
        let mut found = |sentence: &str| {
            let violation =
                Violation { path: source.path.clone(), line: tokens[index].line, sentence: sentence.into() };
            violations.push(violation);
        };
        for (run, sentence) in RUNS.iter().filter(|(run, _)| starts(&tokens[index..], run)) {
            found(&format!("`{}` is {sentence}", run.concat()));
        }
        if is_library && !tokens[index].in_test && starts(&tokens[index..], UNWRAP) {
            found("`.unwrap()` in a library: return an error, or `expect` with the reason why it cannot fail");
        }
    }
    violations
}

fn starts(tokens: &[Token], run: &[&str]) -> bool {
    tokens.len() >= run.len() && tokens.iter().zip(run).all(|(token, word)| token.text == *word)
}

#[test]
fn no_file_holds_forbidden_text() {
    expect_none(&sources::all(), check_text);
}

#[test]
fn no_rust_file_holds_forbidden_code() {
    expect_none(&sources::rust(), check_tokens);
}

#[test]
fn forbidden_text_is_seen() {
    for (text, _) in TEXTS {
        let found = check_text(&made_up("docs/a.md", &format!("first\nsecond {text}x\n")));
        assert_eq!(found.iter().map(|violation| violation.line).collect::<Vec<_>>(), [2], "{text}");
        assert_eq!(check_text(&made_up(LOCK_FILE, text)), []);
    }
    assert_eq!(check_text(&made_up("a.md", "a framework, a farm and the root of it")), []);
}

#[test]
fn forbidden_code_is_seen() {
    let expect = |path: &str, text: &str, lines: &[usize]| {
        let found: Vec<usize> = check_tokens(&made_up(path, text)).iter().map(|violation| violation.line).collect();
        assert_eq!(found, lines, "{path}: {text}");
    };
    expect("xtask/src/main.rs", "fn f() {\n    todo!()\n}", &[2]);
    expect("xtask/src/main.rs", "fn f() { unimplemented!(\"later\") }", &[1]);
    expect("tests/it/a.rs", "#[test]\n#[ignore]\nfn t() {}", &[2]);
    expect("tests/it/a.rs", "#[test]\n#[ignore = \"takes an hour\"]\nfn t() {}", &[]);
    expect("karafka-rt/src/a.rs", "fn f() {\n    g()\n        .unwrap();\n}", &[3]);
    expect("karafka-rt/src/a.rs", "/// g().unwrap()\nfn f() { g().unwrap_or(1); }", &[]);
    expect("karafka-rt/src/a.rs", "#[cfg(test)]\nmod tests { fn f() { g().unwrap() } }\nfn h() { g().unwrap() }", &[3]);
    expect("karafka-rt/src/flow/tests.rs", "fn f() { g().unwrap() }", &[]);
    expect("xtask/src/main.rs", "fn f() { g().unwrap() }", &[]);
}
