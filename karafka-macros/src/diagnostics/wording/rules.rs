//! Sentences about names, and about how settings go together.

use crate::routes::NameFault;

pub(crate) fn illegal_name(name: &str, fault: NameFault) -> String {
    let legal = "letters, digits, `.`, `_` and `-`";
    match fault {
        NameFault::Empty => "a name cannot be empty".to_owned(),
        NameFault::TooLong => format!("a name has at most 249 characters, this one has {}", name.len()),
        NameFault::Dots => format!("`{name}` cannot be a name in Kafka: choose another one"),
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

pub(crate) fn implicit_group(name: &str) -> String {
    format!(
        "topics outside of groups are consumed by the group `{name}`, which has the application's name: give this group another one"
    )
}

pub(crate) fn name_twice_again(noun: &str, name: &str) -> String {
    if noun.ends_with("group") {
        format!("{noun} `{name}` is named a second time: put what both hold into one")
    } else {
        format!("{noun} `{name}` is named a second time in one consumer group, remove one of them")
    }
}

pub(crate) fn type_name_twice(ident: &str, name: &str, other: &str) -> String {
    format!("`{name}` and `{other}` both give the type `{ident}`: add `as Name` to one of them")
}

pub(crate) fn two_type_names(topic: &str, this: &str, other: &str) -> String {
    format!("topic `{topic}` is one type, called `{this}` here and `{other}` elsewhere: choose one name")
}

pub(crate) fn similar_names(name: &str, other: &str) -> String {
    format!(
        "`{name}` and `{other}` are one name in Kafka's metrics, which know no difference between `.` and `_`: rename one of them"
    )
}

pub(crate) fn two_configs(topic: &str, key: &str) -> String {
    format!("topic `{topic}` is declared with two values of `{key}`, keep one of them")
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
    format!("dead letters of `{name}` cannot go to `{name}` itself, name another topic")
}

pub(crate) fn target_circle(source: &str, target: &str) -> String {
    format!(
        "dead letters go in a circle, from `{source}` to `{target}` and back: end it with a topic that has no `dead_letter_queue`"
    )
}

pub(crate) fn more_connections_than_partitions(max: u64, partitions: u64) -> String {
    format!("`max` is {max}, but the topics have at most {partitions} partitions: the other connections would get none")
}

pub(crate) fn exactly_once_with(other: &str) -> String {
    format!("`exactly_once` does not go together with `{other}`, remove one of them")
}

pub(crate) fn not_with_exactly_once(other: &str) -> String {
    format!("`{other}` does not go together with `exactly_once`, remove one of them")
}

pub(crate) fn illegal_constant(path: &str) -> String {
    format!(
        "the value of `{path}` is no legal topic name: 1 to 249 letters, digits, `.`, `_` and `-`, and neither `.` nor `..`"
    )
}

pub(crate) fn constant_twice(path: &str, other: &str) -> String {
    format!("topic `{path}` is named a second time: its value is the name of `{other}`")
}

pub(crate) fn never_periodic(consumer: &str) -> String {
    format!(
        "`{consumer}` implements `Tick`, but nothing calls it: make a topic `periodic`, or say `periodic false;` for one"
    )
}

pub(crate) fn target_reads_otherwise(target: &str, source: &str) -> String {
    format!(
        "the consumer of `{target}` does not read what `{source}` reads: a consumer of dead letters has the payload and codec of their source, or `Raw`"
    )
}

pub(crate) fn assign_without_slot() -> String {
    "`assign` gives its partitions to one node: say which slot, for example `nodes(0);`".to_owned()
}

pub(crate) fn slots_of_assign() -> String {
    "with `assign` there is exactly one slot, for example `nodes(0);`".to_owned()
}

pub(crate) fn assign_beyond(partition: u64, topic: &str, partitions: u64) -> String {
    format!("there is no partition {partition}: `{topic}` is declared with {partitions}, counted from 0")
}

pub(crate) fn broadcast_with(word: &str) -> String {
    format!("`assign(all)` does not go together with `{word}`: every node reads everything and commits nothing")
}

pub(crate) fn not_with_broadcast(word: &str) -> String {
    format!("`{word}` does not go together with `assign(all)`")
}

pub(crate) fn pattern_sign(sign: char) -> String {
    format!("a pattern is a name with `*` for any characters, `{sign}` cannot stand in it")
}

pub(crate) fn pattern_without_star(glob: &str) -> String {
    format!("a pattern needs a `*`: `{glob}*`; for one topic write `topic \"{glob}\"`")
}

pub(crate) fn pattern_setting(word: &str) -> String {
    format!("`{word}` belongs to one topic, a pattern stands for many")
}

pub(crate) fn pattern_overlap(name: &str, other: &str) -> String {
    format!("`{name}` and `{other}` can mean the same topic, and a group consumes each topic once")
}

pub(crate) fn lanes_missing(consumer: &str) -> String {
    format!(
        "`parallel` needs a number here, for example `parallel(lanes: 16);`: only async handlers have one of their own, and `{consumer}` has none"
    )
}

pub(crate) fn pattern_own_target(target: &str, glob: &str) -> String {
    format!("dead letters cannot go to `{target}`, which `{glob}` would consume again: choose another name")
}

pub(crate) fn property_refused(key: &str, reason: &str) -> String {
    format!("`{key}` cannot be set here: {reason}")
}

pub(crate) fn property_unknown(key: &str, near: Option<&str>) -> String {
    match near {
        Some(near) => format!("unknown key `{key}`, did you mean `{near}`?"),
        None => format!("unknown key `{key}`: librdkafka has no such property"),
    }
}

pub(crate) fn property_of_producers(key: &str) -> String {
    format!("`{key}` is a property of producers: write it in the configuration, section `kafka.producer`")
}

pub(crate) fn property_value_wrong(key: &str, expected: &str) -> String {
    format!("`{key}` needs {expected}")
}

/// `"a"`, `"b"` or `"c"`.
pub(crate) fn one_quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    super::one_of(&words)
}
