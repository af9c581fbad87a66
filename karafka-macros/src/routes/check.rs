//! [`Block`] to [`Model`]: reads settings, resolves what is inherited, applies the rules.
//!
//! A model comes back even after errors, as complete as it can be: the fallback needs the public names.

use proc_macro2::Ident;

use super::ast::{Block, Text};
use super::model::Model;
use super::{names, resolve, rules, tree};
use crate::diagnostics::{Errors, Place, wording};
use crate::hygiene;

/// Checks a block; `None` when it has no module to generate.
pub(crate) fn check(block: &Block, errors: &mut Errors) -> Option<Model> {
    let mut tree = tree::grow(block, errors);
    let application = block.module.as_ref().map(|module| application(module, block.application.as_ref(), errors));
    rules::names(&mut tree, application.clone(), errors);
    let resolved = resolve::resolve(&tree, block.module.as_ref(), errors);
    let module = block.module.clone()?;
    let model = Model {
        runtime: hygiene::runtime(block.runtime.as_ref()),
        docs: block.docs.clone(),
        visibility: block.visibility.clone(),
        application: application.map(|(name, _)| name).unwrap_or_default(),
        module,
        topics: resolved.topics,
        patterns: resolved.patterns,
        groups: resolved.groups,
        unready: resolved.unready,
        lost_types: resolved.lost_types,
    };
    rules::model(&model, &tree, errors);
    Some(model)
}

/// The application's name and where it stands.
fn application(module: &Ident, written: Option<&Text>, errors: &mut Errors) -> (String, Place) {
    match written {
        Some(text) => {
            names::check(text, errors);
            (text.value.clone(), text.place)
        }
        None => {
            let name = module.to_string();
            let name = name.strip_prefix("r#").unwrap_or(&name);
            if names::fault(name).is_some() {
                errors.report(module, wording::module_no_application(name));
            }
            (name.to_owned(), module.into())
        }
    }
}
