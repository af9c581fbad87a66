//! What one handler call produced and has not been acknowledged yet.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::produce::ProduceError;

/// Counts the unacknowledged records of one handler call.
#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    outstanding: usize,
    /// The lowest record index whose produce failed, and why.
    failed: Option<(usize, ProduceError)>,
}

impl Deliveries {
    /// A receipt for one more record, produced while the handler worked on the record at `index` of its batch.
    pub(crate) fn expect(self: &Arc<Self>, index: usize) -> Receipt {
        self.lock().outstanding += 1;
        Receipt { then: Some(Then::Count { deliveries: Arc::clone(self), index }) }
    }

    /// Waits until everything is settled, at most `bound`. `None` when something is still on its way then; `Err` holds the
    /// lowest failed record index.
    pub(crate) fn settled_within(&self, bound: Duration) -> Option<Result<(), (usize, ProduceError)>> {
        let deadline = Instant::now() + bound;
        let mut state = self.lock();
        while state.outstanding > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Some(state.failed.take().map_or(Ok(()), Err))
    }

    /// Like `settled_within`; what is still on its way counts as a failure of the first record.
    pub(crate) fn wait(&self, bound: Duration) -> Result<(), (usize, ProduceError)> {
        let late = || Err((0, ProduceError::Unavailable(format!("no acknowledgement within {bound:?}"))));
        self.settled_within(bound).unwrap_or_else(late)
    }

    fn settle(&self, index: usize, result: Result<(), ProduceError>) {
        let mut state = self.lock();
        state.outstanding -= 1;
        if let Err(error) = result
            && state.failed.as_ref().is_none_or(|(lowest, _)| index < *lowest)
        {
            state.failed = Some((index, error));
        }
        if state.outstanding == 0 {
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The obligation to tell somebody what became of a produced record. Dropping it unsettled counts as a failure.
pub(crate) struct Receipt {
    then: Option<Then>,
}

enum Then {
    Count { deliveries: Arc<Deliveries>, index: usize },
    Call(Box<dyn FnOnce(Result<(), ProduceError>) + Send>),
}

impl Receipt {
    /// Calls `then` once; it must not block, since it runs on the thread that serves delivery reports.
    pub(crate) fn call(then: impl FnOnce(Result<(), ProduceError>) + Send + 'static) -> Self {
        Self { then: Some(Then::Call(Box::new(then))) }
    }

    pub(crate) fn settle(mut self, result: Result<(), ProduceError>) {
        self.finish(result);
    }

    /// Takes the obligation back: the record was never queued.
    pub(crate) fn cancel(mut self) {
        if let Some(Then::Count { deliveries, index }) = self.then.take() {
            deliveries.settle(index, Ok(()));
        }
    }

    fn finish(&mut self, result: Result<(), ProduceError>) {
        match self.then.take() {
            Some(Then::Count { deliveries, index }) => deliveries.settle(index, result),
            Some(Then::Call(then)) => then(result),
            None => {}
        }
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        self.finish(Err(ProduceError::Unavailable(
            "the producer was closed before the record was acknowledged".into(),
        )));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_failed_index_is_reported_once_all_is_settled() {
        let deliveries = Arc::new(Deliveries::default());
        let (a, b, c) = (deliveries.expect(0), deliveries.expect(4), deliveries.expect(2));
        b.settle(Err(ProduceError::Rejected("four".into())));
        c.settle(Err(ProduceError::Rejected("two".into())));
        assert!(deliveries.wait(Duration::from_millis(1)).is_err(), "one is outstanding");
        a.settle(Ok(()));
        let (index, error) = deliveries.wait(Duration::ZERO).expect_err("two failed");
        assert_eq!((index, error.to_string()), (2, "the broker refused the record: two".to_owned()));
    }

    #[test]
    fn a_dropped_receipt_is_a_failure_and_a_cancelled_one_is_not() {
        let deliveries = Arc::new(Deliveries::default());
        deliveries.expect(0).cancel();
        assert!(deliveries.wait(Duration::ZERO).is_ok());
        drop(deliveries.expect(3));
        assert_eq!(deliveries.wait(Duration::ZERO).expect_err("dropped").0, 3);
    }
}
