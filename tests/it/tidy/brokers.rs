//! Tests that need Kafka stand in modules that say so. `cargo xtask test --quick` leaves those out by name and counts them: a test
//! elsewhere that looks for brokers and finds none would pass without having tested anything.

use super::sources::{self, Source, made_up};
use super::{Violation, expect_none};

/// How a test finds brokers. In halves: this file looks for none.
const SIGNS: [&str; 2] = [concat!("TEST_BOOTSTRAP", "_SERVERS"), concat!("karafka_tests", "::kafka")];
/// The modules that `--quick` leaves out.
const MODULES: [&str; 2] = ["on_kafka", "live_tests"];
/// What provides the brokers, and programs that tests of those modules run.
const PROVIDERS: [&str; 3] = ["tests/kafka.rs", "tests/bin/", "xtask/"];

fn check(source: &Source) -> Vec<Violation> {
    let in_module = source.path.split('/').any(|part| MODULES.contains(&part.trim_end_matches(".rs")));
    if in_module || PROVIDERS.iter().any(|provider| source.path.starts_with(provider)) {
        return Vec::new();
    }
    let code = source.text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    let finds = code.filter(|(_, line)| SIGNS.iter().any(|sign| line.contains(sign)));
    let sentence =
        format!("a test that looks for brokers, expected in a module named one of {MODULES:?}: move it there");
    finds
        .map(|(index, _)| Violation { path: source.path.clone(), line: index + 1, sentence: sentence.clone() })
        .collect()
}

#[test]
fn tests_that_need_brokers_can_be_left_out() {
    expect_none(&sources::rust(), check);
}

#[test]
fn a_test_that_hides_its_need_is_seen() {
    let text = format!("//! Reads {0}.\nuse {1}::cli;\nfn f() {{ env(\"{0}\") }}", SIGNS[0], SIGNS[1]);
    let lines = |path: &str| check(&made_up(path, &text)).iter().map(|violation| violation.line).collect::<Vec<_>>();
    assert_eq!(lines("tests/it/dead_letters.rs"), [2, 3]);
    assert_eq!(lines("karafka-rt/src/producer/tests.rs"), [2, 3]);
    assert_eq!(lines("tests/it/on_kafka/dead_letters.rs"), [0_usize; 0]);
    assert_eq!(lines("karafka-rt/src/librdkafka/live_tests/cluster.rs"), [0_usize; 0]);
    assert_eq!(lines("xtask/src/test/brokers.rs"), [0_usize; 0]);
}
