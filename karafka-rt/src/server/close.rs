//! The end of a process: listeners, then producers; every step bounded.

use std::time::Duration;

use super::run::Running;
use super::transactions;
use crate::connection::{Ended, LONGEST_CLOSE};
use crate::lifecycle::{Ask, ProcessState, StopSignal, exit};
use crate::os::monotonic;
use crate::vitals::SlotCells;

/// For flushing the producers. Handlers waited for what they produced, so there is little left.
const PRODUCER_CLOSE: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(20);

/// Stops the listeners and waits for them, at most `shutdown_timeout` and what closing takes. A second, impatient request
/// ends the jobs' time at once.
pub(super) fn close(
    mut running: Running,
    stop: &StopSignal,
    cells: SlotCells,
    shutdown_timeout: Duration,
    signals: &mut dyn FnMut(Duration) -> Vec<Ask>,
) -> exit::Code {
    let mut deadline =
        monotonic() + if stop.state() == ProcessState::StoppingNow { Duration::ZERO } else { shutdown_timeout };
    running.inboxes.iter().for_each(|inbox| inbox.stop(deadline));
    let mut given_up = Vec::new();
    let mut left = running.inboxes.len();
    while left > 0 && monotonic() < deadline + LONGEST_CLOSE {
        if let Ok(Ended { given_up: jobs, .. }) = running.ends.try_recv() {
            left -= 1;
            given_up.extend(jobs);
            continue;
        }
        signals(LOOK);
        if stop.state() == ProcessState::StoppingNow && monotonic() < deadline {
            deadline = monotonic();
            running.inboxes.iter().for_each(|inbox| inbox.stop(deadline));
        }
    }
    let services = services_left(&mut running, stop, deadline, signals);
    if services > 0 {
        tracing::error!("{services} services did not return within {shutdown_timeout:?}");
    }
    if !given_up.is_empty() {
        cells.describe(monotonic()).iter().for_each(|line| tracing::error!("{line}"));
    }
    running.pool.close();
    transactions::close(&running.transactions);
    for report in running.producers.close(PRODUCER_CLOSE) {
        tracing::debug!(?report, "producer closed");
    }
    for job in &given_up {
        tracing::error!("given up after {shutdown_timeout:?}, uncommitted: {job}");
    }
    if left > 0 {
        tracing::error!("{left} connections did not close in time");
    }
    if given_up.is_empty() && left == 0 && services == 0 { exit::Code::Clean } else { exit::Code::ForcedStop }
}

/// Waits until every service returned, the jobs' time is over, or somebody is impatient; how many are left.
fn services_left(
    running: &mut Running,
    stop: &StopSignal,
    deadline: Duration,
    signals: &mut dyn FnMut(Duration) -> Vec<Ask>,
) -> usize {
    loop {
        if let Some(error) = running.tasks.failure() {
            tracing::error!(error, "a service failed");
        }
        let late = monotonic() >= deadline || stop.state() == ProcessState::StoppingNow;
        if running.tasks.left() == 0 || late {
            return running.tasks.left();
        }
        signals(LOOK);
    }
}
