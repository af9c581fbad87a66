//! Sentences about `derive(Consumer)`.

use super::one_of;

pub(crate) fn no_struct(keyword: &str) -> String {
    let article = if keyword == "enum" { "an" } else { "a" };
    format!("a consumer is a `struct`, not {article} `{keyword}`: one instance of it lives for each assigned partition")
}

pub(crate) fn generics() -> String {
    "a consumer has no generics: its handlers are found at the derive, where the type has to be concrete; derive it for a struct of its own and share code in functions".to_owned()
}

pub(crate) fn payload_missing() -> String {
    "say what the consumer reads: `#[consumer(payload = Order)]`, or `payload = Raw` for bytes".to_owned()
}

pub(crate) fn attribute_arguments() -> String {
    "expected arguments, for example `#[consumer(payload = Order)]`".to_owned()
}

pub(crate) fn consumer_key(legal: &[&str]) -> String {
    format!("expected `key = value` with the key {}", one_of(legal))
}

pub(crate) fn unknown_consumer_key(key: &str, near: Option<&str>, legal: &[&str]) -> String {
    match near {
        Some(near) => format!("unknown key `{key}`, did you mean `{near}`?"),
        None => format!("unknown key `{key}`, expected {}", one_of(legal)),
    }
}

pub(crate) fn consumer_value(key: &str, example: &str) -> String {
    let expected = match key {
        "payload" | "codec" => "a type",
        "default" => "an expression",
        _ => "a path",
    };
    format!("`{key}` needs {expected}, for example `{key} = {example}`")
}

pub(crate) fn state_on_struct() -> String {
    "`#[state]` belongs on a field of type `State<T>`".to_owned()
}

pub(crate) fn state_arguments() -> String {
    "`#[state]` takes no arguments: the field's type says which state".to_owned()
}

pub(crate) fn default_of_state() -> String {
    "a `#[state]` field is loaded by `App::state` and has no default".to_owned()
}

pub(crate) fn default_beside_new() -> String {
    "`new` makes the whole consumer, so fields have no defaults".to_owned()
}

pub(crate) fn no_handler(name: &str) -> String {
    format!("`{name}` handles nothing: implement one of `Consume` and `ConsumeEach`")
}

pub(crate) fn several_handlers(name: &str) -> String {
    format!("`{name}` implements both `Consume` and `ConsumeEach`: a consumer has exactly one of them")
}
