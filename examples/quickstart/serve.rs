//! Staying up: publishes on and on, at a pace that the swarm sets.

use std::time::{Duration, Instant};

use indicatif::HumanCount;

use super::cluster::Cluster;
use super::outcomes::Outcomes;
use super::publish::FlightPublisher;
use super::signals::{Interrupted, Signals};
use super::swarm::Swarm;
use super::tally::Tally;
use super::{say, watch};
use crate::{Flight, delays};

/// Flights published at once, and how often: up to 200 a second.
const FLIGHTS_AT_ONCE: usize = 40;
const PUBLISH_EVERY: Duration = Duration::from_millis(200);
/// No more is published while this many wait. The embedded broker keeps 5 MiB and 100,000 batches of a partition and drops what
/// is older: this many flights are 2 MiB and as many batches at most, even if all stand in one partition.
const BACKLOG: u64 = 5_000;
/// Between two lines about how it goes.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// What a tour has set up.
pub(super) struct Service<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) swarm: &'a mut Swarm,
    pub(super) publisher: &'a FlightPublisher,
    pub(super) outcomes: &'a mut Outcomes,
    pub(super) signals: &'a Signals,
}

impl Service<'_> {
    /// Goes on until a signal asks to stop, and then until everything that was published is worked off.
    pub(super) fn run(mut self, flights: &[Flight]) -> anyhow::Result<()> {
        say::note(self.what_to_look_at());
        let mut next_line = Instant::now() + LINE_EVERY;
        for some in flights.chunks(FLIGHTS_AT_ONCE).cycle() {
            match self.round(some) {
                Ok(pending) if Instant::now() > next_line => {
                    next_line += LINE_EVERY;
                    say::note(self.line(pending)?);
                }
                Ok(_) => {}
                Err(error) if error.is::<Interrupted>() => break,
                Err(error) if watch::is_passing(&error) => say::note(format_args!("{error:#}; trying again")),
                Err(error) => return Err(error),
            }
        }
        // From here on another signal means: at once.
        self.signals.forget();
        say::note("\nstopping: what was published is worked off first");
        self.publisher.finish(self.signals)?;
        watch::work_off(self.cluster, self.swarm, self.publisher.acknowledged()?, self.signals)?;
        Ok(())
    }

    /// Publishes some flights unless too many are pending, and returns how many that were.
    fn round(&mut self, flights: &[Flight]) -> anyhow::Result<u64> {
        self.signals.pause(PUBLISH_EVERY)?;
        self.swarm.ensure_running()?;
        let pending = self.cluster.pending::<delays::Flights>()?;
        if pending < BACKLOG {
            self.publisher.send(flights)?;
        }
        self.outcomes.catch_up(self.cluster, self.signals)?;
        Ok(pending)
    }

    fn line(&self, pending: u64) -> anyhow::Result<String> {
        let Tally { processed, dead_lettered, .. } = self.outcomes.tally;
        let counts = [self.publisher.acknowledged()?, processed, dead_lettered, pending].map(HumanCount);
        let [came_in, processed, dead_lettered, pending] = counts;
        Ok(format!("{came_in} in, {processed} processed, {dead_lettered} dead-lettered, {pending} pending"))
    }

    fn what_to_look_at(&self) -> String {
        let rate = FLIGHTS_AT_ONCE as u128 * 1_000 / PUBLISH_EVERY.as_millis();
        format!(
            "
Serving up to {rate} flights a second until Ctrl-C. There is no web UI yet; meanwhile, from another terminal:
  pgrep -P {:<15} lists the nodes; `kill -9` one of them, and the supervisor starts another
  any tool for Kafka       at {}: topics `{}*`, consumer group `{}`
",
            self.swarm.supervisor(),
            self.cluster.servers(),
            self.cluster.topic_prefix(),
            delays::TOPOLOGY.application,
        )
    }
}
