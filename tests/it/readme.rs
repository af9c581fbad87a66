//! What the README shows is true: its program is one that is compiled, and its compile error is the one that the macro gives, at the
//! place where it stands.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The first fenced block of this language.
fn block(text: &str, language: &str) -> String {
    let begin = format!("```{language}\n");
    let (_, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("the README has no block of `{language}`"));
    rest.split_once("```").expect("a closed block").0.to_owned()
}

#[test]
fn its_program_is_compiled_as_it_stands() {
    assert_eq!(block(&read("README.md"), "rust"), read("ui-tests/tests/pass/readme.rs"), "copy the one to the other");
}

#[test]
fn its_compile_error_is_the_one_that_is_given_under_the_word_that_is_wrong() {
    let readme = read("README.md");
    let program = block(&readme, "rust").replace("max_retries", "max_retires");
    let (number, line) = program.lines().enumerate().find(|(_, line)| line.contains("max_retires")).unwrap();
    let (number, column) = (number + 1, line.find("max_retires").unwrap());
    let margin = " ".repeat(number.to_string().len());
    let given = read("ui-tests/tests/fail/r01_unknown_argument.stderr");
    let expected = format!(
        "{}\n{margin}--> src/main.rs:{number}:{}\n{margin} |\n{number} | {line}\n{margin} | {}{}\n",
        given.lines().next().unwrap(),
        column + 1,
        " ".repeat(column),
        "^".repeat("max_retires".len()),
    );
    assert_eq!(block(&readme, "text"), expected);
}
