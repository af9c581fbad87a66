//! Hand-written histories, right ones and wrong ones: a judge that passes everything proves nothing.
#![allow(clippy::unwrap_used, reason = "in a test an `unwrap` is an assertion")]

use super::super::history::parse;
use super::*;

/// Judges one line per event, in which `begin 0 5 7` stands for the first attempt of partition 0, offset 5, by process 7, and
/// `done` for a begin and an end.
fn verdict(produced: &[(i32, Range<i64>)], history: &str) -> Verdict {
    let whole = |line: &str| match line.split(' ').collect::<Vec<_>>().as_slice() {
        ["begin", partition, offset, pid] => format!("begin t {partition} {offset} {pid} 1"),
        ["begin", partition, offset, pid, attempt] => format!("begin t {partition} {offset} {pid} {attempt}"),
        [word @ ("end" | "failed"), partition, offset, pid] => format!("{word} t {partition} {offset} {pid}"),
        ["shutdown", partition, process] => format!("shutdown t {partition} {process}"),
        ["revoked", partition, process, how] => format!("revoked t {partition} {process} {how}"),
        ["done", partition, offset, pid] => {
            format!("begin t {partition} {offset} {pid} 1\nend t {partition} {offset} {pid}")
        }
        _ => line.to_owned(),
    };
    let lines: Vec<String> = history.lines().map(whole).collect();
    let lines = lines.join("\n");
    let timed: Vec<String> = lines.lines().map(|line| format!("1 {line}")).collect();
    let text = timed.join("\n");
    let events: Vec<Event> = parse(&text).unwrap().into_iter().map(|line| line.event).collect();
    judge(&produced.iter().cloned().collect(), &events)
}

fn right(produced: &[(i32, Range<i64>)], history: &str) -> Verdict {
    let verdict = verdict(produced, history);
    assert!(verdict.is_clean(), "{verdict}\n{history}");
    verdict
}

fn wrong(produced: &[(i32, Range<i64>)], history: &str, expect: &str) {
    let verdict = verdict(produced, history);
    assert!(!verdict.is_clean(), "{history}");
    assert!(verdict.to_string().contains(expect), "expected `{expect}`, found `{verdict}`\n{history}");
}

#[test]
fn everything_once_and_in_order_is_right() {
    let verdict = right(&[(0, 0..2), (1, 5..6)], "done 0 0 7\ndone 1 5 8\ndone 0 1 7");
    assert_eq!((verdict.handled, verdict.repeated(), verdict.retried), (3, 0, 0));
    right(&[], "");
}

#[test]
fn a_hand_over_between_two_records_is_right() {
    right(&[(0, 0..3)], "done 0 0 7\ndone 0 1 7\ndone 0 2 8");
}

#[test]
fn what_was_never_handled_is_lost() {
    wrong(&[(0, 0..3)], "done 0 0 7\ndone 0 2 7", "1 lost: 0/1");
    wrong(&[(0, 0..1)], "", "1 lost: 0/0");
    wrong(&[(0, 0..2)], "done 0 0 7\nbegin 0 1 7", "1 lost: 0/1");
    wrong(&[(0, 0..2)], "done 0 0 7\nbegin 0 1 7\ngone 7 0:1", "1 lost: 0/1");
}

#[test]
fn a_repetition_after_the_death_of_who_had_it_in_flight_is_explained() {
    let verdict = right(&[(0, 0..2)], "done 0 0 7\nbegin 0 1 7\ngone 7 0:1\ndone 0 1 8");
    assert_eq!((verdict.repeated(), verdict.twice), (1, 0));
    let verdict = right(&[(0, 0..2)], "done 0 0 7\ndone 0 1 7\ngone 7 0:0\ndone 0 0 8\ndone 0 1 8");
    assert_eq!((verdict.explained[&7].len(), verdict.twice), (2, 2));
    right(&[(0, 0..1)], "done 0 0 7\ngone 7\ndone 0 0 8");
}

#[test]
fn a_repetition_without_a_death_between_is_wrong() {
    wrong(&[(0, 0..1)], "done 0 0 7\ndone 0 0 8", "repeated without a reason: 0/0; 0/0: OfTheLiving");
    wrong(&[(0, 0..1)], "done 0 0 7\ndone 0 0 7", "repeated without a reason");
    wrong(&[(0, 0..1)], "done 0 0 7\ngone 9 0:0\ndone 0 0 8", "repeated without a reason");
    wrong(&[(0, 0..1)], "done 0 0 7\ndone 0 0 8\ngone 7 0:0", "repeated without a reason");
    wrong(&[(0, 0..1)], "gone 7 0:0\ndone 0 0 9\ndone 0 0 8", "repeated without a reason");
}

