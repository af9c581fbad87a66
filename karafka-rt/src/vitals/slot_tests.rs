//! Tests of the cells of one slot.

use super::*;

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn handler(partition: i32, budget: u64) -> Job {
    let budget = Some(s(budget));
    Job { kind: JobKind::Handler, topic: 1, partition, offset: 5, attempt: 1, budget, ..Job::of_kind(JobKind::Handler) }
}

#[test]
fn the_longest_silence_and_the_first_deadline_are_found() {
    let cells = SlotCells::on_heap();
    assert_eq!(cells.survey(s(0)), Survey::default());
    let quiet = cells.claim(Role::Listener, s(10)).unwrap();
    let loud = cells.claim(Role::Listener, s(10)).unwrap();
    let [slow, fast, idle] = std::array::from_fn(|_| cells.claim(Role::Worker, s(10)).unwrap());
    loud.tick(s(40));
    slow.begin(handler(0, 60), s(20));
    fast.begin(handler(1, 30), s(30));
    idle.end(s(11));

    let survey = cells.survey(s(0));
    assert_eq!(survey.silence, Some(Silence { listener: 0, since: s(10) }));
    assert_eq!(survey.late, Some(LateJob { job: handler(1, 30), due: s(60) }));

    quiet.begin(Job::of_kind(JobKind::Closing), s(12));
    assert_eq!(cells.survey(s(0)).silence, Some(Silence { listener: 1, since: s(40) }), "closing may take long");
    fast.wait_begin(s(31));
    assert_eq!(cells.survey(s(0)).late.unwrap().job.partition, 0, "a wait of the framework is nobody's lateness");
    drop(quiet);
    drop(loud);
    assert_eq!(cells.survey(s(0)).silence, None, "a stopped listener is not silent");
}

#[test]
fn a_watcher_that_slept_starts_all_clocks_again() {
    let cells = SlotCells::on_heap();
    let _listener = cells.claim(Role::Listener, s(10)).unwrap();
    let worker = cells.claim(Role::Worker, s(10)).unwrap();
    worker.begin(handler(0, 30), s(10));
    let survey = cells.survey(s(500));
    assert_eq!(survey.silence.unwrap().since, s(500));
    assert_eq!(survey.late.unwrap().due, s(530));
}

#[test]
fn threads_without_a_cell_are_counted_and_a_reset_frees_everything() {
    let cells = SlotCells::on_heap();
    let all: Vec<_> = (0..WORKERS).map(|_| cells.claim(Role::Worker, s(1)).unwrap()).collect();
    assert!(cells.claim(Role::Worker, s(1)).is_none());
    assert!(cells.claim(Role::Listener, s(1)).is_some(), "listeners have cells of their own");
    assert_eq!((cells.unwatched(Role::Worker), cells.unwatched(Role::Listener)), (1, 0));
    assert_eq!(cells.describe(s(1)), ["workers that found no cell and went unwatched: 1"]);
    std::mem::forget(all);
    cells.reset();
    assert_eq!(cells.unwatched(Role::Worker), 0);
    assert!(cells.claim(Role::Worker, s(1)).is_some());
}

#[test]
fn the_table_names_what_blocks() {
    let cells = SlotCells::on_heap();
    let _idle = cells.claim(Role::Worker, s(1)).unwrap();
    let worker = cells.claim(Role::Worker, s(1)).unwrap();
    worker.begin(Job { attempt: 3, ..handler(4, 30) }, s(2));
    assert_eq!(
        cells.describe(s(10)),
        ["worker 1: in its handler, topic #1 partition 4 offset 5, attempt 3 for 8.0s, silent for 8.0s"]
    );
    let topics = Box::leak(Box::new(["flights".to_owned(), "orders".to_owned()]));
    assert_eq!(
        cells.naming(topics).describe(s(10)),
        ["worker 1: in its handler, orders/4 offset 5, attempt 3 for 8.0s, silent for 8.0s"]
    );
}

#[test]
fn the_remains_tell_the_job_of_a_crash_from_those_beside_it() {
    let cells = SlotCells::on_heap();
    let [calm, crashed, idle] = std::array::from_fn(|_| cells.claim(Role::Worker, s(1)).unwrap());
    calm.begin(handler(1, 30), s(2));
    crashed.begin(handler(2, 30), s(2));
    idle.end(s(2));
    assert_eq!(
        cells.remains(),
        Remains { crash: Crash::None, jobs: vec![handler(1, 30), handler(2, 30)], in_order: false }
    );
    let (word, bits) = cells.crash_mark();
    word.fetch_or(bits, Ordering::Relaxed);
    assert_eq!(cells.remains().crash, Crash::Elsewhere);
    let (word, bits) = crashed.crash_mark();
    word.fetch_or(bits, Ordering::Relaxed);
    assert_eq!(cells.remains().crash, Crash::In(handler(2, 30)));
    cells.leave_in_order();
    assert!(cells.remains().in_order);
    std::mem::forget([calm, crashed, idle]);
    cells.reset();
    assert_eq!(cells.remains(), Remains::default());
}
