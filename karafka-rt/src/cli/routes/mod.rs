//! The `routes` command: the topology with everything resolved, as a tree for people or as JSON for programs.
//!
//! Both are made from one view, so they say the same. The fields of `view.rs` are the JSON schema; durations are
//! milliseconds, and a name that is absent is `null`. Fields may be added; one that is changed or removed raises `schema`.

mod text;
mod view;

use crate::config::Config;
use crate::topology::Topology;

/// The topology as a tree.
pub(crate) fn render_text(blocks: &[&'static Topology], config: &Config) -> String {
    text::render(&view::View::new(blocks, config))
}

/// The topology as JSON.
pub(crate) fn render_json(blocks: &[&'static Topology], config: &Config) -> String {
    let json = serde_json::to_string_pretty(&view::View::new(blocks, config));
    json.expect("texts, numbers and switches are always JSON")
}

#[cfg(test)]
mod tests;
