//! PASS, FAIL or UNKNOWN: what was sent, what happened and what Kafka holds, compared as sets. Pure.
//!
//! | it checks | |
//! |---|---|
//! | no loss | every record of the ledger has an output or a dead letter, whichever its kind asks for |
//! | progress | no commit ever passes a record that is not done by then, and none goes down |
//! | ownership | no commit between the end of one assignment in order and the next owner's first record |
//! | repetitions | each attempt beyond the first has a reason (see `judge`), and outputs never outnumber attempts |
//! | order | the first outputs of a key are in its order, and so are first attempts and first dead letters of a partition |
//! | dead letters | key and payload byte for byte, in the partition that the source's gives, saying where they come from |
//!
//! UNKNOWN is what the evidence does not carry: an input that Kafka did not store as it was sent, a fault that never landed.

use std::collections::BTreeMap;
use std::fmt;

use super::audit::{Audit, Stored};
pub use super::counts::Counts;
use super::history::{Event, Line, Place};
use super::judge::{Produced, Verdict, judge};
use super::ledger::Entry;

/// All that is known of a run.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'e> {
    /// What was sent, and acknowledged.
    pub ledger: &'e [Entry],
    /// What processes told, and who was found dead.
    pub lines: &'e [Line],
    /// What Kafka holds.
    pub audit: &'e Audit,
    /// Whether everything had to be done in the end.
    pub finished: bool,
    /// Whether output and progress of a record are one transaction: then it has its output exactly once, for readers of what is
    /// committed.
    pub exactly: bool,
}

/// What it comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Nothing is wrong, and it can be told.
    Pass,
    /// Something is wrong.
    Fail,
    /// Nothing is wrong as far as can be told.
    Unknown,
}

/// A judgement with its reasons.
#[derive(Debug, Default)]
pub struct Ruling {
    /// What is wrong, by kind.
    pub faults: BTreeMap<&'static str, Vec<String>>,
    /// Why it cannot be told.
    pub doubts: Vec<String>,
    /// What was counted.
    pub counts: Counts,
}

/// Judges a run.
pub fn rule(evidence: Evidence<'_>) -> Ruling {
    let mut ruling = Ruling::default();
    ruling.counts.records = evidence.ledger.len();
    let cases = match cases(evidence) {
        Ok(cases) => cases,
        Err(doubts) => {
            ruling.doubts = doubts;
            return ruling;
        }
    };
    ruling.attempts(evidence);
    ruling.completeness(evidence, &cases);
    ruling.repetitions(evidence, &cases);
    ruling.order(&cases, evidence.audit);
    ruling.letters(&cases);
    ruling.progress(evidence, &cases);
    ruling.ownership(evidence);
    ruling
}

/// One record of the ledger with all that became of it.
struct Case<'e> {
    entry: &'e Entry,
    input: &'e Stored,
    outputs: Vec<&'e Stored>,
    letters: Vec<&'e Stored>,
}

