//! The head of a block: where the runtime is, and the module.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::super::ast::Block;
use super::Parser;
use crate::diagnostics::wording;
use crate::hygiene;

impl Parser<'_> {
    /// `crate = path;`
    pub(super) fn runtime_path(&mut self) -> Option<TokenStream> {
        let word = self.cursor.take_word("crate")?;
        let equals = self.cursor.take_punct('=').is_some();
        let path = self.until(&[';']);
        if !equals || !hygiene::is_runtime_path(&path.stream(), true) {
            self.errors.report(&word, wording::runtime_path());
            self.cursor.take_punct(';');
            return None;
        }
        self.semicolon("crate = path");
        Some(path.stream())
    }

    /// `pub mod shop as "shop";`
    pub(super) fn module_head(&mut self, block: &mut Block) {
        block.visibility = self.visibility();
        let Some(keyword) = self.cursor.take_word("mod") else {
            self.errors.report(self.cursor.place(), wording::module_missing());
            return;
        };
        match self.cursor.take_ident() {
            Some(name) => block.module = self.usable(name),
            None => self.errors.report(&keyword, wording::module_name_missing()),
        }
        if let Some(keyword) = self.cursor.take_word("as") {
            block.application = self.cursor.take_text();
            if block.application.is_none() {
                self.errors.report(&keyword, wording::application_name_missing());
                self.skip_to_semicolon();
            }
        }
        self.semicolon("mod");
    }

    pub(super) fn visibility(&mut self) -> TokenStream {
        let mut tokens = TokenStream::new();
        if let Some(word) = self.cursor.take_word("pub") {
            tokens.extend([TokenTree::Ident(word)]);
            if let Some(scope) = self.cursor.take_group(Delimiter::Parenthesis) {
                let place = scope.span_open();
                let scoped: TokenStream = tokens.clone().into_iter().chain([TokenTree::Group(scope)]).collect();
                match syn::parse2::<syn::Visibility>(scoped.clone()) {
                    Ok(_) => tokens = scoped,
                    Err(_) => self.errors.report(place, wording::visibility()),
                }
            }
        }
        tokens
    }
}
