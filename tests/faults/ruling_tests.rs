//! A right history, and the same with one planted anomaly each.
#![allow(clippy::unwrap_used, reason = "in a test an `unwrap` is an assertion")]

use super::super::audit::Commit;
use super::super::history::parse;
use super::super::ledger::Kind;
use super::*;

/// One partition; record 1 is poison, the others are good. Times are milliseconds.
struct Run {
    ledger: Vec<Entry>,
    history: String,
    audit: Audit,
    finished: bool,
    exactly: bool,
}

fn stored(offset: i64, at: u64, value: &str, source: Option<(i32, i64)>) -> Stored {
    Stored { partition: 0, offset, at, source, key: "k1".into(), value: value.into() }
}

/// Three records by process 7 (the second dead-lettered), taken away in order, and one by process 8.
fn right() -> Run {
    let entry = |id: u64| Entry {
        run: "r".into(),
        id,
        key: 1,
        sequence: id as u32,
        work: 2,
        kind: if id == 1 { Kind::Poison } else { Kind::Good },
    };
    let ledger: Vec<Entry> = (0..4).map(entry).collect();
    let inputs = ledger.iter().map(|entry| stored(entry.id as i64, 1, &entry.to_string(), None)).collect();
    let outputs = [(0, 0), (1, 2), (2, 3)]
        .map(|(offset, id)| stored(offset, 10 + id, &format!("out {}", ledger[id as usize].name()), None));
    let letters = vec![stored(0, 30, &ledger[1].to_string(), Some((0, 1)))];
    let commits = [(1, 15), (3, 45), (4, 70)].map(|(offset, at)| Commit { partition: 0, offset, at });
    let history = "5 process 7 0\n10 begin t 0 0 7 1\n11 end t 0 0 7\n20 begin t 0 1 7 1\n21 failed t 0 1 7\n\
                   22 begin t 0 1 7 2\n23 failed t 0 1 7\n40 begin t 0 2 7 1\n41 end t 0 2 7\n50 revoked t 0 7 kept\n\
                   60 begin t 0 3 8 1\n61 end t 0 3 8\n";
    let audit = Audit { inputs, outputs: outputs.into(), letters, commits: commits.into() };
    Run { ledger, history: history.into(), audit, finished: true, exactly: false }
}

impl Run {
    fn rule(&self) -> Ruling {
        // Written in milliseconds, kept in microseconds.
        let lines = self.history.lines().map(|line| {
            let (at, event) = line.split_once(' ').unwrap();
            format!("{at}000 {event}\n")
        });
        let lines = parse(&lines.collect::<String>()).unwrap();
        rule(Evidence {
            ledger: &self.ledger,
            lines: &lines,
            audit: &self.audit,
            finished: self.finished,
            exactly: self.exactly,
        })
    }

    fn replace(&mut self, line: &str, with: &str) {
        assert!(self.history.contains(line), "{line}");
        self.history = self.history.replace(line, with);
    }
}

#[test]
fn a_right_history_passes_and_is_counted() {
    let ruling = right().rule();
    assert_eq!(ruling.judgement(), Judgement::Pass, "{ruling}");
    let Counts { records, processed, dead_lettered, retried, taken_away, commits, .. } = ruling.counts;
    assert_eq!((records, processed, dead_lettered, retried, taken_away, commits), (4, 3, 1, 1, 1, 3));
}

