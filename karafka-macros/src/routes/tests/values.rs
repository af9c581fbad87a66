//! Rules 3, 4, 7, 10 and 14: one setting and its values.

use super::{check, setting};

#[test]
fn numbers() {
    let example = "for example `max_messages 100;`";
    setting("max_messages;", "max_messages", "`max_messages` needs a value, for example `max_messages 100;`");
    setting("max_messages \"3\";", "\"3\"", "`max_messages` needs a number without quotes: `3`");
    setting("max_messages many;", "many", &format!("`max_messages` needs a number, found `many`, {example}"));
    setting("max_messages 5s;", "5s", &format!("`max_messages` needs a number, found `5s`, {example}"));
    setting("max_messages 0;", "0", "`max_messages` is at least 1, found 0");
    setting("max_messages -1;", "-1", "`max_messages` cannot be negative");
    setting("max_messages 0x10;", "0x10", "`max_messages` needs a decimal number, for example `max_messages 100;`");
    setting("max_messages 1.5;", "1.5", "`max_messages` needs a whole number, for example `max_messages 100;`");
    setting("max_messages 5000000000;", "5000000000", "`max_messages` is at most 4294967295, found 5000000000");
    setting("max_messages 1 2;", "2", "expected `;`, found `2`");
    setting("max_messages(5);", "(", "`max_messages` takes no parentheses, for example `max_messages 100;`");
}

#[test]
fn durations() {
    setting("handler_timeout 5m;", "5m", "`5m` is not clear, `5min` or `5ms`?");
    setting(
        "handler_timeout 1.5s;",
        "1.5s",
        "`handler_timeout` needs a whole number: for a part of a unit take the smaller one, like `1500ms`",
    );
    setting("max_wait_time 0;", "0", "`max_wait_time` needs a unit: `0ms`, `0s` or `0min`");
    setting(
        "max_wait_time 5sec;",
        "5sec",
        "unknown unit `sec` of `max_wait_time`, expected `ms`, `s`, `min`, `h` or `d`",
    );
    setting(
        "max_wait_time 1KiB;",
        "1KiB",
        "`max_wait_time` needs a duration, found the size `1KiB`, for example `max_wait_time 250ms;`",
    );
    setting("handler_timeout 0s;", "0s", "`handler_timeout` is at least 1ms, found 0s");
    setting("handler_timeout 99999d;", "99999d", "`99999d` is too long: the longest duration is 3650d");
    setting("periodic(interval: 5ms);", "5ms", "`interval` is at least 10ms, found 5ms");
    setting("periodic(interval: 5);", "5", "`interval` needs a unit: `5ms`, `5s` or `5min`");
    setting("initial_offset ago;", "ago", "`ago` needs a duration: `ago(1h)`");
    setting("initial_offset ago(1);", "1", "`ago` needs a unit: `1ms`, `1s` or `1min`");
}

#[test]
fn words_and_switches() {
    setting("initial_offset latset;", "latset", "unknown value `latset` of `initial_offset`, did you mean `latest`?");
    setting(
        "initial_offset \"latest\";",
        "\"latest\"",
        "`initial_offset` needs `earliest`, `latest` or `ago`, found `\"latest\"`, for example `initial_offset latest;`",
    );
    setting(
        "manual_offsets on;",
        "on",
        "`manual_offsets` needs `true` or `false`, found `on`, for example `manual_offsets;`",
    );
    setting("manual_offsets(true);", "(", "`manual_offsets` takes no parentheses, for example `manual_offsets;`");
    setting(
        "periodic yes;",
        "yes",
        "`periodic` needs arguments, `true` or `false`, found `yes`, for example `periodic(interval: 5s);`",
    );
}

