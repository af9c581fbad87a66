//! Settings: a word, and the tokens of its value or arguments.

use proc_macro2::{Delimiter, Ident, TokenTree};

use super::super::arguments::{self, Sign};
use super::super::ast::{Form, Setting, Tokens};
use super::super::cursor::{as_ident, is_punct, token_place};
use super::super::grammar;
use super::Parser;
use crate::diagnostics::{Errors, Place, wording};

impl Parser<'_> {
    pub(super) fn setting(&mut self, word: Ident) -> Setting {
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
        if matches!(form, Form::Bare) && !grammar::may_be_bare(&word.to_string()) {
            // That its value is missing is enough to say.
            self.cursor.take_punct(';');
        } else {
            self.semicolon(&word.to_string());
        }
        Setting { word, form }
    }

    /// That the word is unknown is enough to say: what is missing behind it is not.
    pub(super) fn setting_of_unknown_word(&mut self, word: Ident) -> Setting {
        let value = self.setting_value(&word);
        self.cursor.take_punct(';');
        let form = match value.trees.as_slice() {
            [] => Form::Bare,
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
                let arguments = arguments::split(group, &word, Sign::Colon, &mut Errors::default());
                Form::Arguments(arguments, token_place(&value.trees[0]))
            }
            _ => Form::Value(value),
        };
        Setting { word, form }
    }

    /// The tokens up to `;`, a brace group, or a known word that can only begin the next item.
    pub(super) fn setting_value(&mut self, word: &Ident) -> Tokens {
        let option = word.to_string();
        let mut trees: Vec<TokenTree> = Vec::new();
        let mut angles = 0_u32;
        while let Some(token) = self.cursor.peek() {
            if is_punct(token, ';') || is_punct(token, '#') || (angles == 0 && is_punct(token, ',')) {
                break;
            }
            angles = arguments::angles(angles, trees.last(), token);
            if self.item_begins(0) && as_ident(token).is_some_and(|next| ends_value(&option, trees.last(), next)) {
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
}

/// Whether `next`, a known word, can only be the beginning of the next item: it stands after a complete value.
fn ends_value(option: &str, last: Option<&TokenTree>, next: &Ident) -> bool {
    match last {
        None => !grammar::takes_word(option, &next.to_string()),
        Some(TokenTree::Ident(word)) => {
            !matches!(word.to_string().as_str(), "as" | "dyn" | "mut" | "const" | "impl" | "for")
        }
        Some(TokenTree::Punct(punct)) => punct.as_char() == '>',
        Some(TokenTree::Literal(_) | TokenTree::Group(_)) => true,
    }
}
