//! The files of the project, and Rust sources as a flat list of tokens that know where they stand.
//!
//! Tokens instead of a parse: the rules also hold inside macro calls, whose contents no parser understands.

use std::fs;
use std::path::Path;
use std::process::Command;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// A text file of the project.
#[derive(Debug)]
pub(super) struct Source {
    /// Relative to the root of the workspace, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

/// One token of a Rust file.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// As written; `::` is one token, brackets are one each.
    pub(super) text: String,
    pub(super) line: usize,
    /// The inline modules around it, outermost first.
    pub(super) modules: Vec<String>,
    /// Whether it stands in an item under `#[cfg(test)]` or `#[test]`.
    pub(super) in_test: bool,
}

/// Every text file that is tracked, or would be with `git add --all`.
pub(super) fn all() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = Command::new("git")
        .current_dir(root)
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .expect("git lists the files of the project");
    assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let paths = String::from_utf8(output.stdout).unwrap();
    let read = |path: &str| {
        // Deleted but not yet committed, or no text.
        let text = String::from_utf8(fs::read(root.join(path)).ok()?).ok()?;
        Some(Source { path: path.to_owned(), text })
    };
    paths.split('\0').filter(|path| !path.is_empty()).filter_map(read).collect()
}

/// The Rust files among all, without the cases of the compile-time tests: those are wrong on purpose.
pub(super) fn rust() -> Vec<Source> {
    let wrong_on_purpose = |path: &str| path.starts_with("ui-tests/tests/fail");
    let has_rust = |path: &str| Path::new(path).extension().is_some_and(|extension| extension == "rs");
    let is_rust = |source: &Source| has_rust(&source.path) && !wrong_on_purpose(&source.path);
    all().into_iter().filter(is_rust).collect()
}

impl Source {
    /// The tokens of a Rust file; doc comments are the string literals that the compiler makes of them.
    pub(super) fn tokens(&self) -> Vec<Token> {
        let stream: TokenStream = self.text.parse().unwrap_or_else(|error| panic!("{}: {error}", self.path));
        let mut tokens = Vec::new();
        flatten(stream, &Place { modules: Vec::new(), in_test: is_test_file(&self.path) }, &mut tokens);
        tokens
    }
}

/// Files that only exist for tests, by the names they have here.
fn is_test_file(path: &str) -> bool {
    path.starts_with("tests/")
        || path.split('/').any(|part| {
            matches!(part.trim_end_matches(".rs"), "tests") || part.trim_end_matches(".rs").ends_with("_tests")
        })
}

#[derive(Clone)]
struct Place {
    modules: Vec<String>,
    in_test: bool,
}

fn flatten(stream: TokenStream, place: &Place, into: &mut Vec<Token>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    // Set by an attribute, until the item it stands on has ended.
    let mut test_item = false;
    let mut index = 0;
    while let Some(tree) = trees.get(index) {
        let here = Place { in_test: place.in_test || test_item, ..place.clone() };
        let push = |text: String, into: &mut Vec<Token>| {
            let line = tree.span().start().line;
            into.push(Token { text, line, modules: here.modules.clone(), in_test: here.in_test });
        };
        match tree {
            TokenTree::Group(group) => {
                test_item |= group.delimiter() == Delimiter::Bracket && is_test_attribute(&trees, index);
                let module = inline_module(&trees, index);
                let mut inside = Place { in_test: place.in_test || test_item, ..here.clone() };
                inside.modules.extend(module);
                let (open, close) = brackets(group.delimiter());
                push(open.into(), into);
                flatten(group.stream(), &inside, into);
                push(close.into(), into);
                if group.delimiter() == Delimiter::Brace {
                    test_item = false;
                }
            }
            TokenTree::Punct(first) if first.as_char() == ':' && first.spacing() == Spacing::Joint => {
                push("::".into(), into);
                index += 1;
            }
            TokenTree::Punct(punct) => {
                push(punct.to_string(), into);
                if punct.as_char() == ';' {
                    test_item = false;
                }
            }
            other => push(other.to_string(), into),
        }
        index += 1;
    }
}

fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

/// `#[cfg(test)]` or `#[test]` with its brackets at `index`.
fn is_test_attribute(trees: &[TokenTree], index: usize) -> bool {
    let is_attribute = index > 0 && trees[index - 1].to_string() == "#";
    let text: String = trees[index].to_string().split_whitespace().collect();
    is_attribute && matches!(text.as_str(), "[cfg(test)]" | "[test]")
}

/// The name of the module whose body is the group at `index`.
fn inline_module(trees: &[TokenTree], index: usize) -> Option<String> {
    let [.., TokenTree::Ident(word), TokenTree::Ident(name)] = &trees[..index] else { return None };
    let is_body = matches!(&trees[index], TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    (is_body && word == "mod").then(|| name.to_string())
}

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

/// A file made up for a test of a check.
pub(super) fn made_up(path: &str, text: &str) -> Source {
    source(path, text)
}

#[test]
fn tokens_know_their_line_their_modules_and_whether_they_are_tests() {
    let text =
        "use a::b;\nmod outer {\n    mod inner { x }\n}\n#[cfg(test)]\nmod tests { y }\nz\n#[test]\nfn t() { q }\nr";
    let tokens = source("a.rs", text).tokens();
    let check = |word: &str, line: usize, modules: &[&str], in_test: bool| {
        let token = tokens.iter().find(|token| token.text == word).unwrap();
        assert_eq!((token.line, token.in_test), (line, in_test), "{word}");
        assert_eq!(token.modules, modules, "{word}");
    };
    check("::", 1, &[], false);
    check("x", 3, &["outer", "inner"], false);
    check("y", 6, &["tests"], true);
    check("z", 7, &[], false);
    check("q", 9, &[], true);
    check("r", 10, &[], false);
}
