//! Rules 5, 6 and 19: names.

use super::check;

#[test]
fn names_given_twice_show_both_ends() {
    check(
        "mod m;\ntopic \"t\" { consumer C; }\ntopic \"t\" { consumer C; }",
        &[
            (2, "\"t\"", "topic `t` is named here first"),
            (3, "\"t\"", "topic `t` is named a second time in one consumer group, remove one of them"),
        ],
    );
    check(
        "mod m;\nconsumer_group \"g\" { topic \"t\" { consumer C; } }\nconsumer_group \"g\" { topic \"u\" { consumer C; } }",
        &[
            (2, "\"g\"", "consumer group `g` is named here first"),
            (3, "\"g\"", "consumer group `g` is named a second time: put what both hold into one"),
        ],
    );
    check(
        "mod m;\nsubscription_group \"s\" { topic \"t\" { consumer C; } }\nsubscription_group \"s\" { topic \"u\" { consumer C; } }",
        &[
            (2, "\"s\"", "subscription group `s` is named here first"),
            (3, "\"s\"", "subscription group `s` is named a second time: put what both hold into one"),
        ],
    );
    check(
        "mod m;\ntopic \"a.b\" as X { consumer C; }\ntopic \"a_b\" as Y;",
        &[
            (
                2,
                "\"a.b\"",
                "`a.b` and `a_b` are one name in Kafka's metrics, which know no difference between `.` and `_`: rename one of them",
            ),
            (
                3,
                "\"a_b\"",
                "`a_b` and `a.b` are one name in Kafka's metrics, which know no difference between `.` and `_`: rename one of them",
            ),
        ],
    );
}

#[test]
fn illegal_names() {
    let legal = "letters, digits, `.`, `_` and `-`";
    let name = |name: &str, text: &str| {
        check(&format!("mod m;\ntopic {name} as T {{ consumer C; }}"), &[(2, name, text)]);
    };
    name("\"\"", "a name cannot be empty");
    name("\"a b\"", &format!("a name cannot contain spaces, only {legal}"));
    name("\"a/b\"", &format!("a name cannot contain `/`, only {legal}"));
    name("\"..\"", "`..` cannot be a name in Kafka: choose another one");
    let long = format!("\"{}\"", "x".repeat(250));
    name(&long, "a name has at most 249 characters, this one has 250");
    check(
        "mod m as \"my shop\";\ntopic \"t\" { consumer C; }",
        &[(1, "\"my shop\"", &format!("a name cannot contain spaces, only {legal}"))],
    );
    check(
        "mod m;\nconsumer_group \"a b\" { topic \"t\" { consumer C; } }",
        &[(2, "\"a b\"", &format!("a name cannot contain spaces, only {legal}"))],
    );
}

#[test]
fn names_and_types() {
    check(
        "mod m;\ntopic \"7.orders\" { consumer C; }",
        &[(2, "\"7.orders\"", "`7.orders` gives no name for a type: add `as Name`")],
    );
    check(
        "mod m;\ntopic \"orders\" { consumer C; }\ntopic \"Orders\";",
        &[
            (2, "\"orders\"", "`orders` and `Orders` both give the type `Orders`: add `as Name` to one of them"),
            (3, "\"Orders\"", "`Orders` and `orders` both give the type `Orders`: add `as Name` to one of them"),
        ],
    );
    check(
        "mod m;\ntopic \"t\" as ROUTES { consumer C; }",
        &[(2, "ROUTES", "`ROUTES` is a name of the generated module: add `as` with another one")],
    );
    check(
        "mod m;\nconsumer_group \"a\" { topic \"t\" as A { consumer C; } }\nconsumer_group \"b\" { topic \"t\" as B { consumer C; } }",
        &[
            (2, "A", "topic `t` is one type, called `A` here and `B` elsewhere: choose one name"),
            (3, "B", "topic `t` is one type, called `B` here and `A` elsewhere: choose one name"),
        ],
    );
    check(
        "mod m;\ntopic orders { consumer C; }",
        &[(
            2,
            "orders",
            "quote the name: `\"orders\"`; for a constant say how its type is called: `topic orders as Name`",
        )],
    );
    check(
        "mod m;\ntopic names::ORDERS { consumer C; }",
        &[(2, "names::ORDERS", "a topic named by a constant needs a name for its type: add `as Name`")],
    );
    check(
        "mod m;\npattern \"logs.*\" { consumer C; }",
        &[(2, "\"logs.*\"", "a pattern needs a name for its type: add `as Name`")],
    );
}
