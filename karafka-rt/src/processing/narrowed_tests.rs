//! A partition whose batches fail, on a clock of the test's, with a dead letter queue in memory.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::consumer::{
    CommitPort, Consume, Consumer, Context, Destination, Epoch, EpochPhase, Hooks, NoTransactions, Outgoing, Port,
    ProduceError, Producer, Pulse, Receipt, Seat, States, Vtable,
};
use crate::message::{Batch, HandlerError, Origin, OwnedMessage, Record, Result, Utf8};
use crate::processing::job::{Hook, Route};
use crate::processing::{Handed, Partition, Watch, execute};
use crate::topology::{Counting, DeadLetter, DeadLetterTarget, Offsets, Oversized, Policies};
use crate::vitals::SuspectTable;

/// What the handler does, and what it saw.
#[derive(Default)]
struct Script {
    poison: BTreeSet<i64>,
    /// Everything fails.
    is_down: bool,
    /// Everything fails as unavailable.
    is_away: bool,
    marks: bool,
    /// Asks for a pause at this record, once.
    pauses_at: Option<i64>,
    calls: Vec<Vec<i64>>,
    done: Vec<i64>,
}

thread_local! {
    static SCRIPT: RefCell<Script> = RefCell::default();
}

fn script<R>(with: impl FnOnce(&mut Script) -> R) -> R {
    SCRIPT.with(|script| with(&mut script.borrow_mut()))
}

struct Scripted;

impl Consumer for Scripted {
    type Payload = String;
    type Codec = Utf8;
    const HOOKS: Hooks<Self> = Hooks { batch: Some(<Self as Consume>::consume), ..Hooks::NONE };
    fn create(_: &States) -> Self {
        Self
    }
}

impl Consume for Scripted {
    fn consume(&mut self, batch: Batch<'_, String>, cx: &mut Context<'_>) -> Result {
        script(|script| script.calls.push(batch.iter().map(|message| message.offset()).collect()));
        let mut done = Vec::new();
        for message in batch {
            let offset = message.offset();
            message.payload()?;
            script(|script| match (script.is_down, script.is_away) {
                (true, _) => Err("the database is down".into()),
                (_, true) => Err(HandlerError::unavailable("away")),
                _ if script.poison.contains(&offset) => Err(format!("poison {offset}").into()),
                _ => Ok(()),
            })?;
            if script(|script| script.pauses_at.take_if(|at| *at == offset).is_some()) {
                cx.pause(message, Duration::from_mins(1))?;
            }
            if script(|script| script.marks) {
                cx.mark(message)?;
                script(|script| script.done.push(offset));
            } else {
                done.push(offset);
            }
        }
        script(|script| script.done.extend(done));
        Ok(())
    }
}

/// Takes every dead letter.
#[derive(Default)]
struct Queue(Mutex<Vec<i64>>);

impl Port for Queue {
    fn produce(&self, record: &Outgoing<'_>, receipt: Receipt) -> std::result::Result<(), (ProduceError, Receipt)> {
        let of =
            |name: &str| record.headers.iter().find(|(header, _)| header == name).and_then(|(_, value)| value.clone());
        let text =
            String::from_utf8(of("karafka-source-offset").expect("every letter says where from")).expect("digits");
        self.0.lock().expect("no panic").push(text.parse().expect("a number"));
        receipt.settle(Ok(()));
        Ok(())
    }
    fn partitions(&self, _: Destination<'_>, _: Duration) -> std::result::Result<i32, ProduceError> {
        Ok(1)
    }
}

impl CommitPort for Queue {
    fn commit(&self, _: Origin) -> bool {
        true
    }
}

struct Still;

impl Watch for Still {
    fn now(&self) -> Duration {
        Duration::ZERO
    }
    fn handler(&self, _: &Route, _: &Seat, _: Handed) {}
    fn hook(&self, _: &Route, _: &Seat, _: Hook) {}
    fn wait_begin(&self) {}
    fn wait_end(&self) {}
    fn pulse(&self) -> Option<Arc<dyn Pulse>> {
        None
    }
}

const fn policies(isolate: bool, offsets: Offsets, target: DeadLetterTarget) -> Policies {
    let dead_letter = Some(DeadLetter {
        target,
        max_retries: 1,
        counting: Counting::Collective,
        isolate,
        oversized: Oversized::Wait,
    });
    Policies { offsets, dead_letter, ..Policies::DEFAULT }
}

const DEAD: DeadLetterTarget = DeadLetterTarget::Topic("dead");
static ISOLATE: Policies = policies(true, Offsets::Automatic, DEAD);
static ISOLATE_MANUAL: Policies = policies(true, Offsets::Manual, DEAD);
static SKIP: Policies = policies(true, Offsets::Automatic, DeadLetterTarget::Skip);
static FIRST: Policies = policies(false, Offsets::Automatic, DEAD);
static SCRIPTED: Vtable = <Scripted as Consumer>::VTABLE;

