//! Staying up: publishes on and on, at a pace that the swarm sets.

use std::time::{Duration, Instant};

use indicatif::HumanCount;

use super::cluster::Cluster;
use super::outcomes::Outcomes;
use super::publish::FlightPublisher;
use super::signals::Signals;
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

/// Goes on until a signal asks to stop, and then until everything that was published is worked off.
pub(super) fn serve(
    cluster: &Cluster,
    swarm: &mut Swarm,
    publisher: &FlightPublisher,
    flights: &[Flight],
    outcomes: &mut Outcomes,
    signals: &Signals,
) -> anyhow::Result<()> {
    say::note(what_to_look_at(cluster, swarm));
    let mut rounds = flights.chunks(FLIGHTS_AT_ONCE).cycle();
    let mut next_line = Instant::now() + LINE_EVERY;
    while !signals.is_stop_asked_within(PUBLISH_EVERY) {
        swarm.ensure_running()?;
        let pending = cluster.pending::<delays::Flights>()?;
        if pending < BACKLOG {
            publisher.send(rounds.next().expect("there are flights"))?;
        }
        outcomes.catch_up(cluster, signals)?;
        if Instant::now() > next_line {
            next_line += LINE_EVERY;
            let Tally { processed, dead_lettered, .. } = outcomes.tally;
            let counts = [publisher.acknowledged()?, processed, dead_lettered, pending].map(HumanCount);
            let [came_in, processed, dead_lettered, pending] = counts;
            say::note(format_args!(
                "{came_in} in, {processed} processed, {dead_lettered} dead-lettered, {pending} pending"
            ));
        }
    }
    // From here on another signal means: at once.
    signals.forget();
    say::note("\nstopping: what was published is worked off first");
    publisher.finish(signals)?;
    watch::work_off(cluster, swarm, publisher.acknowledged()?, signals)?;
    Ok(())
}

fn what_to_look_at(cluster: &Cluster, swarm: &Swarm) -> String {
    let rate = FLIGHTS_AT_ONCE as u128 * 1_000 / PUBLISH_EVERY.as_millis();
    format!(
        "
Serving up to {rate} flights a second until Ctrl-C. There is no web UI yet; meanwhile, from another terminal:
  pgrep -P {}            lists the nodes; `kill -9` one of them, and the supervisor starts another
  any tool for Kafka     at {}: topics `{}*`, consumer group `{}`
",
        swarm.supervisor(),
        cluster.servers(),
        cluster.topic_prefix(),
        delays::TOPOLOGY.application,
    )
}
