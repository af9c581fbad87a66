//! Properties of the generated code that no compiler checks.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

fn expand(input: &str) -> TokenStream {
    super::super::expand(input.parse().expect("the test's input has balanced brackets"))
}

const BLOCK: &str = "
    pub mod shop as \"shop\";
    max_wait_time 250ms;
    subscription_group \"s\" {
        kafka(\"fetch.min.bytes\": 64KiB);
        topic \"orders\" { consumer user::Charge; periodic(interval: 5s); dead_letter_queue(topic: user::Dead); }
        topic user::NAME as Named { produce(user::Pair<user::A, user::B>, codec: user::Codec); }
    }
";

/// The content of the generated module.
fn module(output: &TokenStream) -> String {
    let mut trees = output.clone().into_iter().skip_while(|tree| tree.to_string() != "mod").skip(2);
    match trees.next() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group.stream().to_string(),
        other => panic!("expected the module's body, found {other:?}"),
    }
}

#[test]
fn no_user_token_stands_in_the_module() {
    for output in [expand(BLOCK), expand(&format!("{BLOCK} banana;"))] {
        let module = module(&output);
        assert!(module.contains("struct Orders") && module.contains("struct Named"), "{module}");
        assert!(!module.contains("user ::"), "{module}");
    }
}

#[test]
fn literals_with_units_are_never_emitted() {
    for output in [expand(BLOCK), expand(&format!("{BLOCK} banana;"))] {
        let text = output.to_string();
        for literal in ["250ms", "5s", "64KiB"] {
            assert!(!text.contains(literal), "{literal} in {text}");
        }
    }
}

#[test]
fn the_runtime_is_named_through_one_door() {
    let text = expand(BLOCK).to_string().replace(' ', "");
    for (at, _) in text.match_indices("::karafka_rt") {
        assert!(text[at..].starts_with("::karafka_rt::__private"), "{}", &text[at..at + 60]);
    }
    let renamed = expand(&format!("crate = ::renamed; {BLOCK}")).to_string();
    assert!(renamed.contains("renamed") && !renamed.contains("karafka_rt"), "{renamed}");
}

#[test]
fn a_thousand_topics_expand() {
    let topic = |number: u32| format!("topic \"t{number}\" {{ consumer C; max_messages {}; }}", number + 1);
    let topics = (0..1_000).map(topic).collect::<Vec<_>>().join("\n");
    let output = expand(&format!("mod many; {topics}")).to_string();
    assert!(!output.contains("compile_error"));
    assert_eq!(output.matches("pub struct T").count(), 1_000);
}
