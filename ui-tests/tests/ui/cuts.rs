//! One block cut after each of its tokens, as it stands while somebody types it: all of them are modules of one program, which uses
//! whatever was named before the cut, and has no errors but those of the cut blocks.

use std::fmt::Write as _;
use std::fs;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::compiler::Compiler;

const BLOCK: &str = r#"
    /// The shop.
    pub mod shop as "shop";
    max_wait_time 250ms;
    defaults { max_messages 5; pause(timeout: 1s, max_timeout: 30s); }
    topic "orders.placed" { consumer Mail; manual_offsets; dead_letter_queue(topic: "orders.dead", max_retries: 3); }
    topic "orders.dead" as Dead { consumer Mail; config(partitions: 6, "retention.ms": 7d); }
    topic "receipts" { produce(Order, codec: Json); sensitive; }
    consumer_group "archive" {
        protocol classic;
        subscription_group "fast" {
            multiplexing(min: 1, max: 4, boot: 2);
            kafka("fetch.min.bytes": 64KiB);
            topic "events" { consumer Archive; initial_offset ago(1h); }
        }
        pattern "logs.*" as Logs { consumer Archive; handler_timeout 10min; dead_letter_queue(topic: none); }
    }
"#;

/// Types of the block, and the token behind which they can be known.
const TYPES: [(&str, &str); 5] = [
    ("OrdersPlaced", "\"orders.placed\""),
    ("Dead", "Dead"),
    ("Receipts", "\"receipts\""),
    ("Events", "\"events\""),
    ("Logs", "Logs"),
];

/// The first `left` tokens with their brackets closed; `last` is the last one that was taken.
fn cut(stream: TokenStream, left: &mut usize, last: &mut String) -> TokenStream {
    let mut kept = TokenStream::new();
    for tree in stream {
        if *left == 0 {
            break;
        }
        *left -= 1;
        match tree {
            TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
                last.clear();
                kept.extend([TokenTree::Group(Group::new(group.delimiter(), cut(group.stream(), left, last)))]);
            }
            other => {
                *last = other.to_string();
                kept.extend([other]);
            }
        }
    }
    kept
}

/// The program, and how many blocks it has.
fn program() -> (String, usize) {
    let block: TokenStream = BLOCK.parse().expect("a block");
    let mut text = "#![allow(dead_code, unused_imports)]\nfn main() {}\n".to_owned();
    let mut named: Vec<&str> = Vec::new();
    for length in 0.. {
        let (mut left, mut last) = (length, String::new());
        let input = cut(block.clone(), &mut left, &mut last);
        let uses = named.iter().fold(String::new(), |uses, name| uses + &format!("shop::{name}, "));
        write!(
            text,
            "mod cut{length} {{\n    use karafka_rt::prelude::*;\n    use karafka_ui_tests::*;\n    routes! {{ {input} }}\n    \
             type Named = ({uses});\n}}\n"
        )
        .expect("a string can be written to");
        named.extend(TYPES.iter().filter(|(_, token)| *token == last).map(|(name, _)| *name));
        if left > 0 {
            assert_eq!(named, TYPES.map(|(name, _)| name));
            return (text, length);
        }
    }
    unreachable!("a block ends")
}

#[test]
fn a_block_cut_anywhere_leaves_the_rest_alive() {
    let compiler = Compiler::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("cuts.rs");
    let (text, blocks) = program();
    fs::write(&file, text).expect("a temporary file can be written");
    let errors = compiler.errors(&file);
    assert!(errors.len() >= blocks / 3, "{} errors in {blocks} blocks", errors.len());
    assert_eq!(compiler.rest(&file), None);
}
