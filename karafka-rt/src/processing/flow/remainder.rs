//! Which records of a batch are not done.

use super::Next;
use crate::consumer::Handler;

/// The index of the first record that is not done after a failure, which is the one that failed.
///
/// `ConsumeEach` knows it: the record behind those that it `finished`, whatever the handler marked. A batch handler may
/// have marked some of its records before it failed; `marked` is the next-to-read offset of that very call.
pub(crate) fn first_undone(
    handler: Handler,
    finished: usize,
    marked: Option<i64>,
    offsets: impl Iterator<Item = i64>,
) -> usize {
    match (handler, marked) {
        (Handler::Batch, Some(next)) => finished + offsets.skip(finished).take_while(|offset| *offset < next).count(),
        _ => finished,
    }
}

/// From which record on a batch is kept for later. `resume_from` is the place of the handler's pause; `undone` the index of
/// the first record that is not done.
pub(crate) fn keep_from(
    next: Next,
    undone: usize,
    resume_from: Option<i64>,
    offsets: impl ExactSizeIterator<Item = i64>,
) -> usize {
    match (next, resume_from) {
        (Next::Abandon | Next::Seek, _) => offsets.len(),
        (Next::Pause, Some(from)) => offsets.take_while(|offset| *offset < from).count(),
        (
            Next::Pause
            | Next::Retry
            | Next::Narrow
            | Next::Confirm
            | Next::Systemic
            | Next::Dispatch
            | Next::Skip
            | Next::Continue,
            _,
        ) => undone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFSETS: [i64; 5] = [10, 11, 14, 15, 20];

    #[test]
    fn each_blames_the_record_it_stopped_at_and_batches_the_first_unmarked_one() {
        for (handler, finished, marked, undone) in [
            (Handler::Each, 2, None, 2),
            (Handler::Each, 2, Some(15), 2),
            (Handler::Batch, 0, None, 0),
            (Handler::Batch, 0, Some(12), 2),
            (Handler::Batch, 0, Some(14), 2),
            (Handler::Batch, 2, Some(15), 3),
            (Handler::Batch, 0, Some(21), 5),
            (Handler::Batch, 2, Some(3), 2),
        ] {
            assert_eq!(
                first_undone(handler, finished, marked, OFFSETS.into_iter()),
                undone,
                "{handler:?} {finished} {marked:?}"
            );
        }
    }

    #[test]
    fn a_pause_keeps_from_its_place_and_a_seek_keeps_nothing() {
        for (next, resume_from, keep) in [
            (Next::Continue, None, 3),
            (Next::Retry, None, 3),
            (Next::Pause, Some(14), 2),
            (Next::Pause, Some(3), 0),
            (Next::Pause, Some(99), 5),
            (Next::Seek, None, 5),
            (Next::Abandon, None, 5),
        ] {
            assert_eq!(keep_from(next, 3, resume_from, OFFSETS.into_iter()), keep, "{next:?} {resume_from:?}");
        }
    }
}