#[test]
fn each_planted_anomaly_is_named() {
    type Plant = fn(&mut Run);
    let cases: [(&str, Plant); 19] = [
        ("1 lost: 0/2", |run| drop(run.audit.outputs.remove(1))),
        ("1 lost: 0/1", |run| run.audit.letters.clear()),
        ("2 committed what was not done: 0/3", |run| drop(run.audit.outputs.remove(1))),
        ("1 committed what was not done: 0/1", |run| run.audit.commits[0].at = 10),
        ("1 committed what was not done: 0/3", |run| run.audit.letters[0].at = 46),
        ("1 commits went down: 0: 3 to 2", |run| run.audit.commits[2].offset = 2),
        ("1 done, but never committed: 0/3", |run| run.audit.commits.truncate(2)),
        ("1 committed after the partition was taken away: 0/3: 5 ms", |run| run.audit.commits[1].at = 55),
        ("1 more outputs than attempts: 0/0", |run| {
            let again = Stored { offset: 9, ..run.audit.outputs[0].clone() };
            run.audit.outputs.push(again);
        }),
        ("1 outputs out of order: key 1: 0 after 3", |run| run.audit.outputs[0].offset = 7),
        ("1 more dead letters than processes that tried: 0/1", |run| {
            let again = Stored { offset: 1, ..run.audit.letters[0].clone() };
            run.audit.letters.push(again);
        }),
        ("1 a dead letter that is not the record", |run| run.audit.letters[0].key = "k2".into()),
        ("1 a dead letter that is not the record", |run| run.audit.letters[0].value = "r 1 1 1 2 poisom".into()),
        ("1 a dead letter of another place", |run| run.audit.letters[0].source = Some((0, 2))),
        ("1 a dead letter of another place", |run| run.audit.letters[0].partition = 3),
        ("ended in the wrong way: 0/2", |run| {
            let good = stored(1, 42, &run.ledger[2].to_string(), Some((0, 2)));
            run.audit.letters.push(good);
        }),
        ("1 repeated without a reason: 0/2", |run| {
            run.replace("50 revoked t 0 7 kept", "50 begin t 0 2 8 1\n51 end t 0 2 8");
        }),
        ("attempted out of order: 0/2", |run| {
            run.replace("40 begin t 0 2 7 1\n41 end t 0 2 7", "40 begin t 0 3 7 1\n41 end t 0 3 7");
            run.replace("60 begin t 0 3 8 1\n61 end t 0 3 8", "60 begin t 0 2 8 1\n61 end t 0 2 8");
        }),
        ("begun while another process had the partition: 0/3", |run| {
            run.replace("41 end t 0 2 7\n50 revoked t 0 7 kept\n", "");
        }),
    ];
    for (expect, plant) in cases {
        let mut run = right();
        plant(&mut run);
        let ruling = run.rule();
        assert_eq!(ruling.judgement(), Judgement::Fail, "{expect}: {ruling}");
        assert!(ruling.to_string().contains(expect), "expected `{expect}`, found `{ruling}`");
    }
}

#[test]
fn what_the_evidence_does_not_carry_is_unknown() {
    type Plant = fn(&mut Run);
    let cases: [(&str, Plant); 4] = [
        ("was acknowledged and is not stored", |run| drop(run.audit.inputs.pop())),
        ("is stored more than once", |run| run.audit.inputs.push(run.audit.inputs[0].clone())),
        ("is stored and was not sent", |run| drop(run.ledger.pop())),
        ("belongs to no input", |run| run.audit.outputs[0].value = "out r 77 1 0".into()),
    ];
    for (expect, plant) in cases {
        let mut run = right();
        plant(&mut run);
        let ruling = run.rule();
        assert_eq!(ruling.judgement(), Judgement::Unknown, "{expect}: {ruling}");
        assert!(ruling.to_string().contains(expect), "expected `{expect}`, found `{ruling}`");
    }
    let mut ruling = right().rule();
    ruling.needs("a death", ruling.counts.deaths > 0);
    assert_eq!(ruling.judgement(), Judgement::Unknown);
}

#[test]
fn repetitions_are_explained_by_a_death_and_counted() {
    let mut run = right();
    run.replace("50 revoked t 0 7 kept", "50 gone 7 0:2\n51 begin t 0 2 8 1\n52 end t 0 2 8");
    run.audit.commits[1] = Commit { partition: 0, offset: 2, at: 45 };
    run.audit.outputs[1].offset = 1;
    run.audit.outputs.insert(2, Stored { offset: 2, ..run.audit.outputs[1].clone() });
    run.audit.outputs[3].offset = 3;
    let ruling = run.rule();
    assert_eq!(ruling.judgement(), Judgement::Pass, "{ruling}");
    assert_eq!((ruling.counts.after_death, ruling.counts.repeated_outputs, ruling.counts.deaths), (1, 1, 1));
    run.exactly = true;
    assert!(run.rule().to_string().contains("1 more than one output under exactly once: 0/2"), "{}", run.rule());
}

#[test]
fn before_the_end_what_is_not_committed_need_not_be_done() {
    let mut run = right();
    run.audit.outputs.pop();
    run.audit.commits.pop();
    assert!(run.rule().to_string().contains("1 never done: 0/3"));
    run.finished = false;
    assert_eq!(run.rule().judgement(), Judgement::Pass, "{}", run.rule());
}
