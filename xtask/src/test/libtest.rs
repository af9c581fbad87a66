//! Reads what test programs print: the human output of Rust's test harness, as its machine format is not stable. Pure.
//!
//! The sums come from the `test result:` lines alone. A program that announces tests and never prints a result has crashed,
//! and counts as a failure.

use super::tally::Tally;

/// Reads line by line, for all programs of one `cargo test`.
#[derive(Debug, Default)]
pub(super) struct Reader {
    tally: Tally,
    /// The program whose tests are running.
    program: Option<Program>,
    filtered: u64,
    /// Tests that the harness called slow and that have not ended yet.
    slow: Vec<String>,
}

/// One test program between its announcement and its result.
#[derive(Debug, Default)]
struct Program {
    announced: u64,
    failed: Vec<String>,
}

/// The numbers of a `test result:` line.
#[derive(Debug, PartialEq, Eq)]
struct Sums {
    passed: u64,
    failed: u64,
    filtered: u64,
}

impl Reader {
    /// Takes the next line.
    pub(super) fn line(&mut self, line: &str) {
        let line = line.trim_end();
        if let Some(name) = parse_slow(line) {
            self.slow.push(name.to_owned());
        } else if let Some((name, _)) = line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... ")) {
            self.slow.retain(|slow| slow != name);
        }
        if let Some(announced) = parse_announcement(line) {
            self.close_crashed();
            self.program = Some(Program { announced, ..Program::default() });
        } else if let Some(sums) = parse_result(line) {
            self.close(&sums);
        } else if let Some((name, reason)) = parse_ignored(line) {
            self.tally.skip(name.to_owned(), reason.to_owned());
        } else if let (Some(name), Some(program)) = (parse_failed(line), &mut self.program) {
            program.failed.push(name.to_owned());
        }
    }

    /// Adds everything to `tally`; `success` is the verdict of `cargo test` itself.
    pub(super) fn finish(mut self, success: bool, tally: &mut Tally) {
        self.close_crashed();
        self.tally.skip_many(self.filtered, "need Kafka, left out by `--quick`");
        if self.tally.is_good() && !success {
            self.tally.fail("`cargo test` ended with an error though no test failed (its messages are above)".into());
        }
        tally.add(self.tally);
    }

    /// The tests that hang, when the run has to be ended from outside.
    pub(super) fn hanging(&self) -> String {
        if self.slow.is_empty() { "a test that was not named".to_owned() } else { self.slow.join(", ") }
    }

    fn close(&mut self, sums: &Sums) {
        let program = self.program.take().unwrap_or_default();
        self.tally.pass(sums.passed);
        self.filtered += sums.filtered;
        let unnamed = (program.failed.len() as u64..sums.failed).map(|_| "a test whose name was not seen".to_owned());
        self.tally.fail_all(program.failed.into_iter().chain(unnamed));
    }

    fn close_crashed(&mut self) {
        if let Some(program) = self.program.take() {
            self.tally.fail_all(program.failed);
            self.tally.fail(format!("a program of {} tests ended without a result: it crashed", program.announced));
        }
    }
}

/// `running 3 tests`
fn parse_announcement(line: &str) -> Option<u64> {
    let rest = line.strip_prefix("running ")?;
    let number = rest.strip_suffix(" tests").or_else(|| rest.strip_suffix(" test"))?;
    number.parse().ok()
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.05s`
fn parse_result(line: &str) -> Option<Sums> {
    let (_, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number = |word: &str| {
        let part = numbers.split("; ").find_map(|part| part.strip_suffix(word))?;
        part.trim().parse().ok()
    };
    Some(Sums { passed: number("passed")?, failed: number("failed")?, filtered: number("filtered out")? })
}

/// `test a::b ... ignored, its reason`
fn parse_ignored(line: &str) -> Option<(&str, &str)> {
    let (name, verdict) = line.strip_prefix("test ")?.split_once(" ... ignored")?;
    let reason = verdict.strip_prefix(", ").unwrap_or("no reason is given");
    Some((name, reason))
}

/// `test a::b ... FAILED`
fn parse_failed(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED")
}

/// `test a::b has been running for over 60 seconds`
fn parse_slow(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix("test ")?.split_once(" has been running for over ")?;
    rest.ends_with("seconds").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(output: &str, success: bool, expect: &str) {
        let mut reader = Reader::default();
        output.lines().for_each(|line| reader.line(line));
        let mut tally = Tally::default();
        reader.finish(success, &mut tally);
        assert_eq!(tally.closing().trim_start(), expect, "{output}");
    }

    #[test]
    fn the_sums_of_all_programs_are_added() {
        let output = "\nrunning 2 tests\ntest a ... ok\ntest b - should panic ... ok\n\n\
            test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n\
            running 1 test\ntest src/lib.rs - (line 3) ... ok\n\n\
            test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.31s\n";
        check(output, true, "3 passed, 0 failed, 0 skipped\n");
    }

    #[test]
    fn failing_tests_are_named() {
        let output = "running 3 tests\ntest a::b ... FAILED\ntest a::c ... ok\ntest a::d ... FAILED\n\nfailures:\n\n\
            ---- a::b stdout ----\ntest result: whatever a test prints\n\nfailures:\n    a::b\n    a::d\n\n\
            test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        check(output, false, "failed: a::b\nfailed: a::d\n1 passed, 2 failed, 0 skipped\n");
    }

    #[test]
    fn a_failure_counts_even_when_its_name_was_torn() {
        let output = "running 1 test\ntest a::b ... noise of a child\nFAILED\n\
            test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        check(output, false, "failed: a test whose name was not seen\n0 passed, 1 failed, 0 skipped\n");
    }

    #[test]
    fn ignored_tests_are_skipped_with_their_reason() {
        let output = "running 2 tests\ntest a ... ignored, needs a GPU\ntest b ... ignored\n\
            test result: ok. 0 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        let expect = "skipped: a: needs a GPU\nskipped: b: no reason is given\n0 passed, 0 failed, 2 skipped\n";
        check(output, true, expect);
    }

    #[test]
    fn tests_left_out_by_the_filter_are_counted() {
        let output = "running 0 tests\n\n\
            test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 5 filtered out; finished in 0.00s\n";
        check(output, true, "skipped: 5 tests: need Kafka, left out by `--quick`\n0 passed, 0 failed, 5 skipped\n");
    }

    #[test]
    fn a_program_without_a_result_is_a_failure() {
        let crash = "a program of 9 tests ended without a result: it crashed";
        check("running 9 tests\ntest a ... ok\n", false, &format!("failed: {crash}\n0 passed, 1 failed, 0 skipped\n"));
        let output = "running 9 tests\nrunning 1 test\n\
            test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        check(output, false, &format!("failed: {crash}\n1 passed, 1 failed, 0 skipped\n"));
    }

    #[test]
    fn tests_that_hang_are_named() {
        let mut reader = Reader::default();
        for name in ["a::b", "c::d"] {
            reader.line(&format!("test {name} has been running for over 60 seconds"));
        }
        reader.line("test a::b ... ok");
        assert_eq!(reader.hanging(), "c::d");
    }

    #[test]
    fn the_verdict_of_cargo_is_not_overlooked() {
        let expect = "failed: `cargo test` ended with an error though no test failed (its messages are above)\n\
            0 passed, 1 failed, 0 skipped\n";
        check("", false, expect);
    }
}
