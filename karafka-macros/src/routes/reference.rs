//! `reference.md`, written from the option table.

use std::fmt::Write as _;

use super::grammar::{ArgumentSpecification, Kind, OPTIONS, Readiness, Specification};

/// The page as Markdown.
fn page() -> String {
    let mut page = String::from(HEAD);
    for option in OPTIONS {
        section(option, &mut page).expect("writing into a string cannot fail");
    }
    page
}

const HEAD: &str = "# Settings of `routes!`\n\n\
    <!-- Written from the option table by the unit test `reference_is_current`; `KARAFKA_BLESS=1 cargo test -p karafka-macros` writes it anew. -->\n\n\
    Where a setting may stand: at a topic it is the topic's own; at a group, when a topic may have it too, it is a default\n\
    for the topics below. The nearest setting wins and replaces the others whole; `config` and `kafka` merge by key.\n\
    What is *not ready* is checked and kept, but a program that uses it refuses to start and names it.\n";

fn section(option: &Specification, page: &mut String) -> std::fmt::Result {
    let levels: Vec<&str> = option.levels.iter().map(|level| level.noun()).collect();
    let defaults = if option.is_inherited() { ", `defaults`" } else { "" };
    writeln!(page, "\n## `{}`\n\n{}.\n\n```text\n{}\n```\n", option.word, capitalised(option.doc), option.example)?;
    writeln!(page, "- Where: {}{defaults}", levels.join(", "))?;
    if !option.default.is_empty() {
        writeln!(page, "- Without it: {}", option.default)?;
    }
    match option.readiness {
        Readiness::Ready => {}
        Readiness::NotReady => writeln!(page, "- Not ready")?,
        Readiness::NotReadyWith(value) => writeln!(page, "- Not ready with `{value}`")?,
    }
    if let Kind::Arguments { switch: true, .. } = option.kind {
        writeln!(page, "- `{} false;` switches an inherited one off", option.word)?;
    }
    if option.arguments().is_empty() {
        return Ok(());
    }
    writeln!(page, "\n| argument | default | meaning |\n|---|---|---|")?;
    for argument in option.arguments() {
        row(argument, page)?;
    }
    Ok(())
}

fn row(argument: &ArgumentSpecification, page: &mut String) -> std::fmt::Result {
    let default = match (argument.required, argument.default) {
        (true, _) => "required",
        (false, "") => "none",
        (false, default) => default,
    };
    let readiness = match argument.readiness {
        Readiness::Ready => String::new(),
        Readiness::NotReady => " (not ready)".to_owned(),
        Readiness::NotReadyWith(value) => format!(" (`{value}` is not ready)"),
    };
    writeln!(page, "| `{}: {}` | {default} | {}{readiness} |", argument.name, argument.example, argument.doc)
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().collect::<String>() + characters.as_str()).unwrap_or_default()
}

#[test]
fn reference_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/reference.md");
    if std::env::var_os("KARAFKA_BLESS").is_some() {
        std::fs::write(path, page()).expect("reference.md can be written");
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == page(), "reference.md differs from the option table: KARAFKA_BLESS=1 writes it anew");
}
