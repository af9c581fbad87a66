//! `docs/reference.md` of the runtime, which documents the macros: written from the option table, with a block for every option
//! that is compiled as a documentation test there.

use std::fmt::Write as _;

use super::grammar::{ArgumentSpecification, Kind, Level, OPTIONS, Readiness, Specification};

/// The page as Markdown.
fn page() -> String {
    let mut page = String::from(HEAD);
    for option in OPTIONS {
        section(option, &mut page).expect("writing into a string cannot fail");
    }
    page
}

const HEAD: &str = "# Settings\n\n\
    <!-- Written from the option table by the unit test `reference_is_current`; `KARAFKA_BLESS=1 cargo test -p karafka-macros` writes it anew. -->\n\n\
    At a topic a setting is the topic's own. At a group, or in `defaults`, it is a default for the topics below: the nearest one\n\
    wins and replaces the others whole, but `config` and `kafka` merge by key. A setting that is *not ready* is checked and kept;\n\
    a program that uses it does not start, and says which one it is.\n";

/// What the examples route, hidden in rustdoc.
const SUPPORT: &str = "\
# use karafka_rt::prelude::*;
# #[derive(serde::Serialize, serde::Deserialize)] struct Order { cents: u64 }
# #[derive(serde::Serialize)] struct Receipt { cents: u64 }
# #[derive(Consumer)] #[consumer(payload = Order)] struct Charge;
# impl ConsumeEach for Charge {
#     fn consume_each(&mut self, _: Message<'_, Order>, _: &mut Context<'_>) -> Result { Ok(()) }
# }
";
const TICKING: &str = "# impl Tick for Charge { fn tick(&mut self, _: &mut Context<'_>) -> Result { Ok(()) } }\n";

/// A block that has nothing but `option` at its place.
fn example(option: &Specification) -> String {
    let setting = option.example;
    let items = match option.word {
        "consumer" => format!("    topic \"orders\" {{ {setting} }}\n"),
        "produce" => format!("    topic \"receipts\" {{ {setting} }}\n"),
        word if option.levels.contains(&Level::Topic) => {
            let target = if word == "dead_letter_queue" { "    topic \"orders.dead\";\n" } else { "" };
            format!("    topic \"orders\" {{\n        consumer Charge;\n        {setting}\n    }}\n{target}")
        }
        word => {
            let slot = if word == "assign" { "        nodes(0);\n" } else { "" };
            let group = match option.levels {
                [Level::ConsumerGroup] => "consumer_group \"billing\"",
                _ => "subscription_group",
            };
            format!(
                "    {group} {{\n{slot}        {setting}\n        topic \"orders\" {{ consumer Charge; }}\n    }}\n"
            )
        }
    };
    let ticking = if option.word == "periodic" { TICKING } else { "" };
    format!("```\n{SUPPORT}{ticking}routes! {{\n    mod shop as \"shop\";\n{items}}}\n```\n")
}

fn section(option: &Specification, page: &mut String) -> std::fmt::Result {
    let levels: Vec<&str> = option.levels.iter().map(|level| level.noun()).collect();
    let defaults = if option.is_inherited() { ", `defaults`" } else { "" };
    writeln!(page, "\n## `{}`\n\n{}.\n\n{}", option.word, capitalised(option.doc), example(option))?;
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
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../karafka-rt/docs/reference.md");
    if std::env::var_os("KARAFKA_BLESS").is_some() {
        std::fs::write(path, page()).expect("the reference can be written");
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == page(), "docs/reference.md differs from the option table: KARAFKA_BLESS=1 writes it anew");
}