struct Bench {
    partition: Partition,
    queue: Arc<Queue>,
    now: Duration,
}

impl Bench {
    /// Records whose offset is in `undecodable` are not UTF-8.
    fn new(policies: &'static Policies, records: std::ops::Range<i64>, undecodable: &[i64]) -> Self {
        script(|script| *script = Script::default());
        let queue = Arc::new(Queue::default());
        let seat = Seat {
            origin: Origin { topic: "t", partition: 0, epoch: 1 },
            node: 0,
            epoch: Arc::new(Epoch::new(1)),
            stopping: Arc::new(AtomicBool::new(false)),
            producer: Producer::new(queue.clone(), Duration::from_secs(1)),
            dead_letters: queue.clone(),
            commits: queue.clone(),
            transactions: Arc::new(NoTransactions),
            membership: Arc::new(NoTransactions),
        };
        let suspects = SuspectTable::none();
        let consumer = &SCRIPTED;
        let route = Route { index: 0, topic: "t", group: "g", policies, consumer, states: Arc::default(), suspects };
        let mut partition = Partition::new(Arc::new(seat), Arc::new(route), Duration::ZERO);
        partition.repositioned(records.start);
        let record = |offset| {
            let payload = Some(if undecodable.contains(&offset) { vec![0xFF] } else { b"fine".to_vec() });
            Record::Owned(Box::new(OwnedMessage { offset, payload, ..OwnedMessage::default() }))
        };
        partition.accept(records.map(record), Duration::ZERO);
        Self { partition, queue, now: Duration::ZERO }
    }

    /// Runs jobs, and lets time pass when there is none, until nothing is to be done or `jobs` have run. How many ran.
    fn run(&mut self, jobs: usize) -> usize {
        for ran in 0..jobs {
            let job = self.partition.next(self.now).or_else(|| {
                self.now = self.partition.wakes_at(self.now)?;
                self.partition.next(self.now)
            });
            let Some(job) = job else { return ran };
            self.partition.absorb(execute(job, &Still), self.now, 1.0);
        }
        jobs
    }

    fn dead(&self) -> Vec<i64> {
        self.queue.0.lock().expect("no panic").clone()
    }

    fn marked(&self) -> Option<i64> {
        self.partition.seat().epoch.marked()
    }
}

fn good(of: std::ops::Range<i64>, bad: &[i64]) -> Vec<i64> {
    of.filter(|offset| !bad.contains(offset)).collect()
}

#[test]
fn exactly_the_bad_records_are_dead_lettered_and_the_others_done_once() {
    for marks in [false, true] {
        for (poison, undecodable) in [
            (vec![37], vec![]),
            (vec![0], vec![]),
            (vec![99], vec![]),
            (vec![0, 1, 2], vec![]),
            (vec![3, 17, 18, 40, 63, 64, 99], vec![]),
            (vec![], vec![50]),
            (vec![], (30..70).collect()),
            (vec![], (0..100).collect()),
            (vec![5, 98], vec![6, 7, 99]),
            // Looks like a database that is down, until the good record behind them is tried.
            ((0..4).collect(), vec![]),
            ((0..11).collect(), vec![]),
            (vec![97, 98, 99], vec![]),
        ] {
            let mut bench = Bench::new(&ISOLATE, 0..100, &undecodable);
            script(|script| (script.poison, script.marks) = (poison.iter().copied().collect(), marks));
            bench.run(2_000);
            let mut bad: Vec<i64> = poison.iter().chain(&undecodable).copied().collect();
            bad.sort_unstable();
            assert_eq!(bench.dead(), bad, "marks {marks}");
            let (calls, mut done) =
                script(|script| (std::mem::take(&mut script.calls), std::mem::take(&mut script.done)));
            done.sort_unstable();
            // Behind several that wait for the vote, a record comes again in order.
            done.dedup();
            assert_eq!(done, good(0..100, &bad), "{poison:?} {undecodable:?} marks {marks}");
            assert_eq!(bench.marked(), Some(100), "{poison:?} {undecodable:?} marks {marks}");
            if let ([_], [], false) = (&*poison, &*undecodable, marks) {
                assert!(calls.len() - 2 <= 14, "1 + 2·log₂ 100 extra calls, found {}: {calls:?}", calls.len() - 2);
            }
        }
    }
}

