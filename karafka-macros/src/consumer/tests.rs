//! Structs and what is said about them, and what a derive generates.

use proc_macro2::TokenStream;

use crate::diagnostics::Errors;

fn stream(input: &str) -> TokenStream {
    input.parse().expect("the test's input has balanced brackets")
}

/// Expects exactly these errors: the underlined tokens, and the sentence.
#[track_caller]
fn check(input: &str, expected: &[(&str, &str)]) {
    let mut errors = Errors::default();
    if let Some(structure) = super::parse::parse(stream(input), &mut errors) {
        super::check::check(&structure, &mut errors);
    }
    let found: Vec<_> = errors.list().iter().map(|(place, text)| (place.text(), text.clone())).collect();
    let found: Vec<_> = found.iter().map(|(token, text)| (token.as_str(), text.as_str())).collect();
    assert_eq!(found, expected, "in\n{input}");
}

/// The expansion without spaces.
fn expanded(input: &str) -> String {
    super::expand(stream(input)).to_string().replace(' ', "")
}

#[test]
fn keys_of_the_attribute() {
    check(
        "struct C;",
        &[("C", "say what the consumer reads: `#[consumer(payload = Order)]`, or `payload = Raw` for bytes")],
    );
    check("#[consumer(payload = 5)] struct C;", &[("5", "`payload` needs a type, for example `payload = Order`")]);
    check(
        "#[consumer(payload = O, codec = 5)] struct C;",
        &[("5", "`codec` needs a type, for example `codec = Json`")],
    );
    check("#[consumer(payload = O, new = 5)] struct C;", &[("5", "`new` needs a path, for example `new = Self::new`")]);
    check("#[consumer(payload = O, kodec = J)] struct C;", &[("kodec", "unknown key `kodec`, did you mean `codec`?")]);
    check(
        "#[consumer(payload = O, J)] struct C;",
        &[("J", "expected `key = value` with the key `payload`, `codec`, `new` or `crate`")],
    );
    check("#[consumer(payload: O)] struct C;", &[(":", "keys of an attribute are written with `=`: `name = value`")]);
    check(
        "#[consumer(payload = )] struct C;",
        &[
            ("payload", "expected a value after `payload`"),
            ("C", "say what the consumer reads: `#[consumer(payload = Order)]`, or `payload = Raw` for bytes"),
        ],
    );
}

#[test]
fn fields() {
    check(
        "#[consumer(payload = O)] struct C { #[consumer(defualt = 5)] a: u8 }",
        &[("defualt", "unknown key `defualt`, did you mean `default`?")],
    );
    check(
        "#[consumer(payload = O)] struct C(#[state] #[consumer(default = 5)] State<u8>);",
        &[("5", "a `#[state]` field is loaded by `App::state` and has no default")],
    );
    check(
        "#[consumer(payload = O, new = f)] struct C(#[consumer(default = 5)] u8);",
        &[("default", "`new` makes the whole consumer, so fields have no defaults")],
    );
}

#[test]
fn only_concrete_structs() {
    let generics = "a consumer has no generics: its handlers are found at the derive, where the type has to be concrete; derive it for a struct of its own and share code in functions";
    check("#[consumer(payload = O)] pub struct C<T: Fn() -> u8>(T);", &[("<", generics)]);
    check("#[consumer(payload = O)] struct C<'a> where 'a: 'static { a: &'a str }", &[("<", generics)]);
    check(
        "#[consumer(payload = O)] union C { a: u8 }",
        &[("union", "a consumer is a `struct`, not a `union`: one instance of it lives for each assigned partition")],
    );
}

#[test]
fn after_an_error_there_is_a_consumer_nevertheless() {
    for (input, consumer) in [
        ("enum C { A, B }", "implConsumerforC{"),
        (
            "struct C<T: Clone>(T) where T: Copy;",
            "impl<T:Clone>ConsumerforC<T>whereT:Copy,Self:::core::marker::Send+'static{",
        ),
        ("struct C<'a, const N: usize> { a: &'a [u8; N] }", "impl<'a,constN:usize>ConsumerforC<'a,N>whereSelf:"),
    ] {
        let output =
            expanded(&format!("#[consumer(payload = O)] {input}")).replace("__karafka_private::Consumer", "Consumer");
        assert!(output.contains(consumer) && output.contains("compile_error"), "{input}: {output}");
    }
}

#[test]
fn what_ends_too_early_is_underlined_where_it_ends() {
    check("#[consumer(payload = Vec<)] struct C;", &[("<", "`payload` needs a type, for example `payload = Order`")]);
    check(
        "#[consumer(payload = O, new = Vec<u8>::new)] struct C;",
        &[("<", "`new` needs a path, for example `new = Self::new`")],
    );
}

#[test]
fn legal_structs() {
    for input in [
        "#[consumer(payload = O)] struct C;",
        "#[consumer(payload = Raw)] pub(crate) struct C {}",
        "/// docs\n#[derive(Debug)] #[consumer(payload = a::B<C, D>)] #[consumer(codec = E)] struct C(pub u8, (A, B), [u8; 4]);",
        "#[consumer(payload = O)] struct C(pub (A, B), pub(in a::b) u8);",
        "#[consumer(payload = O)] struct C { pub a: HashMap<String, Vec<u8>>, #[cfg(x)] b: fn(u8) -> u8, c: u8 }",
    ] {
        check(input, &[]);
    }
}

#[test]
fn a_codec_follows_its_payload() {
    for (keys, codec) in [
        ("payload = O", "typeCodec=__karafka_private::Json;"),
        ("payload = Raw", "typeCodec=Raw;"),
        ("payload = karafka_rt::prelude::Raw", "typeCodec=karafka_rt::prelude::Raw;"),
        ("payload = O, codec = mine::Avro", "typeCodec=mine::Avro;"),
    ] {
        let output = expanded(&format!("#[consumer({keys})] struct C;"));
        assert!(output.contains(codec), "{keys}: {output}");
    }
}

#[test]
fn instances_are_made_from_states_and_defaults() {
    for (input, creation) in [
        ("struct C;", "Self}"),
        ("struct C { a: u8 }", "Self{a:<u8as::core::default::Default>::default()}"),
        ("struct C(#[consumer(default = x(1, 2))] u8);", "Self{0:x(1,2)}"),
        (
            "struct C { #[state] s: State<S> }",
            "Self{s:<State<S>as__karafka_private::StateField>::load(__karafka_states)}",
        ),
    ] {
        let output = expanded(&format!("#[consumer(payload = O)] {input}"));
        assert!(output.contains(creation), "{input}: {output}");
    }
    let output = expanded("#[consumer(payload = O, new = Self::begin)] struct C(u8, #[state] State<S>);");
    assert!(
        output.contains("Self::begin(<State<S>as__karafka_private::StateField>::load(__karafka_states))"),
        "{output}"
    );
}

#[test]
fn another_runtime_is_the_only_one_named() {
    let output = expanded("#[consumer(payload = O, crate = my::renamed)] struct C;");
    assert!(output.contains("usemy::renamed::__private") && !output.contains("karafka_rt"), "{output}");
}
