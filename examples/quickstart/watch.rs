//! Waits until the swarm has committed everything.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use karafka_rt::admin::AdminError;

use super::cluster::Cluster;
use super::progress::Progress;
use super::signals::Signals;
use super::swarm::Swarm;
use crate::delays;

/// Longest time for all the work.
const DONE_WITHIN: Duration = Duration::from_mins(2);
/// Between two looks at how far it is.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Returns what is still pending: 0, unless the time is over before. `published` records are to be worked off.
pub(super) fn work_off(cluster: &Cluster, swarm: &mut Swarm, published: u64, signals: &Signals) -> anyhow::Result<u64> {
    let progress = Progress::new("processing", published);
    let deadline = Instant::now() + DONE_WITHIN;
    loop {
        swarm.ensure_running()?;
        match cluster.pending::<delays::Flights>() {
            Ok(0) => {
                progress.at(published);
                return Ok(0);
            }
            Ok(pending) => {
                progress.at(published.saturating_sub(pending));
                if Instant::now() > deadline {
                    return Ok(pending);
                }
            }
            // A broker may be away for a moment.
            Err(error) if is_passing(&error) && Instant::now() < deadline => {}
            Err(error) => return Err(error).context("cannot see how far the swarm is"),
        }
        signals.pause(LOOK_EVERY)?;
    }
}

/// Whether it may work in a moment.
pub(super) fn is_passing(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(AdminError::Unreachable { .. } | AdminError::Refused { .. }))
}
