//! Rules 1, 2, 3 and 21: words, where they stand, and that there is something to do.

use super::{accept, check, setting};

#[test]
fn unknown_words() {
    setting("max_mesages 5;", "max_mesages", "unknown word `max_mesages`, did you mean `max_messages`?");
    setting(
        "banana;",
        "banana",
        "unknown word `banana`: no setting and no block has that name; the documentation of `routes!` lists them",
    );
    check(
        "mod m;\nconsumer_gruop \"g\" { topic \"t\" { consumer C; max_mesages 5; } }",
        &[
            (2, "consumer_gruop", "unknown block `consumer_gruop`, did you mean `consumer_group`?"),
            (2, "max_mesages", "unknown word `max_mesages`, did you mean `max_messages`?"),
        ],
    );
    check(
        "mod m;\nbanana \"g\" { topic \"x\"; }\ntopic \"t\" { consumer C; }",
        &[(
            2,
            "banana",
            "unknown block `banana`, there are `defaults`, `consumer_group`, `subscription_group`, `topic` and `pattern`",
        )],
    );
}

#[test]
fn misplaced_words() {
    setting("protocol classic;", "protocol", "`protocol` is a setting of a consumer group, not of a topic");
    setting("topic \"x\";", "topic", "a topic holds settings, not a `topic`: close the topic before it");
    check(
        "mod m;\nconsumer C;\ntopic \"t\" { consumer C; }",
        &[(2, "consumer", "`consumer` is a setting of a topic, not of the whole block")],
    );
    check(
        "mod m;\ndefaults { consumer C; kafka(\"a\": 1); topic \"x\"; }\ntopic \"t\" { consumer C; }",
        &[
            (2, "consumer", "`consumer` cannot be a default, each topic has its own"),
            (
                2,
                "kafka",
                "`kafka` cannot be a default: it is a setting of a consumer group or a subscription group, not of topics",
            ),
            (2, "topic", "`defaults` holds settings of topics, not a `topic`"),
        ],
    );
    check(
        "mod m;\nconsumer_group \"a\" { topic \"t\" { consumer C; }\n consumer_group \"b\" { topic \"t\" { consumer C; } } }",
        &[(3, "consumer_group", "consumer groups stand side by side: close the outer one before this")],
    );
    check(
        "mod m;\nsubscription_group \"a\" { topic \"t\" { consumer C; }\n subscription_group \"b\" { } }",
        &[(
            3,
            "subscription_group",
            "a subscription group holds topics, not a `subscription_group`: close it before this",
        )],
    );
}

#[test]
fn repeated_settings_show_both_ends() {
    check(
        "mod m;\ntopic \"t\" { consumer C;\n max_messages 1;\n max_messages 2; }",
        &[
            (3, "max_messages", "`max_messages` is set here first"),
            (4, "max_messages", "`max_messages` is set a second time, remove one of them"),
        ],
    );
    check(
        "mod m;\nconsumer_group \"g\" { max_messages 1; defaults {\n max_messages 2; } topic \"t\" { consumer C; } }",
        &[
            (2, "max_messages", "`max_messages` is set here first"),
            (3, "max_messages", "`max_messages` is set a second time, remove one of them"),
        ],
    );
}

#[test]
fn settings_about_consuming_need_a_consumer() {
    check(
        "mod m;\ntopic \"t\" { produce P; max_messages 1; config(partitions: 1); }",
        &[(2, "max_messages", "`max_messages` is about consuming, and topic `t` has no `consumer` here")],
    );
}

#[test]
fn there_is_something_to_do() {
    check(
        "mod m;\ntopic \"t\";",
        &[(1, "m", "nothing is consumed and nothing is produced: give a topic a `consumer` or a `produce`")],
    );
    check(
        "mod m;\nconsumer_group \"g\" { }\ntopic \"t\" { consumer C; }",
        &[(2, "\"g\"", "this consumer group has no topic: add one, or remove the group")],
    );
    check(
        "mod m;\nsubscription_group { }\ntopic \"t\" { consumer C; }",
        &[(2, "subscription_group", "this subscription group has no topic: add one, or remove the group")],
    );
    check(
        "topic \"t\" { consumer C; }",
        &[(1, "topic", "a block begins with the module that it generates, for example `pub mod shop as \"shop\";`")],
    );
    check(
        "mod;\ntopic \"t\" { consumer C; }",
        &[(1, "mod", "`mod` needs the name of the module, for example `pub mod shop as \"shop\";`")],
    );
    check(
        "mod m as shop;\ntopic \"t\" { consumer C; }",
        &[(1, "as", "`as` needs the application's name in quotes, for example `as \"shop\"`")],
    );
}

#[test]
fn transactions_exclude_some_settings() {
    check(
        "mod m;\ntopic \"t\" { consumer C;\n exactly_once;\n manual_offsets; }",
        &[
            (3, "exactly_once", "`exactly_once` does not go together with `manual_offsets`, remove one of them"),
            (4, "manual_offsets", "`manual_offsets` does not go together with `exactly_once`, remove one of them"),
        ],
    );
}

#[test]
fn legal_blocks() {
    for block in [
        "mod m; topic \"t\" { consumer C; };",
        "crate = ::other; pub(crate) mod m as \"m\"; topic NAME as T { consumer super::C; }",
        "mod m; consumer_group \"g\" { protocol consumer; topic \"t\" { consumer C; } }",
        "mod m; defaults { dead_letter_queue(topic: \"dead\"); } topic \"t\" { consumer C; } topic \"dead\" { consumer C; }",
        "mod m; topic \"t\" { consumer C; dead_letter_queue(topic: shop::Dead, policy: self::decide); }",
        "mod m; consumer_group \"a\" { topic \"t\" { consumer C; } } consumer_group \"b\" { topic \"t\" { consumer D; } }",
        "mod m; pattern \"logs.*\" as Logs { consumer C; }",
        "mod m; subscription_group { assign(0..4); nodes(2); topic \"t\" { consumer C; } }",
        "mod m; topic \"t\" { consumer C; max_messages 1_000; }",
    ] {
        accept(block);
    }
}
