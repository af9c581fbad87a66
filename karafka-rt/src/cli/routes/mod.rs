//! The `routes` command: the topology with everything resolved, as a tree for people or as JSON for programs.
//!
//! Both are made from one view, so they say the same. The fields of `view.rs` are the JSON schema, which
//! `docs/routes-json.md` tells to users; a test compares the two.

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
