//! Programs that must not compile, and what the compiler says about them.
//!
//! `fail` holds our own sentences; `fail-rustc` holds sentences that the compiler words, so they follow the pinned
//! toolchain. Each case begins with one line per error, `// rule 3: `max_retries``: the rule of the language, and the
//! tokens that must be underlined. They are compared with the spans that the compiler reports, so that a recording
//! cannot be wrong in silence. What is said is compared with the file beside the case;
//! `KARAFKA_BLESS=1 cargo test -p karafka-ui-tests` records it anew.
//!
//! `rustc` is called directly, with the crates that cargo has built already: a harness that builds its own copy of the
//! dependencies would compile librdkafka a second time.

mod case;
mod compiler;
mod cuts;
mod diagnostic;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use case::Case;
use compiler::Compiler;

/// The rules of the language, by number.
const RULES: std::ops::RangeInclusive<u32> = 1..=21;
/// At least this many failing programs altogether.
const LEAST_CASES: usize = 250;
/// And for each rule.
const LEAST_OF_A_RULE: usize = 3;

#[test]
fn broken_programs_say_what_is_wrong_and_where() {
    let compiler = Compiler::new();
    expect_none(|case| case.judge(&compiler.errors(&case.path)));
}

#[test]
fn the_rest_of_a_broken_program_has_no_errors() {
    let compiler = Compiler::new();
    expect_none(|case| {
        // The compiler's own errors are not ours to take out.
        let ours = case.path.starts_with("tests/fail") && !case.lets_follow();
        let rest = if ours { compiler.rest(&case.path) } else { None };
        rest.map(|said| format!("{}: {said}", case.path.display())).into_iter().collect()
    });
}

/// Judges all cases, on all cores, and fails with everything that was found.
fn expect_none(judge: impl Fn(&Case) -> Vec<String> + Sync) {
    let cases = Case::all();
    let (next, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = judge(case);
                    faults.lock().expect("no thread panics with the lock").extend(found);
                }
            });
        }
    });
    let mut faults = faults.into_inner().expect("no thread panicked");
    faults.sort();
    assert!(faults.is_empty(), "{} of {} cases\n{}", faults.len(), cases.len(), faults.join("\n"));
}

/// What the others show for one mistake each, for thirty at once: one build, one error for each, under its token, and no more.
#[test]
fn thirty_mistakes_in_twenty_topics_are_thirty_errors() {
    let path = Path::new("tests/fail/r01_thirty_mistakes.rs");
    let text = std::fs::read_to_string(path).expect("the case is readable");
    let declared = |line: &&str| line.trim_start().starts_with("topic \"");
    assert_eq!(text.lines().filter(declared).count(), 20, "topics");
    let compiler = Compiler::new();
    let case = Case::read(path.to_path_buf());
    let errors = compiler.errors(path);
    assert_eq!((case.marks.len(), errors.len()), (30, 30), "mistakes and errors");
    assert_eq!(case.judge(&errors), Vec::<String>::new());
    assert_eq!(compiler.rest(path), None, "follow-up errors");
}

#[test]
fn every_rule_has_failing_programs() {
    let mut counts: BTreeMap<u32, usize> = RULES.map(|rule| (rule, 0)).collect();
    let cases = Case::all();
    for case in &cases {
        let rules: BTreeSet<u32> = case.marks.iter().map(|mark| mark.rule).collect();
        assert!(!rules.is_empty(), "{} names no rule", case.path.display());
        for rule in rules {
            *counts.get_mut(&rule).unwrap_or_else(|| panic!("{}: no rule {rule}", case.path.display())) += 1;
        }
    }
    let few: Vec<_> = counts.iter().filter(|(_, count)| **count < LEAST_OF_A_RULE).collect();
    assert!(few.is_empty(), "rules with few failing programs, and how many: {few:?}");
    assert!(cases.len() >= LEAST_CASES, "{} cases, by rule {counts:?}", cases.len());
}
