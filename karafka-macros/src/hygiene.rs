//! Names that generated code uses: one path into the runtime, and a prefix that no user types.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::parse::Parser as _;

/// The runtime crate, unless `crate = path` says where it is.
pub(crate) fn runtime(path: Option<&TokenStream>) -> TokenStream {
    path.cloned().unwrap_or_else(|| quote!(::karafka_rt))
}

/// Whether `use path::..` can name the runtime, from the generated module too when `from_module`: there only paths from a
/// crate mean what they mean outside.
pub(crate) fn is_runtime_path(path: &TokenStream, from_module: bool) -> bool {
    let first = path.clone().into_iter().next();
    let relative = matches!(first, Some(TokenTree::Ident(word)) if word == "self" || word == "super");
    let importable = syn::parse2::<syn::ItemUse>(quote!(use #path::__private;)).is_ok();
    let plain = syn::Path::parse_mod_style.parse2(path.clone()).is_ok();
    importable && plain && !(relative && from_module)
}

/// `text` as an identifier that names items at the call site and points at `span`.
pub(crate) fn item(text: &str, span: Span) -> Ident {
    Ident::new(text, span.resolved_at(Span::call_site()))
}

/// The user's `ident`, raw ones included, as the name of an item at the call site.
pub(crate) fn named(ident: &Ident) -> Ident {
    let mut item = ident.clone();
    item.set_span(at(ident.span()));
    item
}

/// `span`, resolving where the macro was called: for generated code that must see items of the call site.
pub(crate) fn at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}
