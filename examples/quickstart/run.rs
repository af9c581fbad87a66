//! The tour from its beginning to its end.

use anyhow::{Context as _, bail};
use indicatif::HumanCount;
use karafka_rt::App;
use karafka_rt::dev_broker;
use karafka_rt::prelude::ExitCode;

use super::arguments::{HELP, Options, Wish};
use super::books::Books;
use super::cluster::Cluster;
use super::outcomes::{self, Outcomes};
use super::publish::FlightPublisher;
use super::serve::Service;
use super::signals::{Interrupted, Signals};
use super::swarm::{self, Swarm};
use super::{data, say, summary, watch};
use crate::delays;

/// What a shell reports of a program that INT ended.
const INTERRUPTED: u8 = 130;

/// Gives the tour, or runs the program when the command line names one of its commands.
pub(crate) fn main(app: App) -> ExitCode {
    if let Some(code) = dev_broker::run_if_asked() {
        return code;
    }
    let result = match Wish::of(std::env::args().skip(1)) {
        Ok(Wish::Program) => match swarm::end_with_parent() {
            Ok(()) => return app.main(),
            Err(error) => Err(error),
        },
        Ok(Wish::Help) => say::result(HELP.trim_end()),
        Ok(Wish::Tour(options)) => Signals::take().and_then(|signals| tour(&app, &options, &signals)),
        Err(sentence) => Err(anyhow::Error::msg(sentence)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Interrupted>() => {
            say::note("interrupted: the swarm is stopped, and nothing is left running");
            ExitCode::from(INTERRUPTED)
        }
        Err(error) => {
            say::note(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Everything that was started has ended when this returns, whatever it returns.
fn tour(app: &App, options: &Options, signals: &Signals) -> anyhow::Result<()> {
    let flights = data::flights()?;
    let mut cluster = Cluster::connect(app)?;
    say::note(format_args!("topics `{}*` on {}", cluster.topic_prefix(), cluster.place()));
    cluster.create_topics()?;

    let publisher = FlightPublisher::new(&cluster)?;
    publisher.publish_all(&flights, signals)?;
    let mut outcomes = Outcomes::new(&cluster)?;
    if options.lose_one {
        outcomes::lose_one(&cluster)?;
    }

    let mut swarm = Swarm::start(&cluster)?;
    let pending = watch::work_off(&cluster, &mut swarm, publisher.acknowledged()?, signals)?;
    if options.serve {
        outcomes.catch_up(&cluster, signals)?;
        conclude(&cluster, &outcomes, publisher.acknowledged()?, pending)?;
        let (cluster, publisher) = (&cluster, &publisher);
        Service { cluster, swarm: &mut swarm, publisher, outcomes: &mut outcomes, signals }.run(&flights)?;
    }
    let pending = cluster.pending::<delays::Flights>().context("cannot see how far the swarm is")?;
    swarm.stop()?;
    outcomes.catch_up(&cluster, signals)?;
    conclude(&cluster, &outcomes, publisher.acknowledged()?, pending)
}

/// Prints the report and the books; an error when they do not balance.
fn conclude(cluster: &Cluster, outcomes: &Outcomes, published: u64, pending: u64) -> anyhow::Result<()> {
    let tally = &outcomes.tally;
    let books = Books {
        published,
        processed: tally.processed,
        dead_lettered: tally.dead_lettered,
        skipped: tally.skipped,
        pending,
    };
    say::result(format_args!("\n{}", summary::table(tally, &data::airlines()?)))?;
    if tally.repeated > 0 {
        let repeated = HumanCount(tally.repeated);
        say::result(format_args!("{repeated} outcomes came more than once and were counted once"))?;
    }
    say::result(books)?;
    let Err(sentence) = books.balance() else { return Ok(()) };
    match outcomes.first_missing(cluster)? {
        Some(place) => bail!("{sentence}; the first flight without an outcome is {place}"),
        None => bail!(sentence),
    }
}
