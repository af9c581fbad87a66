//! Sentences about the shape of a block.

use super::one_of;
use crate::routes::{Level, Sign, Specification};

pub(crate) fn runtime_path() -> String {
    "expected `crate = path;` with a path from a crate to the runtime, for example `crate = ::karafka_rt;`".to_owned()
}

pub(crate) fn visibility() -> String {
    "expected `pub`, `pub(crate)`, `pub(super)` or `pub(in path)`".to_owned()
}

pub(crate) fn module_missing() -> String {
    "a block begins with the module that it generates, for example `pub mod shop as \"shop\";`".to_owned()
}

pub(crate) fn module_name_missing() -> String {
    "`mod` needs the name of the module, for example `pub mod shop as \"shop\";`".to_owned()
}

pub(crate) fn application_name_missing() -> String {
    "`as` needs the application's name in quotes, for example `as \"shop\"`".to_owned()
}

pub(crate) fn module_no_application(name: &str) -> String {
    format!("`{name}` cannot be the application's name, give it one: `mod {name} as \"shop\";`")
}

pub(crate) fn hash_comment() -> String {
    "comments begin with `//`".to_owned()
}

pub(crate) fn attribute() -> String {
    "only doc comments can stand here, an attribute like `#[cfg(..)]` belongs on the whole `routes!` block".to_owned()
}

pub(crate) fn word_expected(found: &str) -> String {
    format!("expected a setting, a group or a topic, found {found}")
}

pub(crate) fn docs_on_setting(word: &str) -> String {
    format!("doc comments describe groups and topics, use `//` to comment on `{word}`")
}

pub(crate) fn unknown_block(word: &str, near: Option<&str>) -> String {
    match near {
        Some(near) => format!("unknown block `{word}`, did you mean `{near}`?"),
        None => format!(
            "unknown block `{word}`, there are {}",
            super::list(["defaults", "consumer_group", "subscription_group", "topic", "pattern"], "and")
        ),
    }
}

pub(crate) fn unknown_word(word: &str, near: Option<&str>) -> String {
    match near {
        Some(near) => format!("unknown word `{word}`, did you mean `{near}`?"),
        None => format!(
            "unknown word `{word}`: no setting and no block has that name; the documentation of `routes!` lists them"
        ),
    }
}

pub(crate) fn unknown_argument(
    argument: &str,
    word: &str,
    near: Option<&str>,
    names: impl Iterator<Item = &'static str>,
) -> String {
    match near {
        Some(near) => format!("unknown argument `{argument}` of `{word}`, did you mean `{near}`?"),
        None => {
            let names: Vec<&str> = names.collect();
            match names.as_slice() {
                [] => format!("`{word}` takes no argument `{argument}`"),
                names => format!("unknown argument `{argument}` of `{word}`, expected {}", one_of(names)),
            }
        }
    }
}

pub(crate) fn symbol(word: &str) -> String {
    format!("names are text in quotes: `\"{word}\"`")
}

pub(crate) fn name_missing(block: &str) -> String {
    format!("`{block}` needs a name in quotes, for example `{block} \"orders\"`")
}

pub(crate) fn name_unquoted(block: &str, name: &str) -> String {
    if block == "topic" {
        format!("quote the name: `\"{name}\"`; for a constant say how its type is called: `topic {name} as Name`")
    } else {
        format!("quote the name: `\"{name}\"`")
    }
}

pub(crate) fn name_path_without_alias() -> String {
    "a topic named by a constant needs a name for its type: add `as Name`".to_owned()
}

pub(crate) fn name_no_text(block: &str) -> String {
    format!("the name of a `{block}` is text in quotes, for example `{block} \"orders\"`")
}

pub(crate) fn alias_missing() -> String {
    "`as` needs the name of the generated type, for example `as Orders`".to_owned()
}

pub(crate) fn keyword(word: &str) -> String {
    format!("`{word}` is a word of Rust, choose another name")
}

pub(crate) fn alias_of_group() -> String {
    "a group has no generated type, `as` belongs to topics and patterns".to_owned()
}

