//! Collects errors, so that one build shows all of them, and turns them into `compile_error!` under the right tokens.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

/// The tokens that an error underlines, first and last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    start: Span,
    end: Span,
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self { start: span, end: span }
    }
}

impl From<&Ident> for Place {
    fn from(ident: &Ident) -> Self {
        ident.span().into()
    }
}

impl From<&TokenTree> for Place {
    fn from(token: &TokenTree) -> Self {
        token.span().into()
    }
}

impl Place {
    /// All of `tokens`, or `otherwise` when there are none.
    pub(crate) fn of(tokens: &[TokenTree], otherwise: impl Into<Place>) -> Self {
        match (tokens.first(), tokens.last()) {
            (Some(first), Some(last)) => Self { start: first.span(), end: last.span() },
            _ => otherwise.into(),
        }
    }

    /// Where `error` stands in `tokens`; what ends too early points at its last token, not at the whole macro call.
    pub(crate) fn of_error(error: &syn::Error, tokens: &[TokenTree], otherwise: impl Into<Place>) -> Self {
        let wanted = format!("{:?}", error.span());
        match (holds(tokens, &wanted), tokens.last()) {
            (true, _) => error.span().into(),
            (false, Some(last)) => last.into(),
            (false, None) => otherwise.into(),
        }
    }

    /// The span of the first token.
    pub(crate) fn span(self) -> Span {
        self.start
    }

    /// The span of the last token.
    pub(crate) fn end(self) -> Span {
        self.end
    }

    /// The text between the first and the last token, as a compiler would underline it.
    #[cfg(test)]
    pub(crate) fn text(self) -> String {
        let joined = self.start.join(self.end).unwrap_or(self.start);
        joined.source_text().unwrap_or_default()
    }

    /// The line of the first token, from 1.
    pub(crate) fn line(self) -> usize {
        self.start.start().line
    }
}

/// Whether one of `tokens`, at any depth, has the span that prints as `wanted`.
fn holds(tokens: &[TokenTree], wanted: &str) -> bool {
    tokens.iter().any(|token| match token {
        TokenTree::Group(group) => {
            let ends = [group.span(), group.span_open(), group.span_close()];
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            ends.iter().any(|span| format!("{span:?}") == wanted) || holds(&inside, wanted)
        }
        other => format!("{:?}", other.span()) == wanted,
    })
}

/// Errors in the order they were found.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    list: Vec<(Place, String)>,
}

impl Errors {
    /// Reports `text` at `place`. A second report of the same text at the same place is dropped.
    pub(crate) fn report(&mut self, place: impl Into<Place>, text: String) {
        let place = place.into();
        let repeated = self
            .list
            .iter()
            .any(|(other, known)| *known == text && format!("{:?}", other.start) == format!("{:?}", place.start));
        if !repeated {
            self.list.push((place, text));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    #[cfg(test)]
    pub(crate) fn list(&self) -> &[(Place, String)] {
        &self.list
    }

    /// One `compile_error!` per error, in the order of the source.
    pub(crate) fn into_tokens(mut self) -> TokenStream {
        self.list.sort_by_key(|(place, _)| {
            let start = place.start.start();
            (start.line, start.column)
        });
        self.list.iter().flat_map(|(place, text)| compile_error(*place, text)).collect()
    }
}

/// `::core::compile_error! { "text" }`, whose first token carries the start and whose last token carries the end.
fn compile_error(place: Place, text: &str) -> [TokenTree; 8] {
    let punct = |character, spacing| {
        let mut punct = Punct::new(character, spacing);
        punct.set_span(place.start);
        TokenTree::Punct(punct)
    };
    let ident = |word| TokenTree::Ident(Ident::new(word, place.start));
    let mut literal = Literal::string(text);
    literal.set_span(place.end);
    let mut group = Group::new(Delimiter::Brace, TokenTree::Literal(literal).into());
    group.set_span(place.end);
    [
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        ident("core"),
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        ident("compile_error"),
        punct('!', Spacing::Alone),
        TokenTree::Group(group),
    ]
}
