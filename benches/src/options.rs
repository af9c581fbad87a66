//! The arguments of the programs: `--name value`, nothing else.

use anyhow::Context as _;

/// The value behind `--name`.
pub fn option(arguments: &[String], name: &str) -> Option<String> {
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1).cloned()
}

/// The number behind `--name`, or `default`.
pub fn number(arguments: &[String], name: &str, default: u64) -> anyhow::Result<u64> {
    let Some(text) = option(arguments, name) else { return Ok(default) };
    text.parse().with_context(|| format!("`{name}` takes a whole number, not `{text}`"))
}
