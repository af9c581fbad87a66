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
