//! A cursor over token trees that sees through what `macro_rules!` captured.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

use super::ast::Text;
use crate::diagnostics::Place;

/// Reads token trees from left to right.
pub(crate) struct Cursor {
    tokens: Vec<TokenTree>,
    at: usize,
    /// Where an error about a missing token points.
    end: Span,
}

impl Cursor {
    pub(crate) fn new(stream: TokenStream, end: Span) -> Self {
        Self { tokens: unwrap_captured(stream), at: 0, end }
    }

    pub(crate) fn of_group(group: &Group) -> Self {
        Self::new(group.stream(), group.span_close())
    }

    pub(crate) fn peek(&self) -> Option<&TokenTree> {
        self.tokens.get(self.at)
    }

    pub(crate) fn peek_at(&self, distance: usize) -> Option<&TokenTree> {
        self.tokens.get(self.at + distance)
    }

    /// The token before the next one.
    pub(crate) fn previous(&self) -> Option<&TokenTree> {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at))
    }

    pub(crate) fn next(&mut self) -> Option<TokenTree> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    pub(crate) fn is_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The next token, or the end.
    pub(crate) fn place(&self) -> Place {
        self.peek().map_or_else(|| self.end.into(), token_place)
    }

    /// The token before, for errors about something missing behind it.
    pub(crate) fn previous_place(&self) -> Place {
        self.previous().map_or_else(
            || self.end.into(),
            |token| match token {
                TokenTree::Group(group) => group.span_close().into(),
                other => other.into(),
            },
        )
    }

    pub(crate) fn peek_word(&self) -> Option<&Ident> {
        as_ident(self.peek()?)
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.peek_word().is_some_and(|ident| ident == word)
    }

    pub(crate) fn take_word(&mut self, word: &str) -> Option<Ident> {
        let ident = self.peek_word().filter(|ident| *ident == word).cloned()?;
        self.at += 1;
        Some(ident)
    }

    pub(crate) fn take_ident(&mut self) -> Option<Ident> {
        let ident = self.peek_word().cloned()?;
        self.at += 1;
        Some(ident)
    }

    pub(crate) fn is_punct(&self, character: char) -> bool {
        self.peek().is_some_and(|token| is_punct(token, character))
    }

    pub(crate) fn take_punct(&mut self, character: char) -> Option<Punct> {
        match self.peek() {
            Some(TokenTree::Punct(punct)) if punct.as_char() == character => {
                let punct = punct.clone();
                self.at += 1;
                Some(punct)
            }
            _ => None,
        }
    }

    pub(crate) fn take_group(&mut self, delimiter: Delimiter) -> Option<Group> {
        match self.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
                let group = group.clone();
                self.at += 1;
                Some(group)
            }
            _ => None,
        }
    }

    pub(crate) fn take_text(&mut self) -> Option<Text> {
        let text = text(self.peek()?)?;
        self.at += 1;
        Some(text)
    }

    /// Skips every token that stands on this line.
    pub(crate) fn skip_line(&mut self, line: usize) {
        while self.peek().is_some_and(|token| token_place(token).line() == line) {
            self.at += 1;
        }
    }
}

/// Removes invisible groups around single tokens and visibilities, which `macro_rules!` puts around captured fragments.
/// Groups around types and paths stay: they keep the fragment together.
fn unwrap_captured(stream: TokenStream) -> Vec<TokenTree> {
    let mut tokens = Vec::new();
    for token in stream {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                let inner = unwrap_captured(group.stream());
                let visibility = inner.first().and_then(as_ident).is_some_and(|word| word == "pub");
                if inner.len() <= 1 || visibility {
                    tokens.extend(inner);
                } else {
                    tokens.push(TokenTree::Group(group));
                }
            }
            other => tokens.push(other),
        }
    }
    tokens
}

/// A group is pointed at by its opening bracket.
pub(crate) fn token_place(token: &TokenTree) -> Place {
    match token {
        TokenTree::Group(group) if group.delimiter() != Delimiter::None => group.span_open().into(),
        other => other.into(),
    }
}

pub(crate) fn as_ident(token: &TokenTree) -> Option<&Ident> {
    match token {
        TokenTree::Ident(ident) => Some(ident),
        _ => None,
    }
}

pub(crate) fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// A `:` that is not half of `::`.
pub(crate) fn is_single_colon(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at: usize| match tokens.get(at) {
        Some(TokenTree::Punct(punct)) if punct.as_char() == ':' => Some(punct.spacing()),
        _ => None,
    };
    let first_of_two = colon(at) == Some(Spacing::Joint) && colon(at + 1).is_some();
    let second_of_two = at > 0 && colon(at - 1) == Some(Spacing::Joint);
    colon(at).is_some() && !first_of_two && !second_of_two
}

/// The value of a string literal.
pub(crate) fn text(token: &TokenTree) -> Option<Text> {
    let TokenTree::Literal(literal) = token else { return None };
    let written = literal.to_string();
    if !written.starts_with(['"', 'r']) {
        return None;
    }
    match syn::Lit::new(literal.clone()) {
        syn::Lit::Str(string) => Some(Text { value: string.value(), place: literal.span().into() }),
        _ => None,
    }
}
