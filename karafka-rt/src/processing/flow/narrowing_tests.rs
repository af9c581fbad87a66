//! A batch in memory with every pattern of bad records, and random ones of everything else.

use proptest::prelude::*;

use super::*;

/// What a record of the simulated batch does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    Good,
    Poison,
    /// The handler says that it never will work.
    Hopeless,
    Undecodable,
}
use Nature::{Good, Hopeless, Poison, Undecodable};

/// How the handler behaves beside its records.
#[derive(Debug, Clone, Copy, Default)]
struct Handler {
    /// It marks each record that it has done.
    marks: bool,
    /// From this call on something that it needs is away, and it says so.
    unavailable_from: Option<usize>,
    /// At this call the partition is taken away.
    revoked_at: Option<usize>,
    /// So often in a row everything seemed to fail before.
    systemic: u32,
}

#[derive(Debug, Default)]
struct Seen {
    calls: usize,
    /// Waits before a confirming attempt.
    waits: usize,
    /// In this order.
    put_away: Vec<usize>,
    /// How often each record was in a call that succeeded, or was marked in one that did not.
    done: Vec<usize>,
    end: Option<Step>,
}

fn run(natures: &[Nature], handler: Handler) -> Seen {
    let mut narrowing = Narrowing::new(natures.iter().map(|nature| *nature != Undecodable), handler.systemic);
    let mut left: Vec<usize> = (0..natures.len()).collect();
    let mut seen = Seen { done: vec![0; natures.len()], ..Seen::default() };
    let mut step = narrowing.next();
    // Each call halves something, confirms something or finishes something.
    for _ in 0..40 * natures.len() + 40 {
        assert_eq!(narrowing.len(), left.len());
        let range = match step {
            Step::GiveUp => {
                seen.put_away.push(left.remove(0));
                narrowing.put_away();
                step = narrowing.next();
                continue;
            }
            Step::Try(range) => range,
            Step::Confirm(range) => {
                seen.waits += 1;
                range
            }
            Step::Systemic | Step::Unavailable | Step::Over => {
                seen.end = Some(step);
                return seen;
            }
        };
        if handler.revoked_at == Some(seen.calls) {
            return seen;
        }
        seen.calls += 1;
        let records = left[range.from..range.from + range.len].to_vec();
        assert!(records.iter().all(|record| natures[*record] != Undecodable), "the handler is not called for those");
        let is_away = handler.unavailable_from.is_some_and(|from| seen.calls > from);
        let bad = if is_away { Some(0) } else { records.iter().position(|record| natures[*record] != Good) };
        let went = match bad {
            None if !Narrowing::is_done_behind(range.from) => Went::WellForNow,
            None => Went::Well,
            Some(at) => {
                let kind = match natures[records[at]] {
                    _ if is_away => ErrorKind::Unavailable,
                    Hopeless => ErrorKind::Permanent,
                    _ => ErrorKind::Failed,
                };
                // Marks of a call whose progress is held do not count.
                Went::Badly { kind, marked: if handler.marks && range.from == 0 { at } else { 0 } }
            }
        };
        let done = match went {
            Went::Well => range.len,
            Went::Badly { marked, .. } => marked,
            Went::WellForNow => 0,
        };
        for record in left.drain(range.from..range.from + done) {
            seen.done[record] += 1;
        }
        step = narrowing.went(range, went);
    }
    panic!("no end: {natures:?} {handler:?} {seen:?}");
}

fn bad(natures: &[Nature]) -> Vec<usize> {
    (0..natures.len()).filter(|at| natures[*at] != Good).collect()
}

fn check(natures: &[Nature], handler: Handler) {
    let seen = run(natures, handler);
    let context = || format!("{natures:?} {handler:?} {seen:?}");
    assert!(seen.put_away.is_sorted(), "in order: {}", context());
    assert!(seen.put_away.iter().all(|record| natures[*record] != Good), "only bad ones: {}", context());
    assert!(seen.done.iter().all(|times| *times <= 1), "no success is repeated: {}", context());
    match seen.end {
        Some(Step::Over) => {
            assert_eq!(seen.put_away, bad(natures), "all bad ones: {}", context());
            for (nature, times) in natures.iter().zip(&seen.done) {
                assert_eq!(*times, usize::from(*nature == Good), "{}", context());
            }
        }
        Some(Step::Systemic) => {
            let mut run = 0;
            let longest = natures.iter().filter(|nature| **nature != Undecodable).map(|nature| {
                run = if *nature == Poison { run + 1 } else { 0 };
                run
            });
            assert!(longest.max() >= Some(4), "four in a row failed alone: {}", context());
        }
        Some(Step::Unavailable) => assert!(handler.unavailable_from.is_some(), "{}", context()),
        Some(Step::Try(_) | Step::Confirm(_) | Step::GiveUp) => unreachable!("no ends"),
        None => assert!(handler.revoked_at.is_some(), "{}", context()),
    }
    // The promise is for one bad record; several at the front are tried twice.
    let bad = bad(natures).len();
    let share = 2.0 * (natures.len() as f64).log2() + if bad > 1 { 4.0 } else { 0.0 };
    let bound = 1.0 + bad.max(1) as f64 * share + 1e-9;
    assert!(seen.calls as f64 <= bound, "at most {bound} calls: {}", context());
}

