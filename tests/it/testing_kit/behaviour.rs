//! What happens to records in the harness.

use std::time::Duration;

use karafka_rt::prelude::*;
use karafka_rt::testing::Harness;
use serde::{Deserialize, Serialize};

const SECOND: Duration = Duration::from_secs(1);

/// What the handler does with a reading.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Reading {
    Fine(i64),
    /// Fails so many times.
    Flaky(u32),
    Broken,
    /// The database is away.
    Away(u32),
    Pause(u64),
    Back(i64),
    Report(String),
}

#[derive(Consumer)]
#[consumer(payload = Reading)]
struct Meter {
    seen: Vec<i64>,
    ticks: u64,
}

impl ConsumeEach for Meter {
    fn consume_each(&mut self, reading: Message<'_, Reading>, cx: &mut Context<'_>) -> Result {
        self.seen.push(reading.offset());
        match reading.payload()? {
            Reading::Flaky(times) if cx.attempt() <= *times => Err("a hiccup".into()),
            Reading::Broken => Err(HandlerError::permanent("a broken meter")),
            Reading::Away(times) if cx.attempt() <= *times => Err(HandlerError::unavailable("the database is away")),
            Reading::Pause(seconds) if self.seen.iter().filter(|at| **at == reading.offset()).count() == 1 => {
                cx.pause(reading, Duration::from_secs(*seconds))
            }
            Reading::Back(offset) if self.seen.iter().filter(|at| **at == reading.offset()).count() == 1 => {
                cx.seek(SeekTo::Offset(*offset))
            }
            Reading::Report(text) => {
                cx.produce_record::<meters::Reports>(Record::new(text).key("k").header("from", cx.topic()))
            }
            Reading::Fine(_) | Reading::Flaky(_) | Reading::Away(_) | Reading::Pause(_) | Reading::Back(_) => Ok(()),
        }
    }
}

impl Tick for Meter {
    fn tick(&mut self, cx: &mut Context<'_>) -> Result {
        self.ticks += 1;
        cx.produce::<meters::Ticks>((), &format!("{} {} {}", cx.partition(), self.ticks, self.seen.len()))
    }
}

impl Revoked for Meter {
    fn revoked(&mut self, cx: &mut Context<'_>) -> Result {
        cx.produce::<meters::Ticks>((), &format!("revoked after {}", self.seen.len()))
    }
}

impl Shutdown for Meter {
    fn shutdown(&mut self, cx: &mut Context<'_>) -> Result {
        cx.produce::<meters::Ticks>((), &format!("stopped after {}", self.seen.len()))
    }
}

/// Sums up batches.
#[derive(Consumer)]
#[consumer(payload = String, codec = Utf8)]
struct Sums;

impl Consume for Sums {
    fn consume(&mut self, batch: Batch<'_, String>, cx: &mut Context<'_>) -> Result {
        let texts: Vec<&str> = batch.iter().filter_map(|one| one.payload().ok()).map(String::as_str).collect();
        cx.produce::<meters::Sums>((), &texts.join("+"))
    }
}

routes! {
    mod meters as "meters";
    pause(timeout: 1s, max_timeout: 4s);

    topic "readings" {
        consumer Meter;
        periodic(interval: 10s);
        dead_letter_queue(topic: "readings.dead", max_retries: 2);
    }
    topic "readings.dead";
    topic "reports" { produce(String, codec: Utf8); consumer Sums; max_messages 2; max_wait_time 5s; }
    topic "ticks" { produce(String, codec: Utf8); }
    topic "sums" { produce(String, codec: Utf8); }
}

fn harness(readings: &[Reading]) -> Harness {
    let mut harness = Harness::new(meters::ROUTES);
    for reading in readings {
        harness.deliver::<meters::Readings>("m1", reading);
    }
    harness
}

