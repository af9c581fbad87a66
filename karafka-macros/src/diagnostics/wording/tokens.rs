//! Tokens as a reader knows them.

use proc_macro2::{Delimiter, Spacing, TokenTree};

/// One token in backticks.
pub(crate) fn token(token: &TokenTree) -> String {
    match token {
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::Parenthesis => "`(`".to_owned(),
            Delimiter::Brace => "`{`".to_owned(),
            Delimiter::Bracket => "`[`".to_owned(),
            Delimiter::None => format!("`{}`", source(&group.stream().into_iter().collect::<Vec<_>>())),
        },
        other => format!("`{other}`"),
    }
}

/// Tokens as a type or path is usually written: spaces only between words and behind commas.
pub(crate) fn source(trees: &[TokenTree]) -> String {
    let mut text = String::new();
    let mut after_word = false;
    for tree in trees {
        let word = matches!(tree, TokenTree::Ident(_) | TokenTree::Literal(_));
        if after_word && word {
            text.push(' ');
        }
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                text.push_str(&source(&group.stream().into_iter().collect::<Vec<_>>()));
                text.push_str(close);
            }
            TokenTree::Punct(punct) => {
                text.push(punct.as_char());
                let spaced = matches!(punct.as_char(), ',' | '+' | '=') && punct.spacing() == Spacing::Alone;
                if spaced {
                    text.push(' ');
                }
            }
            other => text.push_str(&other.to_string()),
        }
        after_word = word;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_as_they_are_written() {
        for text in ["Charge", "super::Charge", "Pair<String, Vec<u8>>", "[u8; 4]", "(A, B)", "&'static str"] {
            let stream: proc_macro2::TokenStream = text.parse().expect("tokens");
            assert_eq!(source(&stream.into_iter().collect::<Vec<_>>()).replace(';', "; ").replace(";  ", "; "), text);
        }
    }
}