#[test]
fn arguments() {
    setting(
        "dead_letter_queue(topic: \"u\", max_retires: 3);",
        "max_retires",
        "unknown argument `max_retires` of `dead_letter_queue`, did you mean `max_retries`?",
    );
    setting(
        "dead_letter_queue(max_retries: 3);",
        "dead_letter_queue",
        "`dead_letter_queue` needs the argument `topic`, for example `topic: \"orders.dead\"`",
    );
    setting(
        "periodic(banana: 3);",
        "banana",
        "unknown argument `banana` of `periodic`, expected `interval`, `during_pause` or `during_retry`",
    );
    setting("periodic(interval);", "interval", "`interval` needs a value, for example `interval: 5s`");
    setting("periodic(interval: );", "interval", "expected a value after `interval`");
    setting("periodic(5s);", "5s", "arguments of `periodic` are named, for example `periodic(interval: 5s);`");
    setting("periodic(interval = 5s);", "=", "arguments are written with a colon: `name: value`");
    setting("periodic(, interval: 5s);", ",", "expected an argument of `periodic` before this comma");
    setting("periodic(interval: 5s during_pause);", "during_pause", "expected `,` or `)`, found `during_pause`");
    setting(
        "dead_letter_queue;",
        "dead_letter_queue",
        "`dead_letter_queue` takes arguments, for example `dead_letter_queue(topic: \"orders.dead\", max_retries: 3, independent);`",
    );
    setting(
        "dead_letter_queue true;",
        "true",
        "`dead_letter_queue` takes arguments, for example `dead_letter_queue(topic: \"orders.dead\", max_retries: 3, independent);`",
    );
    setting("dead_letter_queue { topic: \"u\" }", "{", "arguments stand in parentheses: `dead_letter_queue(..);`");
    setting(
        "periodic(during_retry, during_pause: false);",
        "during_retry",
        "`during_retry` needs `during_pause`: a partition that waits for its next attempt is paused",
    );
    check(
        "mod m;\ntopic \"t\" { consumer C;\n periodic(interval: 1s,\n interval: 2s); }",
        &[
            (3, "interval", "`interval` of `periodic` is set here first"),
            (4, "interval", "`interval` of `periodic` is set a second time, remove one of them"),
        ],
    );
    check(
        "mod m;\ntopic \"t\" { consumer C; pause(timeout: 1min, max_timeout: 5s); }",
        &[
            (2, "1min", "`timeout` (60s) is above `max_timeout` (5s)"),
            (2, "5s", "`max_timeout` (5s) is below `timeout` (60s)"),
        ],
    );
}

#[test]
fn dead_letter_targets() {
    let target = |value: &str, token: &str, text: &str| {
        setting(&format!("dead_letter_queue(topic: {value});"), token, text);
    };
    target("dead", "dead", "quote the topic's name: `\"dead\"`");
    target("nil", "nil", "to skip and count records without a dead letter topic write `none`, not `nil`");
    target(
        "5",
        "5",
        "`topic` needs a topic's name in quotes, a topic type, `external(\"x\")` or `none`, found `5`, for example `topic: \"orders.dead\"`",
    );
    target("external(x)", "x", "`external` needs the full name of a topic in quotes: `external(\"orders.dead\")`");
    target(
        "external(\"a b\")",
        "external(\"a b\")",
        "a name cannot contain spaces, only letters, digits, `.`, `_` and `-`",
    );
    target("\"t\"", "\"t\"", "dead letters of `t` cannot go to `t` itself, name another topic");
    target(
        "\"orders\"",
        "\"orders\"",
        "no topic `orders` in this block: declare it (`topic \"orders\";`), or say `external(\"orders\")` when somebody else owns it",
    );
    check(
        "mod m;\ntopic \"orders\" { consumer C; dead_letter_queue(topic: \"orders.daed\"); }\ntopic \"orders.dead\";",
        &[(2, "\"orders.daed\"", "no topic `orders.daed` in this block, did you mean `orders.dead`?")],
    );
    check(
        "mod m;\ntopic \"a\" { consumer C; dead_letter_queue(topic: \"b\"); }\ntopic \"b\" { consumer C; dead_letter_queue(topic: \"a\"); }",
        &[
            (
                2,
                "\"b\"",
                "dead letters go in a circle, from `a` to `b` and back: end it with a topic that has no `dead_letter_queue`",
            ),
            (
                3,
                "\"a\"",
                "dead letters go in a circle, from `b` to `a` and back: end it with a topic that has no `dead_letter_queue`",
            ),
        ],
    );
}

