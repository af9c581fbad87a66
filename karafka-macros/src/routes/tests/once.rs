//! One mistake is one error: under the smallest token, never under the whole block, and nothing is said because of it.

use super::{accept, check, run, setting};

#[test]
fn a_value_that_ends_too_early_is_underlined_where_it_ends() {
    let one = |settings: &str, token: &str, text: &str| {
        check(&format!("mod m;\ntopic \"t\" {{ {settings} }}"), &[(2, token, text)]);
    };
    one("consumer a::;", ":", "`consumer` needs a type, for example `consumer Charge;`");
    one("consumer Vec<;", "<", "`consumer` needs a type, for example `consumer Charge;`");
    one("produce(Vec<u8);", "u8", "`produce` needs a type, for example `produce(Receipt, codec: Json);`");
    setting("parallel(by: a::);", ":", "`by` needs `key`, `none` or a path to a function, for example `by: key`");
}

#[test]
fn modules_may_be_called_like_settings() {
    accept("mod m; topic config::ORDERS as Orders { consumer kafka::Charge; produce topic::Order; }");
    accept(
        "mod m; topic \"t\" { consumer pause::Charge<nodes::A, config::B>; dead_letter_queue(topic: topic::Dead); }",
    );
}

#[test]
fn functions_are_paths_of_expressions() {
    let text = "`by` needs `key`, `none` or a path to a function, for example `by: key`";
    setting("parallel(by: f<u8>, lanes: 2);", "<", text);
    setting("parallel(by: \"key\", lanes: 2);", "\"key\"", text);
    accept("mod m; topic \"t\" { consumer C; parallel(by: f::<u8>, lanes: 2); }");
}

#[test]
fn a_head_with_another_word_still_names_the_module() {
    let text = "a block begins with the module that it generates, for example `pub mod shop as \"shop\";`";
    for (head, token) in [
        ("module shop as \"shop\";", "module"),
        ("shop;", "shop"),
        ("pub shop as \"shop\";", "shop"),
        ("pub module shop;", "module"),
    ] {
        check(&format!("{head}\ntopic \"t\" {{ consumer C; }}"), &[(1, token, text)]);
        let (model, _) = run(&format!("{head}\ntopic \"t\" {{ consumer C; }}"));
        assert_eq!(model.expect("the module is known").module.to_string(), "shop");
    }
    check("\"shop\";\ntopic \"t\" { consumer C; }", &[(1, "\"shop\"", text)]);
    check(
        "mod \"shop\";\ntopic \"t\" { consumer C; }",
        &[(1, "mod", "`mod` needs the name of the module, for example `pub mod shop as \"shop\";`")],
    );
    check("crate = ::k\nmod m;\ntopic \"t\" { consumer C; }", &[(1, "k", "expected `;` after `crate = path`")]);
}

#[test]
fn what_stands_between_a_name_and_its_body_is_one_error() {
    check(
        "mod m;\ntopic \"a\" \"b\" { consumer C; }\nconsumer_group \"g\" \"h\" { topic \"t\" { consumer C; } }",
        &[
            (2, "\"b\"", "expected `as Name`, `{` or `;` behind the name, found `\"b\"`"),
            (3, "\"h\"", "expected `{` behind the name, found `\"h\"`"),
        ],
    );
    check(
        "mod m;\ntopic \"a\" as A::B { consumer C; }\ntopic \"b\" (consumer C);",
        &[
            (2, ":", "expected `as Name`, `{` or `;` behind the name, found `:`"),
            (3, "(", "settings of a `topic` stand in braces, for example `{ consumer Charge; }`"),
        ],
    );
}

#[test]
fn a_misspelt_word_means_what_it_resembles() {
    check(
        "mod m;\ntopic \"t\" { consumr C; max_messages 5; dead_leter_queue(topic: \"dead\"); }\ntopic \"dead\";",
        &[
            (2, "consumr", "unknown word `consumr`, did you mean `consumer`?"),
            (2, "dead_leter_queue", "unknown word `dead_leter_queue`, did you mean `dead_letter_queue`?"),
        ],
    );
    check(
        "mod m;\ntopic \"t\" { produce P; max_mesages 5; }",
        &[(2, "max_mesages", "unknown word `max_mesages`, did you mean `max_messages`?")],
    );
    check(
        "mod m;\ntopic \"t\" { max_mesages 5; consumer C; max_messages 6; }",
        &[(2, "max_mesages", "unknown word `max_mesages`, did you mean `max_messages`?")],
    );
    let (model, _) = run("mod m; topic \"t\" { prodce Order; }");
    assert_eq!(model.expect("a model").topics[0].produced.len(), 1, "the program may produce to it");
}

