//! Files stay small enough to be read in one go.

use super::sources::{self, Source, made_up};
use super::{Violation, expect_none};

/// Lines a file may have. Aim at 150, think at 300, split before this.
const MAX_LINES: usize = 400;

fn check(source: &Source) -> Vec<Violation> {
    let lines = source.text.lines().count();
    let sentence = format!("{lines} lines, expected at most {MAX_LINES}: split it by what its parts do");
    let violation = Violation { path: source.path.clone(), line: MAX_LINES + 1, sentence };
    if lines > MAX_LINES { vec![violation] } else { Vec::new() }
}

#[test]
fn no_file_is_too_long() {
    expect_none(&sources::rust(), check);
}

#[test]
fn a_file_that_is_too_long_is_seen() {
    assert_eq!(check(&made_up("a.rs", &"\n".repeat(MAX_LINES))), []);
    assert_eq!(check(&made_up("a.rs", &"\n".repeat(MAX_LINES + 1))).len(), 1);
}