#[test]
fn a_death_explains_nothing_that_was_committed() {
    wrong(&[(0, 0..1)], "done 0 0 7\ngone 7 0:1\ndone 0 0 8", "OfCommitted { first: 7, committed: 1 }");
}

#[test]
fn one_death_explains_one_repetition_and_not_the_next() {
    wrong(&[(0, 0..1)], "done 0 0 7\ngone 7 0:0\ndone 0 0 8\ndone 0 0 9", "1 repeated without a reason");
}

#[test]
fn a_failed_attempt_is_retried_by_the_same_process_and_counted() {
    assert_eq!(right(&[(0, 0..1)], "begin 0 0 7\nbegin 0 0 7 2\nend 0 0 7").retried, 1);
    wrong(&[(0, 0..1)], "begin 0 0 7\nbegin 0 0 7\nend 0 0 7", "repeated without a reason");
    wrong(&[(0, 0..1)], "done 0 0 7\nbegin 0 0 7 2\nend 0 0 7", "repeated without a reason");
    wrong(&[(0, 0..1)], "begin 0 0 7\nbegin 0 0 8 2\nend 0 0 8", "repeated without a reason");
}

#[test]
fn order_inside_a_partition_is_kept() {
    wrong(&[(0, 0..2)], "done 0 1 7\ndone 0 0 7", "1 out of order: 0/0");
    right(&[(0, 0..1), (1, 0..1)], "done 1 0 7\ndone 0 0 7");
}

#[test]
fn two_owners_at_once_are_wrong_unless_one_is_dead() {
    wrong(&[(0, 0..2)], "begin 0 0 7\ndone 0 1 8\nend 0 0 7", "begun while another process had the partition: 0/1");
    right(&[(0, 0..2), (1, 0..1)], "begin 0 0 7\ndone 1 0 8\nend 0 0 7\ndone 0 1 8");
}

#[test]
fn what_was_never_produced_is_told() {
    wrong(&[(0, 0..1)], "done 0 0 7\ndone 1 0 7", "1 never produced: 1/0");
    wrong(&[(0, 0..1)], "done 0 0 7\nend 0 3 7", "1 never produced: 0/3");
}

#[test]
fn what_failed_before_its_partition_was_taken_away_in_order_may_be_attempted_again() {
    let verdict = right(&[(0, 0..1)], "begin 0 0 7\nfailed 0 0 7\nrevoked 0 7 kept\ndone 0 0 8");
    assert_eq!((verdict.moved, verdict.twice, verdict.repeated()), (1, 0, 0));
    right(&[(0, 0..1)], "begin 0 0 7\nfailed 0 0 7\nshutdown 0 7\ndone 0 0 8");
    wrong(&[(0, 0..1)], "done 0 0 7\nshutdown 0 7\ndone 0 0 8", "repeated without a reason");
    wrong(&[(0, 0..1)], "done 0 0 7\nrevoked 0 7 kept\ndone 0 0 8", "repeated without a reason");
    wrong(&[(0, 0..1)], "revoked 0 7 kept\nbegin 0 0 7\nfailed 0 0 7\ndone 0 0 8", "repeated without a reason");
    wrong(&[(0, 0..1)], "begin 0 0 7\nfailed 0 0 7\nrevoked 1 7 kept\ndone 0 0 8", "repeated without a reason");
}

#[test]
fn a_process_hears_late_that_it_lost_a_partition() {
    let verdict = right(&[(0, 0..2)], "done 0 0 7\nbegin 0 1 7\ndone 0 0 8\nrevoked 0 7 lost\ndone 0 1 8");
    assert_eq!((verdict.moved, verdict.twice), (2, 1));
    wrong(&[(0, 0..1)], "done 0 0 7\ndone 0 0 8\nrevoked 0 8 lost", "repeated without a reason");
    wrong(&[(0, 0..1)], "revoked 0 7 lost\ndone 0 0 7\ndone 0 0 8", "repeated without a reason");
}
