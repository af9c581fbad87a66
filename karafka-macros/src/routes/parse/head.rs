//! The head of a block: where the runtime is, and the module.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use super::super::ast::{Block, Tokens};
use super::super::cursor::{as_ident, is_punct};
use super::Parser;
use crate::diagnostics::{Place, wording};
use crate::hygiene;

impl Parser<'_> {
    /// `crate = path;`
    pub(super) fn runtime_path(&mut self) -> Option<TokenStream> {
        let word = self.cursor.take_word("crate")?;
        let equals = self.cursor.take_punct('=').is_some();
        let path = self.path_of_runtime();
        if !equals || !hygiene::is_runtime_path(&path.stream(), true) {
            self.errors.report(&word, wording::runtime_path());
            self.cursor.take_punct(';');
            return None;
        }
        self.semicolon("crate = path");
        Some(path.stream())
    }

    /// Everything up to `;`, or to the module when that is missing.
    fn path_of_runtime(&mut self) -> Tokens {
        let place = self.cursor.place();
        let mut trees = Vec::new();
        while !self.cursor.is_end() && !self.cursor.is_punct(';') && !self.goes_on() {
            trees.extend(self.cursor.next());
        }
        Tokens { place: Place::of(&trees, place), trees }
    }

    /// `pub mod shop as "shop";`
    pub(super) fn module_head(&mut self, block: &mut Block) {
        block.visibility = self.visibility();
        let name = match self.cursor.take_word("mod") {
            Some(keyword) => {
                let name = self.cursor.take_ident();
                if name.is_none() {
                    self.errors.report(&keyword, wording::module_name_missing());
                    self.skip_to_semicolon();
                }
                name
            }
            None => {
                self.errors.report(self.cursor.place(), wording::module_missing());
                let Some(name) = self.name_behind_another_word() else { return };
                Some(name)
            }
        };
        block.module = name.and_then(|name| self.usable(name));
        if let Some(keyword) = self.cursor.take_word("as") {
            block.application = self.cursor.take_text();
            if block.application.is_none() {
                self.errors.report(&keyword, wording::application_name_missing());
                self.skip_to_semicolon();
            }
        }
        self.semicolon("mod");
    }

    /// `shop` of `module shop as "shop";` or of `shop;`; anything else is skipped up to the first item.
    fn name_behind_another_word(&mut self) -> Option<Ident> {
        if self.item_begins(0) {
            return None;
        }
        let ident = |token: Option<&TokenTree>| token.and_then(as_ident).is_some_and(|word| word != "as");
        if ident(self.cursor.peek()) && ident(self.cursor.peek_at(1)) && !self.item_begins(1) {
            self.cursor.next();
        }
        let ends = |token: &TokenTree| is_punct(token, ';') || as_ident(token).is_some_and(|word| word == "as");
        if ident(self.cursor.peek()) && self.cursor.peek_at(1).is_some_and(ends) {
            return self.cursor.take_ident();
        }
        self.skip_to_semicolon();
        self.cursor.take_punct(';');
        None
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