/// The cases in the order of their places; or why they cannot be made up.
fn cases(evidence: Evidence<'_>) -> Result<BTreeMap<Place, Case<'_>>, Vec<String>> {
    let Evidence { ledger, audit, .. } = evidence;
    let mut doubts = Vec::new();
    let mut inputs: BTreeMap<&str, Vec<&Stored>> = BTreeMap::new();
    for input in &audit.inputs {
        inputs.entry(&input.value).or_default().push(input);
    }
    let mut outputs: BTreeMap<&str, Vec<&Stored>> = BTreeMap::new();
    let mut letters: BTreeMap<&str, Vec<&Stored>> = BTreeMap::new();
    for output in &audit.outputs {
        outputs.entry(output.value.strip_prefix("out ").unwrap_or_default().trim_end()).or_default().push(output);
    }
    for letter in &audit.letters {
        letters.entry(words(&letter.value, 4)).or_default().push(letter);
    }
    let mut cases = BTreeMap::new();
    for entry in ledger {
        let (text, name) = (entry.to_string(), entry.name());
        match inputs.remove(text.as_str()).as_deref() {
            Some([input]) => {
                let (outputs, letters) = (outputs.remove(name.as_str()), letters.remove(name.as_str()));
                let (outputs, letters) = (outputs.unwrap_or_default(), letters.unwrap_or_default());
                cases.insert(place(input), Case { entry, input, outputs, letters });
            }
            Some(_) => doubts.push(format!("the input `{text}` is stored more than once")),
            None => doubts.push(format!("the input `{text}` was acknowledged and is not stored")),
        }
    }
    doubts.extend(inputs.keys().map(|text| format!("the input `{text}` is stored and was not sent")));
    doubts.extend(outputs.keys().map(|text| format!("the output `{text}` belongs to no input")));
    doubts.extend(letters.keys().map(|text| format!("the dead letter `{text}` belongs to no input")));
    if doubts.is_empty() { Ok(cases) } else { Err(doubts) }
}

/// The first so many words.
fn words(text: &str, count: usize) -> &str {
    text.match_indices(' ').nth(count - 1).map_or(text, |(end, _)| &text[..end])
}

fn place(stored: &Stored) -> Place {
    Place { partition: stored.partition, offset: stored.offset }
}

impl Case<'_> {
    /// By its kind.
    fn is_done(&self) -> bool {
        !if self.entry.kind.is_dead_lettered() { &self.letters } else { &self.outputs }.is_empty()
    }
}

impl Ruling {
    /// What it comes to.
    pub fn judgement(&self) -> Judgement {
        match (self.faults.is_empty(), self.doubts.is_empty()) {
            (false, _) => Judgement::Fail,
            (true, false) => Judgement::Unknown,
            (true, true) => Judgement::Pass,
        }
    }

    /// Without this having happened the run proves nothing.
    pub fn needs(&mut self, what: &str, happened: bool) {
        if !happened {
            self.doubts.push(format!("it never came to {what}"));
        }
    }

    /// Something that was seen to be wrong.
    pub fn fault(&mut self, kind: &'static str, what: String) {
        self.faults.entry(kind).or_default().push(what);
    }

    fn attempts(&mut self, Evidence { lines, audit, .. }: Evidence<'_>) {
        let mut produced = Produced::new();
        for input in &audit.inputs {
            let range = produced.entry(input.partition).or_insert(input.offset..input.offset);
            range.end = input.offset + 1;
        }
        let events: Vec<Event> = lines.iter().map(|line| line.event.clone()).collect();
        let verdict = judge(&produced, &events);
        for (at, why) in &verdict.unexplained {
            self.fault("repeated without a reason", format!("{at}: {why:?}"));
        }
        for (kind, places) in [
            ("attempted out of order", &verdict.out_of_order),
            ("begun while another process had the partition", &verdict.overlapping),
            ("attempted, but never sent", &verdict.foreign),
        ] {
            for at in places {
                self.fault(kind, at.to_string());
            }
        }
        self.count(&verdict, &events, audit);
    }

    fn count(&mut self, verdict: &Verdict, events: &[Event], audit: &Audit) {
        let counts = &mut self.counts;
        (counts.after_death, counts.after_move, counts.retried) = (verdict.repeated(), verdict.moved, verdict.retried);
        counts.commits = audit.commits.len();
        let mut owners: BTreeMap<i32, i32> = BTreeMap::new();
        for event in events {
            match event {
                Event::Begin { at, pid, .. } => {
                    let owner = owners.insert(at.partition, *pid);
                    counts.hand_overs += usize::from(owner.is_some_and(|owner| owner != *pid));
                }
                Event::Process { .. } => counts.processes += 1,
                Event::Gone { .. } => counts.deaths += 1,
                Event::Revoked { lost: true, .. } => counts.lost_assignments += 1,
                Event::Revoked { lost: false, .. } => counts.taken_away += 1,
                _ => {}
            }
        }
    }

