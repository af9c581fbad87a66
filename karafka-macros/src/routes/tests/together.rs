//! Many mistakes in one block: one error each, and no more.

use super::check;

#[test]
fn one_build_shows_all_errors() {
    check(
        "mod shop as \"shop\";\n\
         defaults { max_mesages 5; }\n\
         topic \"a\" { consumer A; max_wait_time 5; dead_letter_queue(topic: \"dead\", max_retires: 3); }\n\
         topic \"b\" { consumer B; periodic(interval: 1ms) }\n\
         topic \"dead\";\n\
         consumer_group \"g\" { topic \"b b\" { consumer B; } }",
        &[
            (2, "max_mesages", "unknown word `max_mesages`, did you mean `max_messages`?"),
            (3, "5", "`max_wait_time` needs a unit: `5ms`, `5s` or `5min`"),
            (3, "max_retires", "unknown argument `max_retires` of `dead_letter_queue`, did you mean `max_retries`?"),
            (4, ")", "expected `;` after `periodic`"),
            (4, "1ms", "`interval` is at least 10ms, found 1ms"),
            (6, "\"b b\"", "a name cannot contain spaces, only letters, digits, `.`, `_` and `-`"),
        ],
    );
}

/// More than thirty mistakes in a block of twenty topics: one error each, under its token, and no other.
#[test]
fn many_mistakes_are_as_many_errors() {
    let block = "\
pub mod shop as \"my shop\";
defaults { max_mesages 5; consumer A; }
multiplexing(max: 4);
max_wait_time 5;
topic \"t01\" { consumer A; max_messages 0; }
topic \"t02\" { consumer A; periodic(interval: 1ms); }
topic \"t03\" { consumer A; dead_letter_queue(topic: \"daed\", max_retries: 2); }
topic \"t04\" { consumer A; dead_letter_queue(max_retries: 2); }
topic \"t05\" { consumer A; dead_letter_queue(topic: dead); }
topic \"t06\" { consumer A; initial_offset latset; }
topic \"t07\" { consumer A; handler_timeout 5m; }
topic \"t08\" { consumer A manual_offsets; }
topic \"t 09\" as T09 { consumer A; }
topic \"7\" { consumer A; }
consumer_gruop \"g\" {
    protocol clasic;
    topic \"t11\" { consumer A; kafka(\"fetch.min.bytes\": 1); }
    topic \"t12\" { consumer A; pause(timeout: 1s, timeot: 2s); }
    topic \"t13\" { consumer A; periodic yes; }
}
subscription_group \"s\" {
    kafka(\"group.id\": \"x\", \"fetch.min.byte\": 1, \"linger.ms\": 5);
    topic \"t14\" { consumer 5; }
    topic \"t15\" { consumer A; config(partitions: 0); }
    topic \"t16\" { consumer A; config(\"retention.msec\": 7d); }
    topic \"t17\" { produce P; max_messages 1; }
    # a comment
    topic \"t18\" { consumer A; parallel(lanes: 1); }
    topic \"t19\" => A;
}
topic \"t20\" as ROUTES { consumer A; banana; }
topic \"dead\";
";
    let expected = [
        (1, "\"my shop\""),
        (2, "max_mesages"),
        (2, "consumer"),
        (3, "multiplexing"),
        (4, "5"),
        (5, "0"),
        (6, "1ms"),
        (7, "\"daed\""),
        (8, "dead_letter_queue"),
        (9, "dead"),
        (10, "latset"),
        (11, "5m"),
        (12, "A"),
        (13, "\"t 09\""),
        (14, "\"7\""),
        (15, "consumer_gruop"),
        (16, "clasic"),
        (17, "kafka"),
        (18, "timeot"),
        (19, "yes"),
        (22, "\"group.id\""),
        (22, "\"fetch.min.byte\""),
        (22, "\"linger.ms\""),
        (23, "5"),
        (24, "0"),
        (25, "\"retention.msec\""),
        (26, "max_messages"),
        (27, "#"),
        (28, "1"),
        (29, "="),
        (31, "ROUTES"),
        (31, "banana"),
    ];
    let (model, found) = super::run(block);
    let mut found: Vec<(usize, &str)> = found.iter().map(|(line, token, _)| (*line, token.as_str())).collect();
    let mut expected = expected.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let names: Vec<String> =
        model.expect("the module").topics.iter().map(|topic| topic.type_name.to_string()).collect();
    assert!(names.len() >= 18 && names.contains(&"T01".to_owned()) && names.contains(&"T19".to_owned()), "{names:?}");
}
