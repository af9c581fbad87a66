//! A block cut after any of its tokens, as it stands while somebody types it: never a panic, always Rust, and what was named
//! before the cut is still there. `ui-tests` compiles programs that use those names.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Every construct of the language once.
const BLOCK: &str = r#"
    crate = ::karafka_rt;
    /// The shop.
    pub mod shop as "shop";
    max_wait_time 250ms;
    kafka("fetch.min.bytes": 64KiB);
    defaults { max_messages 5; pause(timeout: 1s, max_timeout: 30s); dead_letter_queue(topic: shop::Dead); }
    /// What is ordered.
    topic "orders.placed" { consumer user::Charge; periodic(interval: 5s); config(partitions: 6, "retention.ms": 7d); }
    topic "dead";
    topic user::NAME as Named { produce(user::Pair<user::A, user::B>, codec: user::Codec); sensitive; }
    consumer_group "archive" {
        protocol classic;
        subscription_group "fast" {
            multiplexing(min: 1, max: 4, boot: 2);
            nodes(0..=1);
            topic "events" { consumer user::Archive; initial_offset ago(1h); parallel(by: user::key, lanes: 4); }
        }
        pattern "logs.*" as Logs { consumer user::Archive; handler_timeout 10min; priority high; dead_letter_queue(topic: none); }
        topic "mails" { consumer user::Mail; dead_letter_queue(topic: external("x"), policy: self::decide); }
    }
"#;

/// Types of the block, and the token that ends what they are called.
const TYPES: [(&str, &str); 6] = [
    ("OrdersPlaced", "\"orders.placed\""),
    ("Dead", "\"dead\""),
    ("Named", "Named"),
    ("Events", "\"events\""),
    ("Logs", "Logs"),
    ("Mails", "\"mails\""),
];

/// The first `left` tokens of `stream`, with every bracket closed; the last one that was taken.
fn cut(stream: TokenStream, left: &mut usize, last: &mut String) -> TokenStream {
    let mut kept = Vec::new();
    for tree in stream {
        if *left == 0 {
            break;
        }
        *left -= 1;
        match tree {
            TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
                "a bracket".clone_into(last);
                kept.push(Group::new(group.delimiter(), cut(group.stream(), left, last)).into());
            }
            other => {
                *last = other.to_string();
                kept.push(other);
            }
        }
    }
    kept.into_iter().collect()
}

#[test]
fn what_was_named_before_the_cut_is_there() {
    let block: TokenStream = BLOCK.parse().expect("a block");
    let (mut named, mut broken) = (Vec::new(), 0);
    for length in 0.. {
        let (mut left, mut last) = (length, String::new());
        let input = cut(block.clone(), &mut left, &mut last);
        let ends = left > 0;
        let text = input.to_string();
        let output = super::super::expand(input);
        assert!(syn::parse2::<syn::File>(output.clone()).is_ok(), "{text}\ngives no Rust:\n{output}");
        let output = output.to_string();
        for name in &named {
            assert!(output.contains(&format!("pub struct {name} ;")), "{name} is lost behind\n{text}\n{output}");
        }
        named.extend(TYPES.iter().filter(|(_, token)| *token == last).map(|(name, _)| *name));
        broken += usize::from(output.contains("compile_error"));
        if ends {
            break;
        }
    }
    assert_eq!(named, TYPES.map(|(name, _)| name));
    assert!(broken > 150, "{broken} of the texts are half typed");
}