#[test]
fn topics_in_broken_places_keep_their_types() {
    for block in [
        "mod m; topic \"a\" { consumer C; topic \"b\" { consumer C; } }",
        "mod m; topic \"a\" { consumer C; } consumer_group { topic \"b\" { consumer C; } }",
        "mod m; consumer_group \"g\" { topic \"a\" { consumer C; } consumer_group \"h\" { topic \"b\" { consumer C; } } }",
        "mod m; subscription_group { topic \"a\" { consumer C; } subscription_group { topic \"b\" { consumer C; } } }",
        "mod m; topic \"a\" { consumer C; } consumer_group { topic \"b\" { consumer C; } } consumer_group { topic \"c\"; }",
    ] {
        let (model, errors) = run(block);
        let names: Vec<String> =
            model.expect("a model").topics.iter().map(|topic| topic.type_name.to_string()).collect();
        assert!(names.contains(&"A".to_owned()) && names.contains(&"B".to_owned()), "{block}: {names:?}");
        assert!(errors.len() <= 2, "{errors:?}");
    }
}

#[test]
fn doc_comments_describe_something() {
    check(
        "mod m;\ntopic \"t\" { consumer C; /** nothing */ }",
        &[(2, "/** nothing */", "this doc comment describes nothing: it stands before a group or a topic")],
    );
    check(
        "mod m;\n/// many\ndefaults { }\ntopic \"t\" { consumer C; }",
        &[(3, "defaults", "doc comments describe groups and topics, use `//` to comment on `defaults`")],
    );
    check(
        "/// The shop.\ncrate = ::k; mod m;\ntopic \"t\" { consumer C; }",
        &[(2, "crate", "doc comments describe groups and topics, use `//` to comment on `crate`")],
    );
}

#[test]
fn arguments_that_say_nothing() {
    setting("pause();", "pause", "`pause` takes arguments, for example `pause(timeout: 500ms, max_timeout: 10s);`");
    setting(
        "config();",
        "config",
        "`config` takes arguments, for example `config(partitions: 6, \"retention.ms\": 7d);`",
    );
    accept("mod m; topic \"t\" { consumer C; periodic(); }");
    check(
        "mod m;\nsubscription_group { nodes(slot: 0); assign(all: 3); topic \"t\" { consumer C; } }",
        &[
            (2, "slot", "`nodes` takes numbers and ranges, for example `nodes(0, 1);`"),
            (2, "all", "`assign` takes numbers and ranges, for example `assign(0..4);`"),
        ],
    );
    check(
        "mod m;\nsubscription_group { nodes(3..3); assign(0, 70_000); topic \"t\" { consumer C; } }",
        &[
            (2, "3..3", "the range `3..3` is empty: ranges go up, and `0..4` ends before 4"),
            (2, "70_000", "numbers of `assign` are at most 65535"),
        ],
    );
    check(
        "mod m;\ntopic \"t\" { consumer C; dead_letter_queue(max_retries: \"3\"); }",
        &[
            (2, "\"3\"", "`max_retries` needs a number without quotes: `3`"),
            (
                2,
                "dead_letter_queue",
                "`dead_letter_queue` needs the argument `topic`, for example `topic: \"orders.dead\"`",
            ),
        ],
    );
}

#[test]
fn what_stands_behind_a_value() {
    setting("initial_offset ago(1h) 5;", "5", "expected `;`, found `5`");
    setting("dead_letter_queue(topic: \"u\" \"v\");", "\"v\"", "expected `,` or `)`, found `\"v\"`");
    setting("dead_letter_queue(topic: external(\"u\") v);", "v", "expected `,` or `)`, found `v`");
    setting(
        "dead_letter_queue(topic: external);",
        "external",
        "`external` needs the full name of a topic in quotes: `external(\"orders.dead\")`",
    );
    setting(
        "manual_offsets -5;",
        "-5",
        "`manual_offsets` needs `true` or `false`, found `-`, for example `manual_offsets;`",
    );
}
