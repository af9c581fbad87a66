//! Tokens to [`Block`]: the structure only. Goes on after an error at the next `;`, `}` or known word.

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};

use super::arguments::{self, Sign};
use super::ast::{Block, Form, Item, Name, Section, SectionKind, Setting, Text, Tokens};
use super::cursor::{Cursor, as_ident, is_punct, token_place};
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

    /// `crate = path;`
    fn runtime_path(&mut self) -> Option<TokenStream> {
        let word = self.cursor.take_word("crate")?;
        let equals = self.cursor.take_punct('=').is_some();
        let path = self.until(&[';']);
        if !equals || path.trees.is_empty() || syn::parse2::<syn::Path>(path.stream()).is_err() {
            self.errors.report(&word, wording::runtime_path());
            self.cursor.take_punct(';');
            return None;
        }
        self.semicolon("crate = path");
        Some(path.stream())
    }

    /// `pub mod shop as "shop";`
    fn module_head(&mut self, block: &mut Block) {
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

    fn visibility(&mut self) -> TokenStream {
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
        Some(Item::Setting(self.setting(word)))
    }

    fn section(&mut self, kind: SectionKind, keyword: Ident, docs: String) -> Section {
        let name = self.name(kind, &keyword);
        let alias = self.alias();
        let items = self.body(kind, &keyword);
        Section { kind, keyword, docs, name, alias, items }
    }

    fn name(&mut self, kind: SectionKind, keyword: &Ident) -> Name {
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
            _ if kind == SectionKind::Topic && syn::parse2::<syn::Path>(tokens.stream()).is_ok() => {
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

    fn next_is_path_separator(&self) -> bool {
        matches!(self.cursor.peek(), Some(TokenTree::Punct(punct)) if punct.spacing() == Spacing::Joint)
            && self.cursor.peek_at(1).is_some_and(|token| is_punct(token, ':'))
    }

    /// What stands between a keyword and `as`, `do`, `=>`, `{` or `;`.
    fn name_tokens(&mut self) -> Tokens {
        let place = self.cursor.place();
        let mut trees = Vec::new();
        while let Some(token) = self.cursor.peek() {
            let ends = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
                || is_punct(token, ';')
                || is_punct(token, '=')
                || as_ident(token).is_some_and(|word| word == "as" || word == "do");
            if ends {
                break;
            }
            trees.extend(self.cursor.next());
        }
        let place = Place::of(&trees, place);
        Tokens { trees, place }
    }

    fn alias(&mut self) -> Option<Ident> {
        let keyword = self.cursor.take_word("as")?;
        let alias = self.cursor.take_ident();
        if alias.is_none() {
            self.errors.report(&keyword, wording::alias_missing());
            self.cursor.take_text();
        }
        alias.and_then(|alias| self.usable(alias))
    }

    /// A name that an item can have.
    fn usable(&mut self, name: Ident) -> Option<Ident> {
        if syn::parse2::<Ident>(TokenTree::Ident(name.clone()).into()).is_ok() {
            return Some(name);
        }
        self.errors.report(&name, wording::keyword(&name.to_string()));
        None
    }

    fn body(&mut self, kind: SectionKind, keyword: &Ident) -> Option<Vec<Item>> {
        if self.cursor.is_punct('=') {
            self.errors.report(self.cursor.place(), wording::arrow_after_name(kind.word()));
            self.until(&[';']);
        }
        if let Some(group) = self.cursor.take_group(Delimiter::Brace) {
            return Some(Parser { cursor: Cursor::of_group(&group), errors: self.errors }.items(None));
        }
        if self.cursor.is_word("do") {
            self.errors.report(self.cursor.place(), wording::do_end());
            self.cursor.next();
            return Some(self.items(Some("end")));
        }
        if kind == SectionKind::Topic {
            self.semicolon("topic");
        } else {
            self.errors.report(keyword, wording::body_missing(kind.word()));
            self.cursor.take_punct(';');
        }
        None
    }

    fn setting(&mut self, word: Ident) -> Setting {
        if let Some(TokenTree::Punct(punct)) = self.cursor.peek().cloned()
            && matches!(punct.as_char(), '=' | ':')
            && !self.next_is_path_separator()
        {
            self.errors.report(self.cursor.place(), wording::no_sign(&word.to_string()));
            self.cursor.next();
            self.cursor.take_punct('>');
        }
        let value = self.setting_value(&word);
        let form = match value.trees.as_slice() {
            [] => Form::Bare,
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
                Form::Arguments(arguments::split(group, &word, Sign::Colon, self.errors), token_place(&value.trees[0]))
            }
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Brace => {
                self.errors.report(token_place(&value.trees[0]), wording::braces_for_arguments(&word.to_string()));
                return Setting {
                    form: Form::Arguments(arguments::split(group, &word, Sign::Colon, self.errors), (&word).into()),
                    word,
                };
            }
            _ => Form::Value(value),
        };
        self.semicolon(&word.to_string());
        Setting { word, form }
    }

    /// The tokens up to `;`, a brace group, or a known word that can only begin the next item.
    fn setting_value(&mut self, word: &Ident) -> Tokens {
        let option = word.to_string();
        let mut trees: Vec<TokenTree> = Vec::new();
        while let Some(token) = self.cursor.peek() {
            if is_punct(token, ';') || is_punct(token, '#') {
                break;
            }
            if as_ident(token).is_some_and(|next| begins_item(&option, trees.last(), next)) {
                break;
            }
            let brace = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            if brace && !trees.is_empty() {
                break;
            }
            trees.extend(self.cursor.next());
            if brace {
                break;
            }
        }
        let place = Place::of(&trees, word);
        Tokens { trees, place }
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

    fn semicolon(&mut self, after: &str) {
        if self.cursor.take_punct(';').is_some() {
            return;
        }
        let place = self.cursor.previous_place();
        self.errors.report(place, wording::semicolon_missing(after));
        let known = self.cursor.peek_word().is_some_and(|word| grammar::is_known(&word.to_string()));
        if !known && !self.cursor.is_punct('#') {
            self.skip_to_semicolon();
        }
    }
}

/// Whether `next` can only be the beginning of the next item: a known word after a complete value.
fn begins_item(option: &str, last: Option<&TokenTree>, next: &Ident) -> bool {
    let next = next.to_string();
    if !grammar::is_known(&next) {
        return false;
    }
    match last {
        None => !grammar::takes_word(option, &next),
        Some(TokenTree::Ident(word)) => {
            !matches!(word.to_string().as_str(), "as" | "dyn" | "mut" | "const" | "impl" | "for")
        }
        Some(TokenTree::Punct(punct)) => punct.as_char() == '>',
        Some(TokenTree::Literal(_) | TokenTree::Group(_)) => true,
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
