//! One error as the compiler reports it, without the notes that lead into other crates.

use std::fmt;
use std::path::Path;

use serde_json::Value;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    message: String,
    code: Option<String>,
    file: String,
    pub(crate) line: u64,
    pub(crate) column: u64,
    /// The marked text; only its first line when there are several.
    pub(crate) underlined: String,
    source: String,
    label: Option<String>,
}

impl Diagnostic {
    /// Reads a line of `--error-format=json`; `None` for what is no error or has no place in `path`.
    pub(crate) fn read(line: &str, path: &Path) -> Option<Self> {
        let message: Value = serde_json::from_str(line).ok()?;
        if message["level"] != "error" {
            return None;
        }
        let spans = message["spans"].as_array()?;
        let span = outermost(spans.iter().find(|span| span["is_primary"] == true)?, path);
        let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        let first = &span["text"][0];
        let source = text(&first["text"]).unwrap_or_default();
        let (start, end) = (number(&first["highlight_start"]), number(&first["highlight_end"]));
        let width = usize::try_from(end.saturating_sub(start)).unwrap_or_default();
        let skip = usize::try_from(start.saturating_sub(1)).unwrap_or_default();
        Some(Self {
            message: text(&message["message"])?,
            code: text(&message["code"]["code"]),
            file: path.file_name()?.to_string_lossy().into_owned(),
            line: number(&span["line_start"]),
            column: number(&span["column_start"]),
            underlined: source.chars().skip(skip).take(width).collect(),
            source,
            label: text(&span["label"]),
        })
    }
}

/// The place in the user's file: through the macros that the place came from.
fn outermost<'s>(span: &'s Value, path: &Path) -> &'s Value {
    let mut span = span;
    while span["file_name"].as_str().map(Path::new) != Some(path) && span["expansion"].is_object() {
        span = &span["expansion"]["span"];
    }
    span
}

impl fmt::Display for Diagnostic {
    /// Like the compiler, without colours and notes.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.as_ref().map(|code| format!("[{code}]")).unwrap_or_default();
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let skip = " ".repeat(usize::try_from(self.column.saturating_sub(1)).unwrap_or_default());
        let carets = "^".repeat(self.underlined.chars().count().max(1));
        let label = self.label.as_ref().map(|label| format!(" {label}")).unwrap_or_default();
        writeln!(formatter, "error{code}: {}", self.message)?;
        writeln!(formatter, "{margin}--> {}:{number}:{}", self.file, self.column)?;
        writeln!(formatter, "{margin} |")?;
        writeln!(formatter, "{number} | {}", self.source)?;
        writeln!(formatter, "{margin} | {skip}{carets}{label}")
    }
}