#[test]
fn every_pattern_of_up_to_eight_records() {
    for len in 1..=8_u32 {
        for pattern in 0..4_usize.pow(len) {
            let natures: Vec<Nature> =
                (0..len).map(|at| [Good, Poison, Hopeless, Undecodable][pattern >> (2 * at) & 3]).collect();
            // A batch that failed has a bad record.
            if natures.contains(&Poison) || natures.contains(&Hopeless) || natures.contains(&Undecodable) {
                check(&natures, Handler::default());
                check(&natures, Handler { marks: true, ..Handler::default() });
            }
        }
    }
}

#[test]
fn one_bad_record_costs_no_more_than_promised_and_is_confirmed_once() {
    for len in 1..=300 {
        for at in 0..len {
            let mut natures = vec![Good; len];
            natures[at] = Poison;
            let seen = run(&natures, Handler::default());
            let bound = 1.0 + 2.0 * (len as f64).log2() + 1e-9;
            assert!(seen.calls as f64 <= bound, "{at} of {len}: {seen:?}");
            assert_eq!((seen.put_away, seen.end), (vec![at], Some(Step::Over)));
            assert_eq!(seen.waits, usize::from(len > 1), "{at} of {len}");
        }
    }
}

#[test]
fn a_dead_database_puts_nothing_away() {
    for len in 4..=300 {
        for systemic in [0, 1, 5, 40] {
            let seen = run(&vec![Poison; len], Handler { systemic, ..Handler::default() });
            assert_eq!((seen.put_away.len(), seen.end), (0, Some(Step::Systemic)), "{len} after {systemic}");
        }
    }
}

#[test]
fn a_run_of_undecodable_records_calls_no_handler_and_waits_for_nothing() {
    let seen = run(&[Undecodable; 40], Handler::default());
    assert_eq!((seen.calls, seen.waits, seen.put_away.len(), seen.end), (0, 0, 40, Some(Step::Over)));
}

#[test]
fn a_record_that_is_well_the_second_time_is_kept() {
    let mut narrowing = Narrowing::new([true, true].into_iter(), 0);
    let first = Range { from: 0, len: 1 };
    let failed = Went::Badly { kind: ErrorKind::Failed, marked: 0 };
    assert_eq!(narrowing.next(), Step::Try(first));
    assert_eq!(narrowing.went(first, failed), Step::Confirm(first));
    assert_eq!(narrowing.went(first, Went::Well), Step::Try(first));
    assert_eq!(narrowing.went(first, Went::Well), Step::Over);
}

/// Something that all need is back in the middle of the vote.
#[test]
fn records_that_failed_before_another_one_succeeded_are_tried_again() {
    let mut narrowing = Narrowing::new([true; 8].into_iter(), 0);
    let failed = Went::Badly { kind: ErrorKind::Failed, marked: 0 };
    let mut step = narrowing.next();
    loop {
        step = match step {
            Step::Try(Range { from: 2, len: 1 }) => break,
            Step::Try(range) | Step::Confirm(range) => narrowing.went(range, failed),
            _ => panic!("{step:?}"),
        };
    }
    let first = Range { from: 0, len: 1 };
    assert_eq!(narrowing.went(Range { from: 2, len: 1 }, Went::WellForNow), Step::Confirm(first));
    assert_eq!(narrowing.went(first, Went::Well), Step::Try(Range { from: 0, len: 7 }));
}

#[test]
fn a_record_with_a_wish_counts_as_well_and_comes_again() {
    let mut narrowing = Narrowing::new([true, true, true].into_iter(), 0);
    let (first, second) = (Range { from: 0, len: 1 }, Range { from: 1, len: 1 });
    let failed = Went::Badly { kind: ErrorKind::Failed, marked: 0 };
    narrowing.went(first, failed);
    assert_eq!(narrowing.went(first, failed), Step::Try(second), "nothing has succeeded alone");
    assert_eq!(narrowing.went(second, Went::WellForNow), Step::GiveUp);
    assert!(narrowing.put_away());
    assert_eq!(narrowing.next(), Step::Try(Range { from: 0, len: 2 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn exactly_the_bad_records_are_put_away(
        natures in prop::collection::vec(prop_oneof![12 => Just(Good), 2 => Just(Poison), 1 => Just(Hopeless), 1 => Just(Undecodable)], 1..200),
        bad_one in any::<prop::sample::Index>(),
        marks in any::<bool>(),
        unavailable_from in prop::option::of(0_usize..40),
        revoked_at in prop::option::of(0_usize..40),
    ) {
        let mut natures = natures;
        let at = bad_one.index(natures.len());
        if natures[at] == Good {
            natures[at] = Poison;
        }
        check(&natures, Handler { marks, ..Handler::default() });
        check(&natures, Handler { marks, unavailable_from, revoked_at, systemic: 0 });
    }
}
