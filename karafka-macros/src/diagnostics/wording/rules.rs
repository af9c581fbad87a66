//! Sentences about names, and about how settings go together.

use crate::routes::NameFault;

pub(crate) fn illegal_name(name: &str, fault: NameFault) -> String {
    let legal = "letters, digits, `.`, `_` and `-`";
    match fault {
        NameFault::Empty => "a name cannot be empty".to_owned(),
        NameFault::TooLong => format!("a name has at most 249 characters, this one has {}", name.len()),
        NameFault::Dots => format!("`{name}` is no name in Kafka"),
        NameFault::Character(' ') => format!("a name cannot contain spaces, only {legal}"),
        NameFault::Character(character) => format!("a name cannot contain `{character}`, only {legal}"),
    }
}

pub(crate) fn no_identifier(name: &str) -> String {
    format!("`{name}` gives no name for a type: add `as Name`")
}

pub(crate) fn reserved(name: &str) -> String {
    format!("`{name}` is a name of the generated module: add `as` with another one")
}

pub(crate) fn name_twice_first(noun: &str, name: &str) -> String {
    format!("{noun} `{name}` is named here first")
}

pub(crate) fn name_twice_again(noun: &str, name: &str) -> String {
    format!("{noun} `{name}` is named a second time")
}

pub(crate) fn type_name_twice(ident: &str, name: &str, other: &str) -> String {
    format!("`{name}` and `{other}` both give the type `{ident}`: add `as Name` to one of them")
}

pub(crate) fn two_type_names(topic: &str, this: &str, other: &str) -> String {
    format!("topic `{topic}` is one type, called `{this}` here and `{other}` elsewhere")
}

pub(crate) fn similar_names(name: &str, other: &str) -> String {
    format!("`{name}` and `{other}` are one name in Kafka's metrics, which know no difference between `.` and `_`")
}

pub(crate) fn two_configs(topic: &str, key: &str) -> String {
    format!("topic `{topic}` is declared with two values of `{key}`")
}

pub(crate) fn no_consumer(word: &str, noun: &str, name: &str) -> String {
    format!("`{word}` is about consuming, and {noun} `{name}` has no `consumer` here")
}

pub(crate) fn pattern_without_consumer() -> String {
    "a pattern needs a `consumer`".to_owned()
}

pub(crate) fn target_unknown(name: &str, near: Option<&str>) -> String {
    match near {
        Some(near) => format!("no topic `{name}` in this block, did you mean `{near}`?"),
        None => format!(
            "no topic `{name}` in this block: declare it (`topic \"{name}\";`), or say `external(\"{name}\")` when somebody else owns it"
        ),
    }
}

pub(crate) fn target_is_source(name: &str) -> String {
    format!("dead letters of `{name}` cannot go to `{name}` itself")
}

pub(crate) fn target_circle(source: &str, target: &str) -> String {
    format!("dead letters go in a circle: from `{source}` to `{target}`, and from there back to `{source}`")
}

pub(crate) fn more_connections_than_partitions(max: u64, partitions: u64) -> String {
    format!("`max` is {max}, but the topics have at most {partitions} partitions: the other connections would get none")
}

pub(crate) fn exactly_once_with(other: &str) -> String {
    format!("`exactly_once` does not go together with `{other}`")
}

pub(crate) fn not_with_exactly_once(other: &str) -> String {
    format!("`{other}` does not go together with `exactly_once`")
}

pub(crate) fn illegal_constant(path: &str) -> String {
    format!(
        "the value of `{path}` is no legal topic name: 1 to 249 letters, digits, `.`, `_` and `-`, and neither `.` nor `..`"
    )
}

pub(crate) fn constant_twice(path: &str, other: &str) -> String {
    format!("topic `{path}` is named a second time: its value is the name of `{other}`")
}