#[test]
fn undecodable_records_are_put_away_without_any_wait() {
    let undecodable: Vec<i64> = (10..50).collect();
    let mut bench = Bench::new(&ISOLATE, 0..100, &undecodable);
    bench.run(1_000);
    assert_eq!((bench.dead(), bench.now), (undecodable, Duration::ZERO));
    assert_eq!(script(|script| script.calls.len()), 3, "the batch, and the two parts that decode");
}

#[test]
fn a_dead_database_dead_letters_nothing_and_is_over_by_itself() {
    let mut bench = Bench::new(&ISOLATE, 0..100, &[]);
    script(|script| script.is_down = true);
    bench.run(60);
    assert_eq!((bench.dead(), bench.marked()), (vec![], None));
    assert!(bench.now > Duration::from_mins(1), "it waits between its attempts: {:?}", bench.now);
    script(|script| script.is_down = false);
    bench.run(60);
    assert_eq!((bench.dead(), bench.marked()), (vec![], Some(100)));
    let mut done = script(|script| script.done.clone());
    done.sort_unstable();
    done.dedup();
    assert_eq!(done, good(0..100, &[]));
}

#[test]
fn what_is_unavailable_in_the_middle_dead_letters_nothing() {
    let mut bench = Bench::new(&ISOLATE, 0..8, &[]);
    script(|script| script.poison = [6].into());
    // The last attempt fails, the left half is done, then the dependency goes away.
    while script(|script| script.done.is_empty()) {
        assert_eq!(bench.run(1), 1);
        script(|script| script.is_away = !script.done.is_empty());
    }
    bench.run(20);
    assert!(bench.dead().is_empty());
    script(|script| script.is_away = false);
    bench.run(60);
    assert_eq!((bench.dead(), bench.marked()), (vec![6], Some(8)));
}

#[test]
fn a_revoked_partition_dead_letters_nothing() {
    for jobs in 0..12 {
        let mut bench = Bench::new(&ISOLATE, 0..16, &[]);
        script(|script| script.poison = [0, 9].into());
        bench.run(jobs);
        let (dead, calls) = (bench.dead(), script(|script| script.calls.len()));
        let job = bench.partition.next(Duration::from_hours(1));
        bench.partition.seat().epoch.advance(EpochPhase::Revoking);
        if let Some(job) = job {
            bench.partition.absorb(execute(job, &Still), Duration::from_hours(1), 1.0);
        }
        bench.run(100);
        assert_eq!((bench.dead(), script(|script| script.calls.len())), (dead, calls), "after {jobs} jobs");
    }
}

#[test]
fn progress_never_passes_a_record_that_waits_for_the_vote() {
    for jobs in 0..40 {
        for marks in [false, true] {
            let mut bench = Bench::new(&ISOLATE, 0..10, &[]);
            script(|script| (script.poison, script.marks) = ([0, 1, 2].into(), marks));
            bench.run(jobs);
            let dead = bench.dead();
            let undone = (0..10).find(|offset| {
                !dead.contains(offset) && (*offset < 3 || !script(|script| script.done.contains(offset)))
            });
            let marked = bench.marked().unwrap_or(0);
            assert!(
                undone.is_none_or(|undone| marked <= undone),
                "{marked} passes {undone:?} after {jobs} jobs, dead {dead:?}"
            );
        }
    }
}

#[test]
fn a_pause_behind_a_record_that_waits_drops_nothing() {
    let mut bench = Bench::new(&ISOLATE, 0..4, &[]);
    script(|script| (script.poison, script.pauses_at) = ([0].into(), Some(1)));
    bench.run(100);
    assert_eq!((bench.dead(), bench.marked()), (vec![0], Some(4)));
}

#[test]
fn without_a_queue_bad_records_are_skipped_and_with_isolate_false_the_first_one_goes() {
    let mut bench = Bench::new(&SKIP, 0..10, &[]);
    script(|script| script.poison = [4, 7].into());
    bench.run(200);
    assert_eq!(
        (bench.dead(), bench.marked(), script(|script| script.done.clone())),
        (vec![], Some(10), good(0..10, &[4, 7]))
    );

    let mut bench = Bench::new(&FIRST, 0..10, &[]);
    script(|script| script.poison = [2].into());
    bench.run(200);
    assert_eq!((bench.dead(), bench.marked()), (vec![0, 1, 2], Some(10)));
}

#[test]
fn manual_offsets_move_only_by_marks_and_by_what_is_put_away_next_to_them() {
    for (poison, marks, marked) in [(0, false, Some(1)), (5, false, None), (5, true, Some(8)), (0, true, Some(8))] {
        let mut bench = Bench::new(&ISOLATE_MANUAL, 0..8, &[]);
        script(|script| (script.poison, script.marks) = ([poison].into(), marks));
        bench.run(200);
        assert_eq!((bench.dead(), bench.marked()), (vec![poison], marked), "{poison} marks {marks}");
    }
}
