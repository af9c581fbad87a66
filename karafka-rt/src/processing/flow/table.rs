//! Every combination of rules and facts, checked against invariants and printed as a committed snapshot.
//!
//! A change of behaviour is a readable difference of `table.txt`. Write it anew with `BLESS=1 cargo test -p karafka-rt flow`.

use std::fmt::Write as _;

use super::{Facts, Lease, Next, Outcome, Plan, Range, Rules, Step, Wish, decide};
use crate::message::ErrorKind;
use crate::topology::{Counting, DeadLetter, DeadLetterTarget, Offsets, Oversized};

const OFFSETS: [Offsets; 2] = [Offsets::Automatic, Offsets::Manual];
const LEASES: [Lease; 3] = [Lease::Live, Lease::Revoking, Lease::Lost];
/// The batch holds the offsets 10 to 19.
const DONE: [Option<i64>; 3] = [None, Some(15), Some(20)];
const WISHES: [Wish; 6] = [
    Wish::None,
    Wish::Pause { from: 13 },
    Wish::Seek { to: 12 },
    Wish::SeekEarliest,
    Wish::SeekLatest,
    Wish::SeekCommitted,
];

/// With and without finding out which record of a batch failed.
fn dead_letters() -> [(Option<DeadLetter>, bool); 5] {
    let queue = |target| {
        Some(DeadLetter {
            target,
            max_retries: 2,
            counting: Counting::Collective,
            isolate: true,
            oversized: Oversized::Wait,
        })
    };
    let (topic, skip) = (queue(DeadLetterTarget::Topic("dead")), queue(DeadLetterTarget::Skip));
    [(None, false), (topic, false), (skip, false), (topic, true), (skip, true)]
}

fn outcomes() -> Vec<Outcome> {
    let kinds = [ErrorKind::Failed, ErrorKind::Permanent, ErrorKind::Unavailable];
    let failed = kinds.into_iter().flat_map(|kind| [1, 2, 3].map(|failures| Outcome::Failed { kind, failures }));
    let range = Range { from: 0, len: 5 };
    let narrowed =
        [Step::Try(range), Step::Confirm(range), Step::GiveUp, Step::Systemic, Step::Unavailable, Step::Over];
    let plain = [Outcome::Finished, Outcome::Interrupted].into_iter().chain(failed);
    plain.chain(narrowed.map(Outcome::Narrowed)).collect()
}

fn every_case() -> Vec<(Rules, Facts, Plan)> {
    let mut cases = Vec::new();
    for offsets in OFFSETS {
        for (dead_letter, isolate) in dead_letters() {
            for lease in LEASES {
                for wish in WISHES {
                    for outcome in outcomes() {
                        for done in DONE {
                            let (rules, facts) =
                                (Rules { offsets, dead_letter, isolate }, Facts { lease, outcome, wish, done });
                            cases.push((rules, facts, decide(rules, &facts)));
                        }
                    }
                }
            }
        }
    }
    cases
}

#[test]
fn every_combination_keeps_the_invariants() {
    for (rules, facts, plan) in every_case() {
        let context = format!("{rules:?} {facts:?} {plan:?}");
        if facts.lease != Lease::Live {
            assert_eq!(plan.next, Next::Abandon, "nothing begins after revocation: {context}");
        }
        if facts.lease == Lease::Lost || rules.offsets == Offsets::Manual {
            assert_eq!(plan.mark, None, "neither lost nor manual progress is marked by us: {context}");
        }
        if let (Some(mark), Some(done)) = (plan.mark, facts.done) {
            assert!(mark <= done, "only what is done is marked: {context}");
        }
        assert!(plan.mark.is_none() || facts.done.is_some(), "nothing done, nothing marked: {context}");
        if let Wish::Pause { from: place } | Wish::Seek { to: place } = facts.wish {
            assert!(plan.mark.is_none_or(|mark| mark <= place), "no mark past a pause or seek: {context}");
        }
        if matches!(plan.next, Next::Dispatch | Next::Skip) {
            let policy = rules.dead_letter.expect("giving up needs a dead letter queue");
            assert_eq!(plan.next == Next::Skip, policy.target == DeadLetterTarget::Skip, "{context}");
            assert_eq!(
                facts.outcome == Outcome::Narrowed(Step::GiveUp),
                rules.isolate || !matches!(facts.outcome, Outcome::Failed { .. }),
                "only a record that is known to fail is given up: {context}"
            );
        }
        if let (Next::Dispatch | Next::Skip | Next::Narrow, Outcome::Failed { kind, failures }) =
            (plan.next, facts.outcome)
        {
            let policy = rules.dead_letter.expect("giving up needs a dead letter queue");
            assert_ne!(kind, ErrorKind::Unavailable, "what is unavailable is never dead-lettered: {context}");
            assert!(kind == ErrorKind::Permanent || failures > policy.max_retries, "retries come first: {context}");
        }
        if matches!(facts.outcome, Outcome::Failed { .. }) {
            assert_ne!(plan.next, Next::Continue, "a failure is never passed over: {context}");
        }
    }
}

#[test]
fn the_table_is_the_committed_one() {
    let mut table = String::from("# offsets | dead letters | lease | wish | outcome | done -> mark, next\n");
    for (rules, facts, plan) in every_case() {
        let dead_letter = match (rules.dead_letter, rules.isolate) {
            (None, _) => "none",
            (Some(DeadLetter { target: DeadLetterTarget::Skip, .. }), false) => "skip",
            (Some(DeadLetter { target: DeadLetterTarget::Skip, .. }), true) => "skip, isolate",
            (Some(_), false) => "queue(2)",
            (Some(_), true) => "queue(2), isolate",
        };
        let number = |offset: Option<i64>| offset.map_or("-".to_owned(), |offset| offset.to_string());
        let outcome = match facts.outcome {
            Outcome::Failed { kind, failures } => format!("{kind:?} #{failures}"),
            Outcome::Narrowed(Step::Try(_)) => "narrowed: Try".to_owned(),
            Outcome::Narrowed(Step::Confirm(_)) => "narrowed: Confirm".to_owned(),
            Outcome::Narrowed(step) => format!("narrowed: {step:?}"),
            Outcome::Finished | Outcome::Interrupted => format!("{:?}", facts.outcome),
        };
        writeln!(
            table,
            "{:?} | {dead_letter} | {:?} | {:?} | {outcome} | {} -> {}, {:?}",
            rules.offsets,
            facts.lease,
            facts.wish,
            number(facts.done),
            number(plan.mark),
            plan.next
        )
        .expect("a string takes everything");
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/processing/flow/table.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &table).expect("the snapshot can be written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == table, "flow::decide changed: run with BLESS=1 and read the difference of {path}");
}
