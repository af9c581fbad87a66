//! Tests of one tick cell.

use std::sync::atomic::AtomicBool;
use std::thread;

use super::*;

fn memory() -> &'static [AtomicU64] {
    Box::leak((0..WORDS).map(|_| AtomicU64::new(0)).collect::<Box<[_]>>())
}

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn handler(offset: i64, attempt: u32) -> Job {
    Job {
        kind: JobKind::Handler,
        topic: 3,
        partition: 11,
        offset,
        attempt,
        budget: Some(ms(30_000)),
        ..Job::of_kind(JobKind::Handler)
    }
}

#[test]
fn a_job_reads_as_it_was_written() {
    let words = memory();
    let writer = CellWriter::claim(words, ms(5)).unwrap();
    for job in [
        handler(i64::MAX, u32::MAX),
        Job { partition: -1, offset: -1, budget: None, ..handler(0, 0) },
        Job { topic: u32::MAX, partition: i32::MAX, ..handler(0, 1) },
        Job { span: u32::MAX, alone: true, budget: Some(ms(u64::from(u32::MAX))), ..handler(0, 1) },
        Job::of_kind(JobKind::Closing),
    ] {
        writer.begin(job, ms(9));
        assert_eq!(read(words), Some(Reading { job, began: ms(9) }));
        assert_eq!(ticked(words), Some(ms(9)));
    }
    writer.end(ms(12));
    assert_eq!(read(words).unwrap().job, Job::of_kind(JobKind::Idle));
    writer.tick(ms(20));
    assert_eq!(ticked(words), Some(ms(20)));
}

#[test]
fn a_cell_has_one_owner_and_is_free_after_it() {
    let words = memory();
    assert_eq!(ticked(words), None);
    let owner = CellWriter::claim(words, ms(0)).unwrap();
    assert_eq!(ticked(words), Some(ms(1)), "time zero still marks the cell as used");
    assert!(CellWriter::claim(words, ms(7)).is_none());
    drop(owner);
    assert!(CellWriter::claim(words, ms(7)).is_some());
}

#[test]
fn waits_of_the_framework_stop_the_clock_of_the_job() {
    let words = memory();
    let writer = CellWriter::claim(words, ms(1)).unwrap();
    writer.begin(handler(7, 2), ms(100));
    writer.wait_begin(ms(150));
    writer.wait_begin(ms(160));
    let waiting = read(words).unwrap();
    assert_eq!((waiting.job.kind, waiting.job.attempt, waiting.began), (JobKind::FrameworkWait, 2, ms(150)));
    writer.wait_end(ms(1150));
    writer.wait_end(ms(9000));
    assert_eq!(read(words), Some(Reading { job: handler(7, 2), began: ms(1100) }));
}

#[test]
fn a_crash_is_noted_in_the_job_that_it_happened_in_and_a_wait_belongs_to_its_job() {
    let words = memory();
    let writer = CellWriter::claim(words, ms(1)).unwrap();
    let (word, bits) = writer.crash_mark();
    writer.begin(Job { alone: true, ..handler(7, 1) }, ms(2));
    writer.restart(8, ms(3));
    writer.wait_begin(ms(4));
    assert_eq!(remains(words), Some((Job { alone: true, ..handler(8, 1) }, false)));
    word.fetch_or(bits, Ordering::Relaxed);
    assert_eq!(remains(words), Some((Job { alone: true, ..handler(8, 1) }, true)));
    writer.begin(handler(9, 1), ms(5));
    assert_eq!(remains(words), Some((handler(9, 1), false)), "a new job has not crashed");
}

#[test]
fn a_writer_that_died_in_a_change_leaves_no_statement_and_the_next_one_recovers() {
    let words = memory();
    let writer = CellWriter::claim(words, ms(1)).unwrap();
    words[SEQUENCE].fetch_add(1, Ordering::Relaxed);
    assert_eq!(read(words), None);
    writer.begin(handler(1, 1), ms(2));
    assert_eq!(read(words).unwrap().job, handler(1, 1));
}

#[test]
fn bytes_that_nobody_wrote_are_refused_or_bounded() {
    let words = memory();
    for fill in [0x0606_0606_0606_0606, 0xfefe_fefe_fefe_fefe] {
        for word in words {
            word.store(fill, Ordering::Relaxed);
        }
        assert_eq!(read(words), None);
    }
    reset(words);
    assert_eq!(ticked(words), None);
}

#[test]
fn a_reader_never_sees_two_jobs_mixed() {
    let words = memory();
    let writer = CellWriter::claim(words, ms(1)).unwrap();
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for n in 1..200_000_u32 {
                let job = Job { topic: n, partition: n as i32, attempt: n, ..handler(i64::from(n), n) };
                writer.begin(job, ms(u64::from(n)));
            }
            over.store(true, Ordering::Release);
        });
        let mut seen = 0;
        while !over.load(Ordering::Acquire) || seen == 0 {
            let Some(Reading { job, began }) = read(words).filter(|reading| reading.job.kind == JobKind::Handler)
            else {
                continue;
            };
            let n = job.topic;
            assert_eq!((job.partition, job.attempt, job.offset, began), (n as i32, n, i64::from(n), ms(u64::from(n))));
            seen += 1;
        }
    });
}
