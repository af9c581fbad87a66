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
        let mut block = Block { runtime: self.runtime_path(), ..Block::default() };
        let docs = self.docs();
        if self.cursor.is_word("crate") {
            self.errors.report(self.cursor.place(), wording::docs_on_setting("crate"));
            block.runtime = self.runtime_path();
        }
        block.docs = docs.text;
        self.module_head(&mut block);
        block.items = self.items(None);
        block
    }

    /// Doc comments; other attributes are errors.
    fn docs(&mut self) -> Docs {
        let mut lines: Vec<String> = Vec::new();
        let mut place = None;
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
                Some(line) => {
                    place = place.or(Some(hash));
                    lines.push(line);
                }
                None => self.errors.report(hash, wording::attribute()),
            }
        }
        Docs { text: lines.join("\n"), place }
    }

    /// Everything up to the end, or to `end` of a `do .. end`.
    fn items(&mut self, terminator: Option<&str>) -> Vec<Item> {
        let mut items = Vec::new();
        loop {
            while self.cursor.take_punct(';').is_some() {}
            let docs = self.docs();
            let ends = self.cursor.is_end() || terminator.is_some_and(|word| self.cursor.take_word(word).is_some());
            if ends {
                if let Some(place) = docs.place {
                    self.errors.report(place, wording::docs_of_nothing());
                }
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
            if is_punct(token, ';') || self.item_begins(0) {
                return;
            }
            let brace = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            self.cursor.next();
            if brace {
                return;
            }
        }
    }

    fn item(&mut self, word: Ident, docs: Docs) -> Option<Item> {
        let text = word.to_string();
        let kind = SectionKind::of(&text);
        if kind.is_none() && grammar::option_named(&text).is_none() {
            return self.unknown(word, docs);
        }
        let describes = kind.is_some_and(|kind| kind != SectionKind::Defaults);
        if docs.place.is_some() && !describes {
            self.errors.report(&word, wording::docs_on_setting(&text));
        }
        Some(match kind {
            Some(kind) => Item::Section(self.section(kind, word, docs.text)),
            None => Item::Setting(self.setting(word)),
        })
    }

    /// An unknown word: with a body it is taken for the section it resembles, so that its content is checked too.
    fn unknown(&mut self, word: Ident, docs: Docs) -> Option<Item> {
        let text = word.to_string();
        if let Some(sentence) = wording::word_of_the_head(&text) {
            self.errors.report(&word, sentence);
            self.until(&[';']);
            self.cursor.take_punct(';');
            return None;
        }
        let mut ahead = 0;
        while let Some(token) = self.cursor.peek_at(ahead) {
            if is_punct(token, ';') || self.item_begins(ahead) {
                break;
            }
            if matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace) {
                let sections = SectionKind::ALL.map(SectionKind::word);
                let kind = nearest(&text, sections).and_then(SectionKind::of);
                self.errors.report(&word, wording::unknown_block(&text, kind.map(SectionKind::word)));
                return match kind {
                    Some(kind) => Some(Item::Section(self.section(kind, word, docs.text))),
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

    /// The tokens up to one of `ends`, braces, or the next item.
    fn until(&mut self, ends: &[char]) -> Tokens {
        let place = self.cursor.place();
        let mut trees = Vec::new();
        while let Some(token) = self.cursor.peek() {
            let brace = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            if brace || ends.iter().any(|end| is_punct(token, *end)) || self.item_begins(0) {
                break;
            }
            trees.extend(self.cursor.next());
        }
        let place = Place::of(&trees, place);
        Tokens { trees, place }
    }

    /// Whether the token at `distance` begins an item: a known word, unless a path goes on behind it.
    fn item_begins(&self, distance: usize) -> bool {
        let Some(word) = self.cursor.peek_at(distance).and_then(as_ident) else { return false };
        let colon = |at| self.cursor.peek_at(at).is_some_and(|token| is_punct(token, ':'));
        grammar::is_known(&word.to_string()) && !(colon(distance + 1) && colon(distance + 2))
    }

    /// Whether what comes next can stand behind a missing `;`.
    fn goes_on(&self) -> bool {
        self.item_begins(0) || self.cursor.is_punct('#') || self.cursor.is_word("mod") || self.cursor.is_word("pub")
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
        if !self.goes_on() {
            self.skip_to_semicolon();
        }
    }
}

/// Doc comments in front of an item.
struct Docs {
    text: String,
    /// Where the first one stands; `None` when there is none.
    place: Option<Place>,
}

/// The text of `#[doc = ".."]`.
fn doc_line(group: &Group) -> Option<String> {
    let mut cursor = Cursor::of_group(group);
    cursor.take_word("doc")?;
    cursor.take_punct('=')?;
    let text = cursor.take_text()?;
    Some(text.value.strip_prefix(' ').unwrap_or(&text.value).trim_end().to_owned())
}
