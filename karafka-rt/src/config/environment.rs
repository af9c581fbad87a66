//! `KARAFKA_<SECTION>__<KEY>`: environment variables to entries.
//!
//! Inside `kafka` a `_` stands for a `.`; `<KEY>_FILE` names a file that holds the value. Without `__` there are exactly
//! two names, `KARAFKA_CONFIG` and `KARAFKA_BOOTSTRAP_SERVERS`. What Kubernetes injects for a Service is ignored; any
//! other name is a warning when it has no `__`, because it may belong to something else, and an error when it has.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use super::entry::{NotATarget, Scope, Target, split_scope};
use super::error::{ConfigError, Place};
use super::reader::Reader;
use super::settings::BOOTSTRAP_SERVERS;
use super::source::Source;
use super::{ReadFile, keys, property, suggest};

/// What every name begins with.
const PREFIX: &str = "KARAFKA_";
/// Names the configuration file.
pub(super) const CONFIG: &str = "KARAFKA_CONFIG";
/// The one key that has a short name.
const SERVERS: &str = "KARAFKA_BOOTSTRAP_SERVERS";

/// Reads every variable that begins with `KARAFKA_`.
pub(super) fn read(environment: &BTreeMap<OsString, OsString>, files: ReadFile<'_>, reader: &mut Reader) {
    for (name, value) in environment {
        let name = name.to_string_lossy();
        if !name.starts_with(PREFIX) || name == CONFIG || is_of_kubernetes(&name) {
            continue;
        }
        let source = Source::Environment { name: name.clone().into_owned() };
        let Some((target, from)) = target_of(&name, &source, reader) else { continue };
        match from {
            From::Value => match value.to_str() {
                Some(value) => reader.add_target(target, value.to_owned(), source),
                None => reader.errors.push(unreadable(source, "its value is not UTF-8", "set it to plain text")),
            },
            From::File => match files(Path::new(value)) {
                Ok(text) => {
                    let source = Source::MountedFile { name: name.into_owned() };
                    reader.add_target(target, without_line_end(text), source);
                }
                // The path is not shown: somebody may have put the secret itself there.
                Err(error) => {
                    let problem = format!("the file that it names cannot be read ({error})");
                    reader.errors.push(unreadable(source, &problem, "set it to the path of a readable file"));
                }
            },
        }
    }
}

/// Whether the variable holds the value or names a file with it.
enum From {
    Value,
    File,
}

/// What a variable sets; `None` after its error or warning was noted.
fn target_of(name: &str, source: &Source, reader: &mut Reader) -> Option<(Target, From)> {
    let short = name.strip_prefix(PREFIX).unwrap_or(name);
    if name == SERVERS {
        return Some((Target::Property(Scope::Common, BOOTSTRAP_SERVERS), From::Value));
    }
    let Some((section, key)) = short.split_once("__") else {
        reader.warnings.push(warning(name));
        return None;
    };
    let (section, key) = (section.to_ascii_lowercase(), key.to_ascii_lowercase());
    let found =
        find(&section, &key).map(|target| (target, From::Value)).or_else(|fault| match key.strip_suffix("_file") {
            Some(stem) => find(&section, stem).map(|target| (target, From::File)),
            None => Err(fault),
        });
    match found {
        Ok(found) => Some(found),
        Err(fault) => {
            let dotted = if section == "kafka" { key.replace('_', ".") } else { key };
            reader.not_a_target(&format!("{section}.{dotted}"), fault, source.clone());
            None
        }
    }
}

/// The target of a section and key in lower case.
fn find(section: &str, key: &str) -> Result<Target, NotATarget> {
    if section != "kafka" {
        return Target::parse(&format!("{section}.{key}"));
    }
    let (scope, name) = split_scope(key, '_');
    let property = property::find_underscored(name);
    property.map_or_else(
        || Target::property(scope, &name.replace('_', ".")),
        |property| Target::property(scope, property.name),
    )
}

/// Variables that Kubernetes makes of a Service whose name begins with `karafka`.
fn is_of_kubernetes(name: &str) -> bool {
    let of_service = name.ends_with("_SERVICE_HOST") || name.contains("_SERVICE_PORT");
    of_service || (!name.contains("__") && name.contains("_PORT"))
}

/// A name without `__`: the same with it, when that would be a key, else the nearest name.
fn warning(name: &str) -> String {
    let short = name.strip_prefix(PREFIX).unwrap_or(name);
    let with_section = short.split_once('_').and_then(|(section, key)| {
        let found = find(&section.to_ascii_lowercase(), &key.to_ascii_lowercase()).ok();
        found.map(|_| format!("{section}__{key}"))
    });
    let keys = keys::KEYS.iter().map(|key| key.name.replacen('.', "__", 1).to_ascii_uppercase());
    let known: Vec<String> = keys.chain([CONFIG, SERVERS].map(|name| name.replacen(PREFIX, "", 1))).collect();
    let nearest = || suggest::nearest(short, known.iter().map(String::as_str)).map(str::to_owned);
    let hint = with_section.or_else(nearest);
    let hint = hint.map_or_else(String::new, |hint| format!(", did you mean {PREFIX}{hint}?"));
    format!("environment variable {} is not read{hint}", super::shown::in_text(name))
}

fn unreadable(source: Source, problem: &str, fix: &str) -> ConfigError {
    ConfigError::Unreadable { at: Place::Source(source), problem: problem.to_owned(), fix: fix.to_owned() }
}

/// Mounted secrets usually end with one line end that is not part of them.
fn without_line_end(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}
