//! `karafka.toml`: text to entries with their lines. Every syntax error is reported, without the text around it.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Place};
use super::reader::Reader;
use super::source::Source;

/// Reads a file's text. The parser's own error display is not used: it quotes the line, and the line may hold a password.
pub(super) fn read(path: &Path, text: &str, reader: &mut Reader) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let source_at = |offset: usize| Source::File { path: path.to_owned(), line: line_of(text, offset) };
    for error in &errors {
        reader.errors.push(ConfigError::Unreadable {
            at: Place::Source(source_at(error.span().map_or(0, |span| span.start))),
            problem: format!("this is not TOML: {}", error.message()),
            fix: "write `key = \"value\"` below a `[section]`".to_owned(),
        });
    }
    if errors.is_empty() {
        flatten("", table.get_ref(), &mut |key, value| {
            let source = source_at(value.span().start);
            match text_of(value.get_ref()) {
                Ok(text) => reader.add(key, text, source),
                Err(found) => reader.wrong_type(key, found, source),
            }
        });
    }
}

/// Visits every value with its dotted key: `a.b = 1`, `"a.b" = 1` and `[a]` `b = 1` are the same.
fn flatten(prefix: &str, table: &DeTable<'_>, visit: &mut impl FnMut(&str, &Spanned<DeValue<'_>>)) {
    for (name, value) in table {
        let name = name.get_ref();
        let key = if prefix.is_empty() { name.to_string() } else { format!("{prefix}.{name}") };
        match value.get_ref() {
            DeValue::Table(inner) => flatten(&key, inner, visit),
            _ => visit(&key, value),
        }
    }
}

/// A value as the text that the key's own kind reads; lists become a text with commas. `Err` names what it is instead.
fn text_of(value: &DeValue<'_>) -> Result<String, &'static str> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Boolean(switch) => Ok(switch.to_string()),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map(|number| number.to_string())
            .map_err(|_| "a number that is too large"),
        DeValue::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            texts.map(|texts| texts.join(",")).ok_or("a list of something else than texts")
        }
        DeValue::Datetime(_) => Err("a date"),
        DeValue::Table(_) => Err("a table"),
    }
}

/// The line, from 1, in which the byte at `offset` stands.
fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