    /// Nothing is lost: not below what was committed, and in the end nowhere.
    fn completeness(&mut self, evidence: Evidence<'_>, cases: &BTreeMap<Place, Case<'_>>) {
        let last: BTreeMap<i32, i64> =
            evidence.audit.commits.iter().map(|commit| (commit.partition, commit.offset)).collect();
        for (at, case) in cases {
            let passed = last.get(&at.partition).is_some_and(|committed| at.offset < *committed);
            match (case.is_done(), passed) {
                (true, _) if case.entry.kind.is_dead_lettered() => self.counts.dead_lettered += 1,
                (true, _) => self.counts.processed += 1,
                (false, true) => self.fault("lost", format!("{at} `{}`", case.entry)),
                (false, false) if evidence.finished => self.fault("never done", format!("{at} `{}`", case.entry)),
                (false, false) => {}
            }
            if evidence.finished && case.is_done() && !passed {
                self.fault("done, but never committed", at.to_string());
            }
        }
    }

    /// Each output and each dead letter has an attempt of its own, and a record ends in one way only.
    fn repetitions(&mut self, Evidence { lines, exactly, .. }: Evidence<'_>, cases: &BTreeMap<Place, Case<'_>>) {
        let mut attempts: BTreeMap<Place, usize> = BTreeMap::new();
        let mut by: BTreeMap<Place, Vec<i32>> = BTreeMap::new();
        for line in lines {
            if let Event::Begin { at, pid, .. } = &line.event {
                *attempts.entry(*at).or_default() += 1;
                let pids = by.entry(*at).or_default();
                if !pids.contains(pid) {
                    pids.push(*pid);
                }
            }
        }
        for (at, case) in cases {
            let (outputs, letters) = (case.outputs.len(), case.letters.len());
            let (attempts, processes) = (attempts.get(at).copied().unwrap_or(0), by.get(at).map_or(0, Vec::len));
            if outputs > attempts {
                self.fault("more outputs than attempts", format!("{at}: {outputs}, {attempts} attempts"));
            }
            if exactly && outputs > 1 {
                self.fault("more than one output under exactly once", format!("{at}: {outputs}"));
            }
            if letters > processes {
                self.fault("more dead letters than processes that tried", format!("{at}: {letters} by {processes}"));
            }
            if case.entry.kind.is_dead_lettered() != (letters > 0) && letters + outputs > 0 {
                self.fault("ended in the wrong way", format!("{at} `{}`", case.entry));
            }
            self.counts.repeated_outputs += outputs.saturating_sub(1);
        }
    }

    /// First outputs follow the order of their key; first dead letters that of their partition.
    fn order(&mut self, cases: &BTreeMap<Place, Case<'_>>, audit: &Audit) {
        let mut first: BTreeMap<u32, Vec<(Place, u32)>> = BTreeMap::new();
        for case in cases.values() {
            if let Some(output) = case.outputs.iter().map(|output| place(output)).min() {
                first.entry(case.entry.key).or_default().push((output, case.entry.sequence));
            }
        }
        for (key, mut outputs) in first {
            outputs.sort_unstable();
            for pair in outputs.windows(2).filter(|pair| pair[0].1 > pair[1].1) {
                self.fault("outputs out of order", format!("key {key}: {} after {}", pair[1].1, pair[0].1));
            }
        }
        let mut highest: BTreeMap<i32, i64> = BTreeMap::new();
        let mut seen = std::collections::BTreeSet::new();
        for letter in &audit.letters {
            let Some((partition, offset)) = letter.source else { continue };
            let highest = highest.entry(partition).or_insert(-1);
            if seen.insert((partition, offset)) && offset < *highest {
                self.fault("dead letters out of order", format!("{partition}/{offset} after {highest}"));
            }
            *highest = offset.max(*highest);
        }
    }

