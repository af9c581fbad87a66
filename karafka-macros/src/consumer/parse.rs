//! Reads a struct with the same cursor as `routes!`.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use super::ast::{Field, Fields, Structure};
use crate::diagnostics::{Errors, Place, wording};
use crate::routes::{Argument, Cursor, Sign, Tokens, is_punct, split_arguments};

/// Reads the item under the derive. What is no struct is an error, and read as one without fields.
pub(crate) fn parse(input: TokenStream, errors: &mut Errors) -> Option<Structure> {
    let mut cursor = Cursor::new(input.clone(), Span::call_site());
    let attributes = attributes(&mut cursor, errors);
    if let Some(place) = attributes.state {
        errors.report(place, wording::state_on_struct());
    }
    visibility(&mut cursor);
    let keyword = cursor.take_ident()?;
    let name = cursor.take_ident()?;
    if keyword != "struct" {
        errors.report(&keyword, wording::no_struct(&keyword.to_string()));
    }
    let generics = generics(&mut cursor, input);
    let fields = match cursor.next().filter(|_| keyword == "struct") {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            Fields::Named(fields(&group, true, errors))
        }
        Some(TokenTree::Group(group)) => Fields::Unnamed(fields(&group, false, errors)),
        _ => Fields::Unit,
    };
    Some(Structure { name, arguments: attributes.arguments, generics, fields })
}

#[derive(Default)]
struct Attributes {
    arguments: Vec<Argument>,
    state: Option<Place>,
}

/// Reads `#[consumer(..)]` and `#[state]`, skips the others.
fn attributes(cursor: &mut Cursor, errors: &mut Errors) -> Attributes {
    let mut found = Attributes::default();
    while cursor.take_punct('#').is_some() {
        let Some(group) = cursor.take_group(Delimiter::Bracket) else { continue };
        let mut inside = Cursor::of_group(&group);
        let Some(word) = inside.take_ident() else { continue };
        if word == "state" {
            found.state = Some((&word).into());
            if !inside.is_end() {
                errors.report(inside.place(), wording::state_arguments());
            }
        } else if word == "consumer" {
            match inside.take_group(Delimiter::Parenthesis) {
                Some(group) => found.arguments.extend(split_arguments(&group, &word, Sign::Equals, errors)),
                None => errors.report(&word, wording::attribute_arguments()),
            }
        }
    }
    found
}

/// `pub` and its scope; `pub (A, B)` in a tuple struct is a public pair.
fn visibility(cursor: &mut Cursor) {
    let public = cursor.take_word("pub").is_some();
    let scope = matches!(cursor.peek(), Some(TokenTree::Group(group)) if {
        let first = Cursor::of_group(group).take_ident();
        first.is_some_and(|word| ["crate", "self", "super", "in"].iter().any(|scope| word == scope))
    });
    if public && scope {
        cursor.take_group(Delimiter::Parenthesis);
    }
}

/// `<..>` behind the name of `item`, and what follows up to the fields.
fn generics(cursor: &mut Cursor, item: TokenStream) -> Option<(Place, syn::Generics)> {
    let place = cursor.is_punct('<').then(|| cursor.place());
    let mut depth = 0_i32;
    while let Some(token) = cursor.peek() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '<' => depth += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' => depth -= 1,
            TokenTree::Punct(punct) if punct.as_char() == ';' => break,
            TokenTree::Group(group) if depth <= 0 && group.delimiter() != Delimiter::None => break,
            _ => {}
        }
        cursor.next();
    }
    let place = place?;
    let generics = syn::parse2::<syn::DeriveInput>(item).map(|item| item.generics);
    Some((place, generics.unwrap_or_default()))
}

fn fields(group: &Group, named: bool, errors: &mut Errors) -> Vec<Field> {
    let mut cursor = Cursor::of_group(group);
    let mut fields = Vec::new();
    while !cursor.is_end() {
        let attributes = attributes(&mut cursor, errors);
        visibility(&mut cursor);
        let name: Option<Ident> = if named {
            let name = cursor.take_ident();
            cursor.take_punct(':');
            name
        } else {
            None
        };
        let kind = field_type(&mut cursor);
        fields.push(Field { name, kind, state: attributes.state, arguments: attributes.arguments });
    }
    fields
}

/// The tokens up to a comma outside `<>`.
fn field_type(cursor: &mut Cursor) -> Tokens {
    let place = cursor.place();
    let mut trees: Vec<TokenTree> = Vec::new();
    let mut depth = 0_i32;
    while let Some(token) = cursor.next() {
        if depth <= 0 && is_punct(&token, ',') {
            break;
        }
        if is_punct(&token, '<') {
            depth += 1;
        } else if is_punct(&token, '>') && !trees.last().is_some_and(|last| is_punct(last, '-')) {
            depth -= 1;
        }
        trees.push(token);
    }
    let place = Place::of(&trees, place);
    Tokens { trees, place }
}
