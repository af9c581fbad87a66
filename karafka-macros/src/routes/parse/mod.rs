//! Tokens to [`Block`]: the structure only. Goes on after an error at the next `;`, `}` or known word.

mod head;
mod section;
mod setting;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use super::ast::{Block, Item, SectionKind, Tokens};
use super::cursor::{Cursor, as_ident, is_punct};
use super::grammar;
use crate::diagnostics::{Errors, Place, nearest, wording};

/// Reads a whole block.
pub(crate) fn parse(stream: TokenStream, errors: &mut Errors) -> Block {
    let cursor = Cursor::new(stream, Span::call_site());
    Parser { cursor, errors }.block()
}

struct Parser<'e> {
    cursor: Cursor,
    errors: &'e mut Errors,
}

impl Parser<'_> {
    fn block(mut self) -> Block {
        let mut block = Block { runtime: self.runtime_path(), docs: self.docs(), ..Block::default() };
        self.module_head(&mut block);
        block.items = self.items(None);
        block
    }

    /// Doc comments; other attributes are errors.
    fn docs(&mut self) -> String {
        let mut lines: Vec<String> = Vec::new();
        while self.cursor.is_punct('#') {
            let bracket = matches!(self.cursor.peek_at(1), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket);
            let hash = self.cursor.place();
            self.cursor.next();
            if !bracket {
                self.errors.report(hash, wording::hash_comment());
                self.cursor.skip_line(hash.line());
                continue;
            }
            let Some(group) = self.cursor.take_group(Delimiter::Bracket) else { continue };
            match doc_line(&group) {
                Some(line) => lines.push(line),
                None => self.errors.report(hash, wording::attribute()),
            }
        }
        lines.join("\n")
    }

    /// Everything up to the end, or to `end` of a `do .. end`.
    fn items(&mut self, terminator: Option<&str>) -> Vec<Item> {
        let mut items = Vec::new();
        loop {
            while self.cursor.take_punct(';').is_some() {}
            let docs = self.docs();
            if self.cursor.is_end() {
                return items;
            }
            if terminator.is_some_and(|word| self.cursor.take_word(word).is_some()) {
                return items;
            }
            match self.cursor.take_ident() {
                Some(word) => items.extend(self.item(word, docs)),
                None => self.stray(),
            }
        }
    }

    /// A token that begins no item: reported once, and skipped with what belongs to it.
    fn stray(&mut self) {
        let place = self.cursor.place();
        let found = self.cursor.peek().map(wording::token).unwrap_or_default();
        self.errors.report(place, wording::word_expected(&found));
        self.skip_to_semicolon();
    }

    fn skip_to_semicolon(&mut self) {
        while let Some(token) = self.cursor.peek() {
            if is_punct(token, ';') || as_ident(token).is_some_and(|word| grammar::is_known(&word.to_string())) {
                return;
            }
            let brace = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            self.cursor.next();
            if brace {
                return;
            }
        }
    }

    fn item(&mut self, word: Ident, docs: String) -> Option<Item> {
        let text = word.to_string();
        if let Some(kind) = SectionKind::of(&text) {
            return Some(Item::Section(self.section(kind, word, docs)));
        }
        if grammar::option_named(&text).is_none() {
            return self.unknown(word, docs);
        }
        if !docs.is_empty() {
            self.errors.report(&word, wording::docs_on_setting(&text));
        }
        Some(Item::Setting(self.setting(word)))
    }

    /// An unknown word: with a body it is taken for the section it resembles, so that its content is checked too.
    fn unknown(&mut self, word: Ident, docs: String) -> Option<Item> {
        let text = word.to_string();
        if let Some(sentence) = wording::word_of_the_head(&text) {
            self.errors.report(&word, sentence);
            self.until(&[';']);
            self.cursor.take_punct(';');
            return None;
        }
        let mut ahead = 0;
        while let Some(token) = self.cursor.peek_at(ahead) {
            let known = as_ident(token).is_some_and(|word| grammar::is_known(&word.to_string()));
            if is_punct(token, ';') || known {
                break;
            }
            if matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace) {
                let sections = SectionKind::ALL.map(SectionKind::word);
                let kind = nearest(&text, sections).and_then(SectionKind::of);
                self.errors.report(&word, wording::unknown_block(&text, kind.map(SectionKind::word)));
                return match kind {
                    Some(kind) => Some(Item::Section(self.section(kind, word, docs))),
                    None => {
                        self.skip_to_semicolon();
                        None
                    }
                };
            }
            ahead += 1;
        }
        Some(Item::Setting(self.setting_of_unknown_word(word)))
    }

    fn until(&mut self, ends: &[char]) -> Tokens {
        let place = self.cursor.place();
        let mut trees = Vec::new();
        while let Some(token) = self.cursor.peek() {
            let brace = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            if brace || ends.iter().any(|end| is_punct(token, *end)) {
                break;
            }
            trees.extend(self.cursor.next());
        }
        let place = Place::of(&trees, place);
        Tokens { trees, place }
    }

    fn next_is_known_word(&self) -> bool {
        self.cursor.peek_word().is_some_and(|word| grammar::is_known(&word.to_string()))
    }

    fn semicolon(&mut self, after: &str) {
        if self.cursor.take_punct(';').is_some() {
            return;
        }
        if self.cursor.is_punct(',') {
            self.errors.report(self.cursor.place(), wording::comma_for_semicolon(after));
            self.cursor.next();
            if after == "produce" {
                self.until(&[';']);
                self.cursor.take_punct(';');
            }
            return;
        }
        let place = self.cursor.previous_place();
        self.errors.report(place, wording::semicolon_missing(after));
        if !self.next_is_known_word() && !self.cursor.is_punct('#') {
            self.skip_to_semicolon();
        }
    }
}

/// The text of `#[doc = ".."]`.
fn doc_line(group: &Group) -> Option<String> {
    let mut cursor = Cursor::of_group(group);
    cursor.take_word("doc")?;
    cursor.take_punct('=')?;
    let text = cursor.take_text()?;
    Some(text.value.strip_prefix(' ').unwrap_or(&text.value).trim_end().to_owned())
}
