//! Groups, topics and patterns: keyword, name, alias, body.

use proc_macro2::{Delimiter, Ident, Spacing, TokenTree};

use super::super::ast::{Item, Name, Section, SectionKind, Text, Tokens};
use super::super::cursor::{Cursor, as_ident, is_punct};
use super::Parser;
use crate::diagnostics::{Place, wording};

impl Parser<'_> {
    pub(super) fn section(&mut self, kind: SectionKind, keyword: Ident, docs: String) -> Section {
        let name = self.name(kind, &keyword);
        let half_typed = kind != SectionKind::Defaults && matches!(name, Name::Absent) && self.item_begins(0);
        if half_typed {
            return Section { kind, keyword, docs, name, alias: None, items: None };
        }
        let alias = self.alias();
        let items = self.body(kind, &keyword);
        Section { kind, keyword, docs, name, alias, items }
    }

    pub(super) fn name(&mut self, kind: SectionKind, keyword: &Ident) -> Name {
        if kind == SectionKind::Defaults {
            return Name::Absent;
        }
        if let Some(text) = self.cursor.take_text() {
            return Name::Text(text);
        }
        if self.cursor.is_punct(':')
            && !self.next_is_path_separator()
            && let Some(TokenTree::Ident(symbol)) = self.cursor.peek_at(1).cloned()
        {
            self.errors.report(self.cursor.place(), wording::symbol(&symbol.to_string()));
            self.cursor.next();
            self.cursor.next();
            return Name::Text(Text { value: symbol.to_string(), place: (&symbol).into() });
        }
        let tokens = self.name_tokens();
        if tokens.trees.is_empty() {
            if kind != SectionKind::SubscriptionGroup {
                self.errors.report(keyword, wording::name_missing(kind.word()));
            }
            return Name::Absent;
        }
        let single = match tokens.trees.as_slice() {
            [TokenTree::Ident(word)] => Some(word.clone()),
            _ => None,
        };
        let wants_path = kind == SectionKind::Topic && self.cursor.is_word("as");
        match single {
            Some(word) if !wants_path => {
                self.errors.report(tokens.place, wording::name_unquoted(kind.word(), &word.to_string()));
                Name::Text(Text { value: word.to_string(), place: tokens.place })
            }
            _ if kind == SectionKind::Topic && syn::parse2::<syn::ExprPath>(tokens.stream()).is_ok() => {
                if !wants_path {
                    self.errors.report(tokens.place, wording::name_path_without_alias());
                }
                Name::Path(tokens)
            }
            _ => {
                self.errors.report(tokens.place, wording::name_no_text(kind.word()));
                Name::Absent
            }
        }
    }

    /// What stands between a keyword and `as`, `do`, `=>`, `{` or `;`.
    pub(super) fn name_tokens(&mut self) -> Tokens {
        let place = self.cursor.place();
        let mut trees = Vec::new();
        while let Some(token) = self.cursor.peek() {
            let ends = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
                || is_punct(token, ';')
                || is_punct(token, '=')
                || as_ident(token).is_some_and(|word| word == "as" || word == "do")
                || self.item_begins(0);
            if ends {
                break;
            }
            trees.extend(self.cursor.next());
        }
        let place = Place::of(&trees, place);
        Tokens { trees, place }
    }

    pub(super) fn alias(&mut self) -> Option<Ident> {
        let keyword = self.cursor.take_word("as")?;
        let alias = self.cursor.take_ident();
        if alias.is_none() {
            self.errors.report(&keyword, wording::alias_missing());
            self.cursor.take_text();
        }
        alias.and_then(|alias| self.usable(alias))
    }

    /// A name that an item can have.
    pub(super) fn usable(&mut self, name: Ident) -> Option<Ident> {
        if syn::parse2::<Ident>(TokenTree::Ident(name.clone()).into()).is_ok() {
            return Some(name);
        }
        self.errors.report(&name, wording::keyword(&name.to_string()));
        None
    }

    pub(super) fn body(&mut self, kind: SectionKind, keyword: &Ident) -> Option<Vec<Item>> {
        let stray = self.stray_before_body(kind);
        if let Some(group) = self.cursor.take_group(Delimiter::Brace) {
            return Some(Parser { cursor: Cursor::of_group(&group), errors: self.errors }.items(None));
        }
        if self.cursor.is_word("do") {
            self.errors.report(self.cursor.place(), wording::do_end());
            self.cursor.next();
            return Some(self.items(Some("end")));
        }
        if stray {
            self.cursor.take_punct(';');
        } else if kind == SectionKind::Topic {
            self.semicolon("topic");
        } else {
            self.errors.report(keyword, wording::body_missing(kind.word()));
            self.cursor.take_punct(';');
        }
        None
    }

    /// Reports and skips what stands between a name and its body; whether there was anything.
    fn stray_before_body(&mut self, kind: SectionKind) -> bool {
        let Some(token) = self.cursor.peek() else { return false };
        let body = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        if body || is_punct(token, ';') || self.cursor.is_word("do") || self.goes_on() {
            return false;
        }
        let settings = is_punct(token, '=') || matches!(token, TokenTree::Group(_));
        let sentence = if settings {
            wording::settings_in_braces(kind.word())
        } else {
            wording::name_leftover(kind.word(), &wording::token(token))
        };
        self.errors.report(self.cursor.place(), sentence);
        self.until(&[';']);
        true
    }

    pub(super) fn next_is_path_separator(&self) -> bool {
        matches!(self.cursor.peek(), Some(TokenTree::Punct(punct)) if punct.spacing() == Spacing::Joint)
            && self.cursor.peek_at(1).is_some_and(|token| is_punct(token, ':'))
    }
}
