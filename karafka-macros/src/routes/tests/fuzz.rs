//! Any tokens give errors or a topology, never a panic, and what comes out is Rust.
//!
//! Seeded, so that a failure repeats. `KARAFKA_FUZZ=1000000` sets the number of inputs, for a soak.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use super::super::grammar;

/// Inputs of an ordinary run.
const INPUTS: u64 = 2_000;

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("below a usize")
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const BLOCKS: &[&str] = &[
    "pub mod shop as \"shop\"; topic \"orders\" { consumer Charge; dead_letter_queue(topic: \"dead\", max_retries: 3); } topic \"dead\";",
    "crate = ::k; mod m; defaults { max_messages 5; pause(timeout: 1s); } consumer_group \"g\" { protocol classic; \
     kafka(\"fetch.min.bytes\": 64KiB); subscription_group \"s\" { multiplexing(min: 1, max: 4, boot: 2); assign(0..4); \
     nodes(1); topic NAME as Named { consumer a::B<C, D>; periodic(interval: 5s); config(partitions: 6, \"retention.ms\": 7d); } } }",
    "/// docs\nmod m; pattern \"logs.*\" as Logs { consumer C; initial_offset ago(1h); parallel(by: key, lanes: 4); } \
     topic \"out\" { produce(Pair<A, B>, codec: Json); sensitive; } topic \"t\" { consumer C; exactly_once; \
     dead_letter_queue(topic: external(\"x\"), policy: self::f, oversized: stub); handler_timeout 10min; priority high; }",
];

const WORDS: &[&str] = &[
    "mod", "as", "pub", "crate", "fn", "self", "Self", "super", "true", "false", "none", "key", "all", "external",
    "ago", "do", "end", "min", "max", "boot", "Charge", "x", "r#type", "_", "async", "dyn", "impl", "static",
];

const LITERALS: &[&str] = &[
    "\"orders\"",
    "\"\"",
    "\"a b\"",
    "\"*\"",
    "\"logs.*\"",
    "r\"raw\"",
    "b\"x\"",
    "c\"x\"",
    "'a'",
    "b'a'",
    "0",
    "1",
    "5s",
    "5m",
    "1_000",
    "0x1F",
    "1.5",
    "1e3",
    "99999999999999999999",
    "64KiB",
    "7d",
    "1f32",
    "0b1",
    "5_s",
];

const SIGNS: &[char] = &[';', ',', ':', '=', '>', '<', '.', '#', '-', '!', '&', '*', '\'', '?', '|', '$'];

fn token(random: &mut Random, depth: u32) -> TokenTree {
    match random.below(if depth < 4 { 10 } else { 8 }) {
        0..=2 => {
            let words: Vec<&str> = grammar::words().collect();
            Ident::new(random.pick::<&str>(&words), Span::call_site()).into()
        }
        3 => {
            let word = random.pick(WORDS);
            match word.strip_prefix("r#") {
                Some(raw) => Ident::new_raw(raw, Span::call_site()).into(),
                None => Ident::new(word, Span::call_site()).into(),
            }
        }
        4 | 5 => random.pick(LITERALS).parse::<Literal>().expect("a literal").into(),
        6 | 7 => {
            let spacing = if random.below(3) == 0 { Spacing::Joint } else { Spacing::Alone };
            Punct::new(*random.pick(SIGNS), spacing).into()
        }
        _ => {
            let delimiters = [Delimiter::Brace, Delimiter::Parenthesis, Delimiter::Bracket, Delimiter::None];
            let delimiter = *random.pick(&delimiters);
            let inside = (0..random.below(6)).map(|_| token(random, depth + 1)).collect();
            Group::new(delimiter, inside).into()
        }
    }
}

/// A valid block with a few tokens lost, doubled, swapped or replaced, at any depth.
fn mutate(stream: TokenStream, random: &mut Random) -> TokenStream {
    let mut trees: Vec<TokenTree> = Vec::new();
    for tree in stream {
        let tree = match tree {
            TokenTree::Group(group) if random.below(2) == 0 => {
                TokenTree::Group(Group::new(group.delimiter(), mutate(group.stream(), random)))
            }
            other => other,
        };
        match random.below(60) {
            0 => {}
            1 => trees.extend([tree.clone(), tree]),
            2 => trees.push(token(random, 2)),
            3 => trees.extend([tree, token(random, 2)]),
            4 if !trees.is_empty() => {
                let at = random.below(trees.len());
                trees.insert(at, tree);
            }
            _ => trees.push(tree),
        }
    }
    trees.into_iter().collect()
}

#[test]
fn any_tokens_give_errors_or_a_topology() {
    let inputs = std::env::var("KARAFKA_FUZZ").ok().and_then(|count| count.parse().ok()).unwrap_or(INPUTS);
    let blocks: Vec<TokenStream> = BLOCKS.iter().map(|block| block.parse().expect("a block")).collect();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let (mut good, mut bad) = (0_u64, 0_u64);
    for _ in 0..inputs {
        let input: TokenStream = if random.below(4) == 0 {
            (0..random.below(40)).map(|_| token(&mut random, 0)).collect()
        } else {
            let block = random.pick(&blocks).clone();
            mutate(block, &mut random)
        };
        let text = input.to_string();
        let output = std::panic::catch_unwind(|| super::super::expand(input));
        let output = output.unwrap_or_else(|_| panic!("panicked on\n{text}"));
        let file = syn::parse2::<syn::File>(output.clone());
        assert!(
            file.is_ok(),
            "{text}\ngives no Rust: {}\n{output}",
            file.err().map(|error| error.to_string()).unwrap_or_default()
        );
        let failed = output.to_string().contains("compile_error");
        if failed { bad += 1 } else { good += 1 }
    }
    assert!(good > inputs / 50 && bad > inputs / 50, "{good} good, {bad} bad: the inputs are one-sided");
}
