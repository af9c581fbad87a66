//! How values appear in text: hidden unless the allow-list has them, on one line, and not endless.

use super::{limits, property};

/// What stands for a value that is not shown.
pub(crate) const HIDDEN: &str = "***";

/// The value of a librdkafka property, or `***`.
pub(crate) fn shown_property<'v>(name: &str, value: &'v str) -> &'v str {
    if property::find(name).is_some_and(property::Property::is_shown) { value } else { HIDDEN }
}

/// A value that may be shown, on one line.
pub(crate) fn escaped(value: &str) -> String {
    value.escape_debug().to_string()
}

/// A value that may be shown, on one line and cut.
pub(crate) fn in_text(value: &str) -> String {
    let mut characters = value.chars();
    let mut text: String = characters.by_ref().take(limits::SHOWN_VALUE).flat_map(char::escape_debug).collect();
    if characters.next().is_some() {
        text.push('…');
    }
    text
}
