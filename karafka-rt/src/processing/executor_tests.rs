//! A partition and the executor together, without threads and without Kafka.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::*;
use crate::consumer::Context;
use crate::consumer::{
    CommitPort, Consume, ConsumeEach, Consumer, Destination, Epoch, Hooks, NoTransactions, Outgoing, Port,
    ProduceError, Producer, Receipt, States, Tick, Vtable,
};
use crate::message::HandlerError;
use crate::message::{Batch, Message, Origin, OwnedMessage, Raw, Result};
use crate::processing::{Effect, Partition};
use crate::topology::{Counting, DeadLetter, DeadLetterTarget, Offsets, Oversized, Periodic, Policies};
use crate::vitals::SuspectTable;

struct NoKafka;

impl Port for NoKafka {
    fn produce(&self, _: &Outgoing<'_>, receipt: Receipt) -> std::result::Result<(), (ProduceError, Receipt)> {
        Err((ProduceError::Unavailable("no Kafka here".into()), receipt))
    }

    fn partitions(&self, _: Destination<'_>, _: Duration) -> std::result::Result<i32, ProduceError> {
        Err(ProduceError::Unavailable("no Kafka here".into()))
    }
}

impl CommitPort for NoKafka {
    fn commit(&self, _: Origin) -> bool {
        false
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

/// Fails at each record.
struct Failing;

impl Consumer for Failing {
    type Payload = Raw;
    type Codec = Raw;
    const HOOKS: Hooks<Self> = Hooks { each: Some(<Self as ConsumeEach>::consume_each), ..Hooks::NONE };
    fn create(_: &States) -> Self {
        Self
    }
}

impl ConsumeEach for Failing {
    fn consume_each(&mut self, _: Message<'_, Raw>, _: &mut Context<'_>) -> Result {
        Err("the database is slow".into())
    }
}

/// Marks every record first (at most once), and finds the one at offset 3 to be broken.
struct MarksFirst;

impl Consumer for MarksFirst {
    type Payload = Raw;
    type Codec = Raw;
    const HOOKS: Hooks<Self> = Hooks { each: Some(<Self as ConsumeEach>::consume_each), ..Hooks::NONE };
    fn create(_: &States) -> Self {
        Self
    }
}

impl ConsumeEach for MarksFirst {
    fn consume_each(&mut self, message: Message<'_, Raw>, cx: &mut Context<'_>) -> Result {
        cx.mark(message)?;
        if message.offset() == 3 { Err(HandlerError::permanent("broken")) } else { Ok(()) }
    }
}

static FAILING: Vtable = <Failing as Consumer>::VTABLE;
static MARKS_FIRST: Vtable = <MarksFirst as Consumer>::VTABLE;
static DEAD_LETTERS: Policies = Policies {
    dead_letter: Some(DeadLetter {
        target: DeadLetterTarget::Topic("dead"),
        max_retries: 2,
        counting: Counting::Independent,
        isolate: true,
        oversized: Oversized::Wait,
    }),
    ..Policies::DEFAULT
};
static DEAD_LETTERS_MANUAL: Policies = Policies { offsets: Offsets::Manual, ..DEAD_LETTERS };
static PLAIN: Policies = Policies::DEFAULT;

fn partition(consumer: &'static Vtable, policies: &'static Policies) -> Partition {
    let seat = Seat {
        origin: Origin { topic: "t", partition: 0, epoch: 1 },
        node: 0,
        epoch: Arc::new(Epoch::new(1)),
        stopping: Arc::new(AtomicBool::new(false)),
        producer: Producer::new(Arc::new(NoKafka), Duration::from_secs(1)),
        dead_letters: Arc::new(NoKafka),
        commits: Arc::new(NoKafka),
        transactions: Arc::new(NoTransactions),
        membership: Arc::new(NoTransactions),
    };
    let suspects = SuspectTable::none();
    let route = Route { index: 0, topic: "t", group: "g", policies, consumer, states: Arc::default(), suspects };
    Partition::new(Arc::new(seat), Arc::new(route), Duration::ZERO)
}

fn accept(partition: &mut Partition, offsets: std::ops::Range<i64>) {
    let record = |offset| Record::Owned(Box::new(OwnedMessage { offset, ..OwnedMessage::default() }));
    partition.accept(offsets.map(record), Duration::ZERO);
}

fn run(partition: &mut Partition, now: Duration) -> Option<Effect> {
    let job = partition.next(now).expect("there is work");
    partition.absorb(execute(job, &Still), now, 1.0)
}

#[test]
fn after_a_seek_back_a_failure_drops_no_record() {
    let mut partition = partition(&FAILING, &PLAIN);
    // Progress of before the seek: `SeekTo::Earliest`, a seek of a tick, and every seek with manual offsets leave it.
    assert!(partition.seat().epoch.mark(100));
    accept(&mut partition, 0..10);
    run(&mut partition, Duration::ZERO);
    let job = partition.next(Duration::from_mins(1)).expect("the retry");
    let Work::Consume { records, .. } = job.work else { panic!("a handler call") };
    let offsets: Vec<i64> = records.iter().map(Record::offset).collect();
    assert_eq!(offsets, (0..10).collect::<Vec<_>>());
}

#[test]
fn the_record_that_failed_is_the_one_that_is_dead_lettered() {
    let dispatched = [&DEAD_LETTERS, &DEAD_LETTERS_MANUAL].map(|policies| {
        let mut partition = partition(&MARKS_FIRST, policies);
        accept(&mut partition, 0..10);
        run(&mut partition, Duration::ZERO);
        let job = partition.next(Duration::ZERO).expect("the dead letter");
        let Work::Dispatch(letter) = job.work else { panic!("a dead letter") };
        (letter.record.offset(), letter.failure.offset)
    });
    assert_eq!(dispatched, [(3, 3), (3, 3)], "automatic and manual offsets");
}

#[test]
fn a_dead_letter_moves_progress_past_its_own_record_only() {
    let mut partition = partition(&MARKS_FIRST, &DEAD_LETTERS);
    accept(&mut partition, 0..10);
    run(&mut partition, Duration::ZERO);
    let Job { seat, tenant, work, .. } = partition.next(Duration::ZERO).expect("the dead letter");
    let Work::Dispatch(letter) = work else { panic!("a dead letter") };
    let report = Report::Dispatched(letter, Ok(()));
    partition.absorb(Done { origin: seat.origin, tenant, report }, Duration::ZERO, 1.0);
    assert_eq!(seat.epoch.marked(), Some(4), "record 4 was never handed over");
}

#[test]
fn a_job_of_a_lost_partition_calls_no_handler() {
    struct Batches;
    impl Consumer for Batches {
        type Payload = Raw;
        type Codec = Raw;
        const HOOKS: Hooks<Self> = Hooks { batch: Some(<Self as Consume>::consume), ..Hooks::NONE };
        fn create(_: &States) -> Self {
            Self
        }
    }
    impl Consume for Batches {
        fn consume(&mut self, _: Batch<'_, Raw>, _: &mut Context<'_>) -> Result {
            panic!("called for a partition that others own already")
        }
    }
    static BATCHES: Vtable = <Batches as Consumer>::VTABLE;
    let mut partition = partition(&BATCHES, &PLAIN);
    accept(&mut partition, 0..1);
    let job = partition.next(Duration::ZERO).expect("work");
    // It waits for a worker; meanwhile the partition is lost.
    partition.seat().epoch.advance(EpochPhase::Dead);
    let Report::Consumed(consumed) = execute(job, &Still).report else { panic!("a handler's job") };
    assert!(consumed.failure.is_none());
}

#[test]
fn trouble_with_brokers_uses_up_no_retries() {
    struct Away;
    impl Consumer for Away {
        type Payload = Raw;
        type Codec = Raw;
        const HOOKS: Hooks<Self> = Hooks { each: Some(<Self as ConsumeEach>::consume_each), ..Hooks::NONE };
        fn create(_: &States) -> Self {
            Self
        }
    }
    impl ConsumeEach for Away {
        fn consume_each(&mut self, _: Message<'_, Raw>, cx: &mut Context<'_>) -> Result {
            if cx.attempt() <= 5 { Err(HandlerError::unavailable("away")) } else { Err("one real failure".into()) }
        }
    }
    static AWAY: Vtable = <Away as Consumer>::VTABLE;
    let mut partition = partition(&AWAY, &DEAD_LETTERS);
    accept(&mut partition, 0..1);
    for minute in 0..6 {
        run(&mut partition, Duration::from_mins(minute));
    }
    let job = partition.next(Duration::from_mins(10)).expect("the second real attempt");
    assert!(matches!(job.work, Work::Consume { .. }), "dead-lettered after its first failure, with `max_retries` 2");
}

#[test]
fn an_error_that_cannot_be_shown_kills_no_worker() {
    #[derive(Debug)]
    struct Shy;
    impl std::fmt::Display for Shy {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("an index out of bounds in a user's `Display`")
        }
    }
    impl std::error::Error for Shy {}
    struct Fails;
    impl Consumer for Fails {
        type Payload = Raw;
        type Codec = Raw;
        const HOOKS: Hooks<Self> = Hooks { each: Some(<Self as ConsumeEach>::consume_each), ..Hooks::NONE };
        fn create(_: &States) -> Self {
            Self
        }
    }
    impl ConsumeEach for Fails {
        fn consume_each(&mut self, _: Message<'_, Raw>, _: &mut Context<'_>) -> Result {
            Err(Shy)?
        }
    }
    static FAILS: Vtable = <Fails as Consumer>::VTABLE;
    let mut partition = partition(&FAILS, &PLAIN);
    accept(&mut partition, 0..1);
    run(&mut partition, Duration::ZERO);
}

#[test]
fn a_tick_that_takes_longer_than_its_interval_starves_no_records() {
    struct Ticks;
    impl Consumer for Ticks {
        type Payload = Raw;
        type Codec = Raw;
        const HOOKS: Hooks<Self> =
            Hooks { each: Some(<Self as ConsumeEach>::consume_each), tick: Some(<Self as Tick>::tick), ..Hooks::NONE };
        fn create(_: &States) -> Self {
            Self
        }
    }
    impl ConsumeEach for Ticks {
        fn consume_each(&mut self, _: Message<'_, Raw>, _: &mut Context<'_>) -> Result {
            Ok(())
        }
    }
    impl Tick for Ticks {
        fn tick(&mut self, _: &mut Context<'_>) -> Result {
            Ok(())
        }
    }
    static TICKS: Vtable = <Ticks as Consumer>::VTABLE;
    static PERIODIC: Policies = Policies {
        periodic: Some(Periodic { interval: Duration::from_secs(5), during_pause: true, during_retry: false }),
        ..Policies::DEFAULT
    };
    let mut partition = partition(&TICKS, &PERIODIC);
    accept(&mut partition, 0..10);
    let mut now = Duration::from_secs(5);
    let mut handed_over = 0;
    for _ in 0..100 {
        let job = partition.next(now).expect("there is work");
        handed_over += usize::from(matches!(job.work, Work::Consume { .. }));
        // A tick that flushes to a slow database.
        now += Duration::from_secs(6);
        partition.absorb(execute(job, &Still), now, 1.0);
    }
    assert!(handed_over > 0, "100 ticks and no records");
}
