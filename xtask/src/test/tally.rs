//! Counts what passed, failed and was skipped, and words the end of the run. Pure.

use std::fmt::Write as _;

/// The counts of a run so far.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    passed: u64,
    failed: Vec<String>,
    skipped: Vec<Skipped>,
}

#[derive(Debug, PartialEq, Eq)]
struct Skipped {
    name: String,
    reason: String,
    count: u64,
}

impl Tally {
    pub(super) fn pass(&mut self, count: u64) {
        self.passed += count;
    }

    pub(super) fn fail(&mut self, name: String) {
        self.failed.push(name);
    }

    pub(super) fn fail_all(&mut self, names: impl IntoIterator<Item = String>) {
        self.failed.extend(names);
    }

    pub(super) fn skip(&mut self, name: String, reason: String) {
        self.skipped.push(Skipped { name, reason, count: 1 });
    }

    /// Tests that are left out as a group.
    pub(super) fn skip_many(&mut self, count: u64, reason: &str) {
        if count > 0 {
            self.skipped.push(Skipped { name: format!("{count} tests"), reason: reason.into(), count });
        }
    }

    /// A check that counts as one test.
    pub(super) fn count(&mut self, name: &str, good: bool) {
        if good { self.pass(1) } else { self.fail(name.to_owned()) }
    }

    /// Adds the counts of a part of the run.
    pub(super) fn add(&mut self, part: Self) {
        self.passed += part.passed;
        self.failed.extend(part.failed);
        self.skipped.extend(part.skipped);
    }

    pub(super) fn has_failed(&self, name: &str) -> bool {
        self.failed.iter().any(|failed| failed == name)
    }

    pub(super) fn is_good(&self) -> bool {
        self.failed.is_empty()
    }

    /// Names what failed and why something was skipped; the last line holds the three counts alone.
    pub(super) fn closing(&self) -> String {
        let mut text = String::from("\n");
        let mut line = |line: String| writeln!(text, "{line}").expect("a string takes every write");
        for Skipped { name, reason, .. } in &self.skipped {
            line(format!("skipped: {name}: {reason}"));
        }
        for name in &self.failed {
            line(format!("failed: {name}"));
        }
        let skipped: u64 = self.skipped.iter().map(|skipped| skipped.count).sum();
        line(format!("{} passed, {} failed, {skipped} skipped", self.passed, self.failed.len()));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_holds_the_counts_alone() {
        let mut tally = Tally::default();
        tally.pass(41);
        tally.count("lints", true);
        tally.count("docs", false);
        tally.skip("a::b".into(), "takes an hour".into());
        tally.skip_many(7, "needs Kafka");
        tally.skip_many(0, "nothing");
        let expect = "\n\
            skipped: a::b: takes an hour\n\
            skipped: 7 tests: needs Kafka\n\
            failed: docs\n\
            42 passed, 1 failed, 8 skipped\n";
        assert_eq!(tally.closing(), expect);
        assert!(!tally.is_good());
        assert!(tally.has_failed("docs") && !tally.has_failed("lints"));
    }
}