    fn letters(&mut self, cases: &BTreeMap<Place, Case<'_>>) {
        for (at, case) in cases {
            for letter in &case.letters {
                if (&letter.key, &letter.value) != (&case.input.key, &case.input.value) {
                    self.fault("a dead letter that is not the record", format!("{at}: `{}`", letter.value));
                }
                // As many partitions as the input has.
                if letter.partition != at.partition || letter.source != Some((at.partition, at.offset)) {
                    self.fault("a dead letter of another place", format!("{at}: {:?}", letter.source));
                }
            }
        }
    }

    /// Every commit stands on records that were done by then, and none goes down.
    fn progress(&mut self, Evidence { lines, audit, exactly, .. }: Evidence<'_>, cases: &BTreeMap<Place, Case<'_>>) {
        let mut ended: BTreeMap<Place, u64> = BTreeMap::new();
        for line in lines {
            if let Event::End { at, .. } = &line.event {
                ended.entry(*at).or_insert(line.at / 1_000);
            }
        }
        // Per partition: offset by offset, when everything up to there was done.
        let mut done: BTreeMap<i32, Vec<(i64, Option<u64>)>> = BTreeMap::new();
        for (at, case) in cases {
            let end = if case.entry.kind.is_dead_lettered() {
                case.letters.iter().map(|letter| letter.at).min()
            } else if exactly {
                // A process may die between the end of its transaction and that of its handler.
                case.outputs.iter().map(|output| output.at).min()
            } else {
                ended.get(at).copied().filter(|_| case.is_done())
            };
            let list = done.entry(at.partition).or_default();
            let before = list.last().map_or(Some(0), |(_, before)| *before);
            list.push((at.offset, before.zip(end).map(|(before, end)| before.max(end))));
        }
        let mut progress: BTreeMap<i32, i64> = BTreeMap::new();
        for commit in &audit.commits {
            let before = progress.insert(commit.partition, commit.offset).unwrap_or(0);
            if commit.offset < before {
                self.fault("commits went down", format!("{}: {before} to {}", commit.partition, commit.offset));
            }
            let list = done.get(&commit.partition).map_or(&[][..], Vec::as_slice);
            let below = list.partition_point(|(offset, _)| *offset < commit.offset);
            let Some((offset, since)) = below.checked_sub(1).map(|index| list[index]) else { continue };
            if since.is_none_or(|since| since > commit.at) {
                let what = format!("{}/{}: not all up to {offset} was done", commit.partition, commit.offset);
                self.fault("committed what was not done", what);
            }
        }
    }

    /// After a revocation in order nobody commits before the next owner has begun.
    fn ownership(&mut self, Evidence { lines, audit, .. }: Evidence<'_>) {
        for (index, line) in lines.iter().enumerate() {
            let Event::Revoked { partition: of, lost: false, pid, .. } = &line.event else { continue };
            let begins = |line: &&Line| matches!(&line.event, Event::Begin { at, .. } if at.partition == *of);
            let next = lines[index..].iter().find(begins).map_or(u64::MAX, |line| line.at / 1_000);
            let between = |at: u64| at > line.at / 1_000 && at < next;
            for commit in audit.commits.iter().filter(|commit| commit.partition == *of && between(commit.at)) {
                let after = commit.at - line.at / 1_000;
                self.fault(
                    "committed after the partition was taken away",
                    format!("{of}/{}: {after} ms after process {pid} had lost it", commit.offset),
                );
            }
        }
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Unknown => "UNKNOWN",
        })
    }
}

impl fmt::Display for Ruling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} records", self.judgement(), self.counts.records)?;
        for (kind, found) in &self.faults {
            write!(f, "; {} {kind}: {}", found.len(), found.iter().take(3).cloned().collect::<Vec<_>>().join(", "))?;
        }
        for doubt in self.doubts.iter().take(5) {
            write!(f, "; {doubt}")?;
        }
        write!(f, "; {:?}", self.counts)
    }
}

#[cfg(test)]
#[path = "ruling_tests.rs"]
mod tests;