#[test]
fn connections() {
    let block = |arguments: &str| {
        format!(
            "mod m;\nsubscription_group \"s\" {{ multiplexing({arguments}); topic \"t\" {{ consumer C; config(partitions: 4); }} }}"
        )
    };
    check(
        &block("min: 5, max: 4"),
        &[(2, "5", "`min` (5) is above `max` (4)"), (2, "4", "`max` (4) is below `min` (5)")],
    );
    check(&block("min: 0, max: 4"), &[(2, "0", "`min` is at least 1, found 0")]);
    check(&block("min: 2, max: 4, boot: 1"), &[(2, "1", "`boot` (1) is not between `min` (2) and `max` (4)")]);
    check(
        &block("min: 1, max: 8"),
        &[(2, "8", "`max` is 8, but the topics have at most 4 partitions: the other connections would get none")],
    );
    check(
        "mod m;\nmultiplexing(max: 2);\ntopic \"t\" { consumer C; }",
        &[(2, "multiplexing", "`multiplexing` is a setting of a subscription group, not of the whole block")],
    );
}

#[test]
fn types() {
    check(
        "mod m;\ntopic \"t\" { consumer 5; }",
        &[(2, "5", "`consumer` needs a type, for example `consumer Charge;`")],
    );
    check(
        "mod m;\ntopic \"t\" { consumer; }",
        &[(2, "consumer", "`consumer` needs a value, for example `consumer Charge;`")],
    );
    check(
        "mod m;\ntopic \"t\" { consumer C D; }",
        &[(2, "D", "`consumer` needs a type, for example `consumer Charge;`")],
    );
    check(
        "mod m;\ntopic \"t\" { produce(codec: Json); }",
        &[(2, "produce", "`produce` needs the payload's type first, for example `produce(Receipt, codec: Json);`")],
    );
    check(
        "mod m;\ntopic \"t\" { produce(Receipt, kodec: Json); }",
        &[(2, "kodec", "unknown argument `kodec` of `produce`, did you mean `codec`?")],
    );
    super::accept("mod m; topic \"t\" { produce(Pair<A, B>, codec: Json); } topic \"u\" { produce((A, B)); }");
}

#[test]
fn properties() {
    setting("config(partitions: 0);", "0", "`partitions` is at least 1, found 0");
    setting(
        "config(\"partitions\": 3);",
        "\"partitions\"",
        "`partitions` is an argument of `config` without quotes: `partitions: ..`",
    );
    setting(
        "config(\"retention.ms\": \"1000\");",
        "\"1000\"",
        "numbers and switches stand without quotes: `\"retention.ms\": 1000`",
    );
    setting("config(\"retention.ms\": 1m);", "1m", "`1m` is not clear, `1min` or `1ms`?");
    setting(
        "config(\"cleanup.policy\": compact);",
        "compact",
        "`cleanup.policy` needs text in quotes, a number, a duration, a size, `true` or `false`, found `compact`",
    );
    setting(
        "kafka(\"fetch.min.bytes\": 1);",
        "kafka",
        "`kafka` is a setting of a consumer group or a subscription group, not of a topic",
    );
    check(
        "mod m;\nkafka(linger: 5);\ntopic \"t\" { consumer C; }",
        &[(2, "linger", "`kafka` takes keys in quotes, for example `kafka(\"fetch.min.bytes\": 64KiB);`")],
    );
    check(
        "mod m;\nkafka(\"fetch.min.bytes\": 1, \"fetch.min.bytes\": 2);\ntopic \"t\" { consumer C; }",
        &[
            (2, "\"fetch.min.bytes\"", "`fetch.min.bytes` of `kafka` is set a second time, remove one of them"),
            (2, "\"fetch.min.bytes\"", "`fetch.min.bytes` of `kafka` is set here first"),
        ],
    );
}

#[test]
fn units_of_properties() {
    setting("config(\"retention.ms\": 1KiB);", "1KiB", "`retention.ms` is a duration in milliseconds, found a size");
    setting("config(\"segment.bytes\": 5s);", "5s", "`segment.bytes` is a size in bytes, found a duration");
    setting("config(\"flush.messages\": 5s);", "5s", "`flush.messages` is a number without a unit, found a duration");
    setting("max_wait_time 5 s;", "s", "a unit stands right behind its number: `5s`");
    super::accept(
        "mod m; kafka(\"fetch.min.bytes\": 64KiB, \"fetch.wait.max.ms\": 5s); topic \"t\" { consumer C; config(\"retention.bytes\": -1); }",
    );
}
