//! Any tokens give errors or a topology, never a panic, and what comes out is Rust.
//!
//! Seeded, so that a failure repeats. `cargo xtask soak fuzz --seed S` runs a million inputs: it sets their number, the seed,
//! and the file for the figures in the environment.

use std::time::Duration;

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use super::super::grammar;

/// Inputs and seed of an ordinary run.
const INPUTS: u64 = 2_000;
const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

/// Longest that one input may keep a processor, in an unoptimised build.
const LONGEST: Duration = Duration::from_millis(500);

fn number_in(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Processor time of this thread so far: what other programs of the machine do is not in it.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default())
}

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
    let inputs = number_in("KARAFKA_FUZZ").unwrap_or(INPUTS);
    let blocks: Vec<TokenStream> = BLOCKS.iter().map(|block| block.parse().expect("a block")).collect();
    // Zero would stay zero.
    let mut random = Random(number_in("KARAFKA_FUZZ_SEED").unwrap_or(SEED).max(1));
    let (mut good, mut bad, mut errors) = (0_u64, 0_u64, 0_usize);
    let (mut slowest, mut total) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..inputs {
        let input: TokenStream = if random.below(4) == 0 {
            (0..random.below(40)).map(|_| token(&mut random, 0)).collect()
        } else {
            let block = random.pick(&blocks).clone();
            mutate(block, &mut random)
        };
        let text = input.to_string();
        let begun = processor_time();
        let output = std::panic::catch_unwind(|| super::super::expand(input));
        let output = output.unwrap_or_else(|_| panic!("panicked on\n{text}"));
        let took = processor_time().saturating_sub(begun);
        assert!(took < LONGEST, "{took:?} for\n{text}");
        (slowest, total) = (slowest.max(took), total + took);
        let file = syn::parse2::<syn::File>(output.clone());
        assert!(
            file.is_ok(),
            "{text}\ngives no Rust: {}\n{output}",
            file.err().map(|error| error.to_string()).unwrap_or_default()
        );
        let found = output.to_string().matches(":: core :: compile_error !").count();
        errors += found;
        if found > 0 { bad += 1 } else { good += 1 }
    }
    assert!(good > inputs / 50 && bad > inputs / 50, "{good} good, {bad} bad: the inputs are one-sided");
    if let Ok(path) = std::env::var("KARAFKA_FUZZ_FIGURES") {
        let figures = format!(
            "{{\"inputs\": {inputs}, \"topologies\": {good}, \"with_errors\": {bad}, \"errors\": {errors}, \"panics\": 0, \
             \"outputs_that_are_no_rust\": 0, \"slowest_microseconds\": {}, \"mean_microseconds\": {}}}",
            slowest.as_micros(),
            total.as_micros() / u128::from(inputs)
        );
        std::fs::write(path, figures).expect("the figures can be written");
    }
}