/// Lets a second pass so often, and expects this progress after each.
fn check_progress(readings: &[Reading], seconds: &[i64]) -> Harness {
    let mut harness = harness(readings);
    harness.run_until_idle();
    for (second, expected) in seconds.iter().enumerate() {
        let progress = harness.progress::<meters::Readings>(0).unwrap_or(0);
        assert_eq!(progress, *expected, "{readings:?} after {second} s");
        harness.advance(SECOND);
    }
    harness
}

#[test]
fn progress_waits_for_the_back_off_of_the_failing_record() {
    use Reading::{Away, Broken, Fine, Flaky};
    // 1 s, 2 s, then 4 s at most.
    check_progress(&[Fine(1), Fine(2)], &[2]);
    check_progress(&[Fine(1), Flaky(1), Fine(2)], &[1, 3]);
    check_progress(&[Flaky(2), Fine(2)], &[0, 0, 0, 2]);
    check_progress(&[Away(4)], &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    check_progress(&[Broken, Fine(2)], &[2]);
}

#[test]
fn a_record_that_keeps_failing_is_dead_lettered_as_it_was_and_says_why() {
    let mut harness = harness(&[Reading::Fine(1), Reading::Flaky(9)]);
    harness.deliver_record::<meters::Readings>(
        &Record::new(&Reading::Broken).key("m2").header("color", "blue").timestamp(77),
    );
    harness.advance(10 * SECOND);
    let letters = harness.dead_letters();
    let told = |index: usize, name: &str| letters[index].header(name).unwrap_or_default();
    assert_eq!((letters.len(), letters[0].topic(), letters[0].partition()), (2, "readings.dead", 0));
    assert_eq!((told(0, "karafka-source-offset"), told(0, "karafka-attempts")), ("1".into(), "3".into()));
    assert!(told(0, "karafka-error").contains("a hiccup"));
    assert_eq!(
        (letters[1].key(), told(1, "color"), told(1, "karafka-source-timestamp")),
        (Some(&b"m2"[..]), "blue".into(), "77".into())
    );
    assert_eq!(letters[1].bytes(), Some(&br#""Broken""#[..]));
    let attempts: Vec<_> = harness.failures().iter().map(|failure| (failure.offset, failure.attempt)).collect();
    assert_eq!(attempts, [(1, 1), (1, 2), (1, 3), (2, 1)]);
    assert_eq!(harness.progress::<meters::Readings>(0), Some(3));
}

#[test]
fn what_does_not_decode_is_dead_lettered_at_once_and_a_tombstone_too() {
    let mut harness = harness(&[]);
    harness.deliver_bytes::<meters::Readings>("m", b"{no json");
    harness.deliver_record::<meters::Readings>(&Record::<Reading>::tombstone().key("m"));
    harness.run_until_idle();
    let bytes: Vec<_> = harness.dead_letters().iter().map(|letter| letter.bytes().map(<[u8]>::to_vec)).collect();
    assert_eq!(bytes, [Some(b"{no json".to_vec()), None]);
}

#[test]
fn pauses_and_seeks_hold_and_replay() {
    use Reading::{Back, Fine, Pause};
    check_progress(&[Fine(1), Pause(3), Fine(2)], &[1, 1, 1, 3]);
    let mut harness = check_progress(&[Fine(1), Fine(2), Back(0), Fine(3)], &[4]);
    harness.stop();
    let last = harness.produced::<meters::Ticks>();
    assert_eq!(last.last().map(|tick| tick.decode::<Utf8, String>().unwrap()).as_deref(), Some("stopped after 7"));
}

#[test]
fn ticks_come_at_their_own_time_with_and_without_records() {
    let mut harness = harness(&[]);
    harness.advance(Duration::from_secs(25));
    harness.deliver::<meters::Readings>("m", &Reading::Fine(1));
    harness.advance(Duration::from_secs(5));
    let ticks: Vec<String> =
        harness.produced::<meters::Ticks>().iter().map(|tick| tick.decode::<Utf8, String>().unwrap()).collect();
    assert_eq!(ticks, ["0 1 0", "0 2 0", "0 3 1"]);
    assert_eq!(harness.next_due(), Some(Duration::from_secs(10)));
}

#[test]
fn a_refused_product_fails_its_attempt_and_progress_waits() {
    let mut harness = harness(&[Reading::Report("a".into())]);
    harness.fail_next_produce(&ProduceError::Unavailable("no leader".into()));
    harness.run_until_idle();
    assert_eq!(harness.progress::<meters::Readings>(0), None);
    assert!(harness.failures()[0].text.contains("no leader"));
    assert!(harness.produced::<meters::Reports>().is_empty());
    harness.advance(SECOND);
    let reports = harness.produced::<meters::Reports>();
    assert_eq!((harness.progress::<meters::Readings>(0), reports.len()), (Some(1), 1));
    assert_eq!((reports[0].header("from"), reports[0].key()), (Some("readings".into()), Some(&b"k"[..])));
}

#[test]
fn a_dead_letter_that_is_not_taken_holds_its_partition_and_is_written_once() {
    let mut harness = harness(&[Reading::Broken, Reading::Fine(1)]);
    harness.fail_next_dead_letter(&ProduceError::Topic { topic: "readings.dead".into(), reason: "missing".into() });
    harness.run_until_idle();
    assert_eq!((harness.dead_letters().len(), harness.progress::<meters::Readings>(0)), (0, None));
    harness.advance(SECOND);
    assert_eq!((harness.dead_letters().len(), harness.progress::<meters::Readings>(0)), (1, Some(2)));
}

#[test]
fn batches_fill_up_to_their_size_or_their_time_and_products_reach_their_consumers() {
    let mut harness = harness(&["a", "b", "c"].map(|text| Reading::Report(text.into())));
    let sums = |harness: &mut Harness| -> Vec<String> {
        harness.produced::<meters::Sums>().iter().map(|sum| sum.decode::<Utf8, String>().unwrap()).collect()
    };
    harness.run_until_idle();
    assert_eq!(sums(&mut harness), ["a+b"]);
    harness.advance(Duration::from_secs(5));
    assert_eq!(sums(&mut harness), ["a+b", "c"]);
}

#[test]
fn a_partition_that_moves_begins_a_new_instance_at_its_progress() {
    let mut harness = harness(&[Reading::Fine(1), Reading::Fine(2), Reading::Flaky(1)]);
    harness.run_until_idle();
    harness.revoke::<meters::Readings>(0);
    harness.advance(SECOND);
    assert_eq!(harness.progress::<meters::Readings>(0), Some(2), "nothing is handed over meanwhile");
    harness.assign::<meters::Readings>(0);
    harness.advance(SECOND);
    harness.stop();
    let ticks: Vec<String> =
        harness.produced::<meters::Ticks>().iter().map(|tick| tick.decode::<Utf8, String>().unwrap()).collect();
    // The third record is new to the second instance: its first attempt there fails as well.
    assert_eq!(ticks, ["revoked after 3", "stopped after 2"]);
    assert_eq!(harness.progress::<meters::Readings>(0), Some(3));
}

#[test]
fn what_retention_took_is_passed_over() {
    let mut harness = harness(&[Reading::Pause(5), Reading::Fine(1), Reading::Fine(2), Reading::Fine(3)]);
    harness.run_until_idle();
    harness.revoke::<meters::Readings>(0);
    harness.expire::<meters::Readings>(0, 3);
    harness.assign::<meters::Readings>(0);
    harness.run_until_idle();
    harness.stop();
    let ticks = harness.produced::<meters::Ticks>();
    assert_eq!(ticks.last().map(|tick| tick.decode::<Utf8, String>().unwrap()).as_deref(), Some("stopped after 1"));
}

#[test]
fn equal_keys_meet_in_one_partition_and_partitions_are_independent() {
    let mut harness = Harness::new(meters::ROUTES).partitions::<meters::Readings>(3);
    for key in ["a", "b", "c", "d", "a", "b", "c", "d"] {
        harness.deliver::<meters::Readings>(key, &Reading::Fine(0));
    }
    harness.deliver_record::<meters::Readings>(&Record::new(&Reading::Away(100)).partition(5));
    harness.run_until_idle();
    let progress: Vec<i64> = (0..6).map(|at| harness.progress::<meters::Readings>(at).unwrap_or(0)).collect();
    assert_eq!(progress.iter().sum::<i64>(), 8, "{progress:?}");
    assert!(progress.iter().all(|done| done % 2 == 0), "{progress:?}");
}

/// Which records an instance saw, and whether it could commit in the end.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Seen(Vec<i64>, bool);

/// Goes back in time once.
#[derive(Consumer)]
#[consumer(payload = Raw)]
struct Times {
    seen: Vec<i64>,
}

impl ConsumeEach for Times {
    fn consume_each(&mut self, message: Message<'_, Raw>, cx: &mut Context<'_>) -> Result {
        self.seen.push(message.offset());
        match &message.payload()?[..] {
            b"back" if self.seen.len() == 3 => {
                cx.seek(SeekTo::Time(std::time::SystemTime::UNIX_EPOCH + Duration::from_millis(20)))
            }
            b"nowhere" => cx.produce_record::<times::Out>(Record::new(&0).partition(7)),
            _ => Ok(()),
        }
    }
}

impl Revoked for Times {
    fn revoked(&mut self, cx: &mut Context<'_>) -> Result {
        let committed = cx.commit();
        cx.produce::<times::Seen>((), &Seen(self.seen.clone(), committed))
    }
}

routes! {
    mod times as "times";
    topic "in" { consumer Times; }
    topic "aged" { consumer Times; initial_offset ago(1h); }
    topic "out" { produce i64; }
    topic "seen" { produce Seen; }
}

fn timed(payloads: &[(&str, i64)]) -> Harness {
    let mut harness = Harness::new(times::ROUTES);
    for (payload, millis) in payloads {
        let record = Record::new(Raw::new(payload.as_bytes())).timestamp(*millis);
        harness.deliver_record::<times::In>(&record);
    }
    harness.run_until_idle();
    harness
}

#[test]
fn a_seek_by_time_finds_the_first_record_of_that_time() {
    let mut harness = timed(&[("a", 10), ("b", 20), ("back", 30), ("c", 40)]);
    assert_eq!(harness.progress::<times::In>(0), Some(4));
    harness.revoke::<times::In>(0);
    let seen = harness.produced::<times::Seen>();
    let expected = Seen(vec![0, 1, 2, 1, 2, 3], false);
    assert_eq!(seen[0].decode::<Json, Seen>().unwrap(), expected, "and nothing can be committed any more");
}

#[test]
fn a_start_an_hour_ago_passes_nothing_over_that_is_younger() {
    let mut harness = Harness::new(times::ROUTES);
    harness.deliver_bytes::<times::Aged>((), b"a");
    harness.run_until_idle();
    assert_eq!(harness.progress::<times::Aged>(0), Some(1));
}

#[test]
fn a_record_for_a_partition_that_is_not_there_fails_its_attempt() {
    let mut harness = timed(&[("nowhere", 0)]);
    assert!(harness.failures()[0].text.contains("it has no partition 7"), "{:?}", harness.failures());
    assert_eq!(harness.progress::<times::In>(0), None);
}

#[test]
fn a_loss_goes_back_to_what_was_committed() {
    let mut harness = harness(&[Reading::Fine(1), Reading::Fine(2)]);
    harness.advance(Duration::from_secs(5));
    harness.deliver::<meters::Readings>("m1", &Reading::Fine(3));
    harness.run_until_idle();
    assert_eq!((harness.progress::<meters::Readings>(0), harness.committed::<meters::Readings>(0)), (Some(3), Some(2)));
    harness.lose::<meters::Readings>(0);
    assert_eq!(harness.progress::<meters::Readings>(0), Some(2));
    harness.assign::<meters::Readings>(0);
    harness.run_until_idle();
    assert_eq!(harness.progress::<meters::Readings>(0), Some(3), "it came again");
}
