//! `config show`: every key with its value and where the value comes from. Values that are not on the allow-list are `***`.

use super::entry::Scope;
use super::keys;
use super::settings::{Config, Given};
use super::shown::{escaped, shown_property};

/// The configuration as text that is almost TOML: each line ends with the value's source.
pub(crate) fn render(config: &Config) -> String {
    let mut lines = Vec::new();
    for section in keys::SECTIONS {
        if *section == "kafka" {
            for scope in Scope::ALL {
                render_kafka(config, scope, &mut lines);
            }
            continue;
        }
        let prefix = format!("{section}.");
        let of_section = keys::KEYS.iter().filter_map(|key| Some((key.name.strip_prefix(&prefix)?, key)));
        lines.push(Line::Section((*section).to_owned()));
        for (name, key) in of_section {
            let given = config.written.get(key.name).expect("every key of the table is set");
            lines.push(Line::of(name, &given.value, given));
        }
    }
    layout(&lines)
}

/// One line of the output.
enum Line {
    Section(String),
    Value { text: String, source: String },
}

impl Line {
    fn of(name: &str, value: &str, given: &Given) -> Self {
        Self::Value { text: format!("{name} = \"{}\"", escaped(value)), source: given.source.to_string() }
    }
}

fn render_kafka(config: &Config, scope: Scope, lines: &mut Vec<Line>) {
    let properties = config.kafka.of(scope);
    if properties.is_empty() && scope != Scope::Common {
        return;
    }
    lines.push(Line::Section(scope.prefix().trim_end_matches('.').to_owned()));
    for (name, given) in properties {
        lines.push(Line::of(name, shown_property(name, &given.value), given));
    }
}

/// Sources stand in one column.
fn layout(lines: &[Line]) -> String {
    let widths = lines.iter().map(|line| match line {
        Line::Section(_) => 0,
        Line::Value { text, .. } => text.chars().count(),
    });
    let width = widths.filter(|width| *width <= WIDEST).max().unwrap_or(0);
    let rendered = lines.iter().map(|line| match line {
        Line::Section(name) => format!("\n[{name}]"),
        Line::Value { text, source } => format!("{text:width$}  # {source}"),
    });
    let mut output = rendered.collect::<Vec<_>>().join("\n").trim_start().to_owned();
    output.push('\n');
    output
}

/// Longer values do not move the column of sources.
const WIDEST: usize = 60;