pub(crate) fn pattern_alias() -> String {
    "a pattern needs a name for its type: add `as Name`".to_owned()
}

pub(crate) fn docs_of_nothing() -> String {
    "this doc comment describes nothing: it stands before a group or a topic".to_owned()
}

pub(crate) fn name_leftover(block: &str, found: &str) -> String {
    let expected = if block == "topic" { "`as Name`, `{` or `;`" } else { "`{`" };
    format!("expected {expected} behind the name, found {found}")
}

pub(crate) fn settings_in_braces(block: &str) -> String {
    format!("settings of a `{block}` stand in braces, for example `{{ consumer Charge; }}`")
}

pub(crate) fn do_end() -> String {
    "blocks are written with braces: `{ .. }`".to_owned()
}

pub(crate) fn body_missing(block: &str) -> String {
    format!("`{block}` needs a body: `{{ .. }}`")
}

pub(crate) fn no_sign(word: &str) -> String {
    format!("a value follows its setting without `=` or `:`, for example `{word} ..;`")
}

pub(crate) fn semicolon_missing(after: &str) -> String {
    if after == "mod" { "expected `;` after the module".to_owned() } else { format!("expected `;` after `{after}`") }
}

pub(crate) fn comma_for_semicolon(after: &str) -> String {
    if after == "produce" {
        "expected `;`, for a codec write `produce(Receipt, codec: Json);`".to_owned()
    } else {
        "settings end with `;`, not with a comma".to_owned()
    }
}

/// What belongs into the head of a block and stands elsewhere.
pub(crate) fn word_of_the_head(word: &str) -> Option<String> {
    match word {
        "crate" => Some("`crate = path;` is the first item of a block".to_owned()),
        "mod" | "pub" => Some("a block generates one module: begin another `routes!` for a second one".to_owned()),
        _ => None,
    }
}

pub(crate) fn braces_for_arguments(word: &str) -> String {
    format!("arguments stand in parentheses: `{word}(..);`")
}

pub(crate) fn argument_missing(word: &str) -> String {
    format!("expected an argument of `{word}` before this comma")
}

pub(crate) fn argument_name(word: &str) -> String {
    format!("arguments of `{word}` are named by a word, or by a key in quotes")
}

pub(crate) fn argument_sign(sign: Sign) -> String {
    match sign {
        Sign::Colon => "arguments are written with a colon: `name: value`".to_owned(),
        Sign::Equals => "keys of an attribute are written with `=`: `name = value`".to_owned(),
    }
}

pub(crate) fn argument_value_missing(name: &str) -> String {
    format!("expected a value after {name}")
}

pub(crate) fn misplaced(option: &Specification, here: &str) -> String {
    format!("`{}` is a setting of {}, not of {here}", option.word, levels(option))
}

/// `a topic`, `a consumer group or a subscription group`.
fn levels(option: &Specification) -> String {
    let places: Vec<String> = option.levels.iter().map(|level| format!("a {}", level.noun())).collect();
    places.join(" or ")
}

pub(crate) fn not_in_defaults(option: &Specification) -> String {
    if option.levels.contains(&Level::Topic) {
        format!("`{}` cannot be a default, each topic has its own", option.word)
    } else {
        format!("`{}` cannot be a default: it is a setting of {}, not of topics", option.word, levels(option))
    }
}

pub(crate) fn section_in_defaults(block: &str) -> String {
    format!("`defaults` holds settings of topics, not a `{block}`")
}

pub(crate) fn section_in_topic(block: &str) -> String {
    format!("a topic holds settings, not a `{block}`: close the topic before it")
}

pub(crate) fn group_in_group() -> String {
    "consumer groups stand side by side: close the outer one before this".to_owned()
}

pub(crate) fn group_too_deep(block: &str) -> String {
    format!("a subscription group holds topics, not a `{block}`: close it before this")
}

pub(crate) fn group_empty(noun: &str) -> String {
    format!("this {noun} has no topic: add one, or remove the group")
}

pub(crate) fn nothing_to_do() -> String {
    "nothing is consumed and nothing is produced: give a topic a `consumer` or a `produce`".to_owned()
}
