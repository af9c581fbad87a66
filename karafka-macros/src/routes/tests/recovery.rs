//! What is read after an error, and habits of other languages.

use super::check;

#[test]
fn a_missing_semicolon_hides_nothing() {
    check(
        "mod m;\ntopic \"t\" {\n consumer C\n max_messages 0;\n manual_offsets\n periodic\n}",
        &[
            (3, "C", "expected `;` after `consumer`"),
            (4, "0", "`max_messages` is at least 1, found 0"),
            (5, "manual_offsets", "expected `;` after `manual_offsets`"),
            (6, "periodic", "expected `;` after `periodic`"),
        ],
    );
    check(
        "mod m\ntopic \"t\" { consumer C; }\ntopic \"u\"\ntopic \"v\" { max_messages 1; }",
        &[
            (1, "m", "expected `;` after the module"),
            (3, "\"u\"", "expected `;` after `topic`"),
            (4, "max_messages", "`max_messages` is about consuming, and topic `v` has no `consumer` here"),
        ],
    );
}

#[test]
fn stray_tokens_are_skipped_with_their_item() {
    check(
        "mod m;\n\"orders\" { consumer C; }\ntopic \"t\" { consumer C; 5; max_messages 0; }",
        &[
            (2, "\"orders\"", "expected a setting, a group or a topic, found `\"orders\"`"),
            (3, "5", "expected a setting, a group or a topic, found `5`"),
            (3, "0", "`max_messages` is at least 1, found 0"),
        ],
    );
    check(
        "mod m;\ntopic { consumer C; }\ntopic \"t\" { consumer C; }",
        &[(2, "topic", "`topic` needs a name in quotes, for example `topic \"orders\"`")],
    );
    check(
        "mod m;\nconsumer_group \"g\";\ntopic \"t\" { consumer C; }",
        &[(2, "consumer_group", "`consumer_group` needs a body: `{ .. }`")],
    );
}

#[test]
fn attributes_and_comments() {
    check(
        "mod m;\n#[cfg(test)]\ntopic \"t\" { consumer C; }",
        &[(
            2,
            "#",
            "only doc comments can stand here, an attribute like `#[cfg(..)]` belongs on the whole `routes!` block",
        )],
    );
    check("mod m;\n# all orders\ntopic \"t\" { consumer C; }", &[(2, "#", "comments begin with `//`")]);
    check(
        "mod m;\ntopic \"t\" {\n /// many\n max_messages 1; consumer C; }",
        &[(4, "max_messages", "doc comments describe groups and topics, use `//` to comment on `max_messages`")],
    );
}

#[test]
fn habits_of_other_languages() {
    check(
        "mod m;\nsubscription_group \"s\" do\n topic \"t\" do\n consumer C;\n end\nend\ntopic \"u\";",
        &[(2, "do", "blocks are written with braces: `{ .. }`"), (3, "do", "blocks are written with braces: `{ .. }`")],
    );
    check("mod m;\ntopic :orders { consumer C; }", &[(2, ":", "names are text in quotes: `\"orders\"`")]);
    check(
        "mod m;\ntopic \"t\" => C;\ntopic \"u\" { consumer C; }",
        &[(2, "=", "settings of a `topic` stand in braces, for example `{ consumer Charge; }`")],
    );
    check(
        "mod m;\ntopic \"t\" { consumer = C; max_messages: 5; manual_offsets => true; }",
        &[
            (2, "=", "a value follows its setting without `=` or `:`, for example `consumer ..;`"),
            (2, ":", "a value follows its setting without `=` or `:`, for example `max_messages ..;`"),
            (2, "=", "a value follows its setting without `=` or `:`, for example `manual_offsets ..;`"),
        ],
    );
}

#[test]
fn commas_and_words_of_the_head() {
    check(
        "mod m;\ntopic \"t\" { consumer C, max_messages 0; }",
        &[(2, ",", "settings end with `;`, not with a comma"), (2, "0", "`max_messages` is at least 1, found 0")],
    );
    check(
        "mod m;\ntopic \"t\" { produce P, codec: Json; }",
        &[(2, ",", "expected `;`, for a codec write `produce(Receipt, codec: Json);`")],
    );
    check(
        "mod m;\npub mod other;\ntopic \"t\" { consumer C; }",
        &[(2, "pub", "a block generates one module: begin another `routes!` for a second one")],
    );
    check(
        "mod m;\ncrate = ::k;\ntopic \"t\" { consumer C; }",
        &[(2, "crate", "`crate = path;` is the first item of a block")],
    );
}

#[test]
fn the_runtime_is_named_from_a_crate() {
    let text = "expected `crate = path;` with a path from a crate to the runtime, for example `crate = ::karafka_rt;`";
    for path in ["Self::k", "::Self", "self::k", "super::k", "k<T>", "5", ""] {
        check(&format!("crate = {path};\nmod m;\ntopic \"t\" {{ consumer C; }}"), &[(1, "crate", text)]);
    }
    for path in ["::k", "k", "k::l", "crate::k"] {
        super::accept(&format!("crate = {path};\nmod m;\ntopic \"t\" {{ consumer C; }}"));
    }
}
