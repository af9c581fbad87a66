//! What scenarios with a ledger have in common: their topics, and the way from the end of a run to its ruling.

use std::path::Path;

use anyhow::Context as _;
use karafka_rt::admin::NewTopic;

use super::audit::{Audit, audit};
use super::clerk::OUTPUT_LIMIT;
use super::ledger::Entry;
use super::ruling::{Evidence, Ruling, rule};
use super::world::World;

/// What is special about the topics of a trial.
#[derive(Clone, Copy, Debug, Default)]
pub struct Topics {
    /// The topic for dead letters refuses all of them: they are larger than it takes.
    pub refuses_letters: bool,
    /// The topic for outputs takes small ones only. It refuses batches as a whole, so many small ones together too.
    pub refuses_large_outputs: bool,
}

/// A world with topics for outputs and dead letters, of as many partitions as the input.
pub fn ledger_world(
    program: &Path,
    servers: &str,
    case: &'static str,
    partitions: i32,
    topics: Topics,
) -> anyhow::Result<World> {
    World::with_topics(program, servers, case, partitions, |prefix| {
        let limit = |small: Option<usize>| small.unwrap_or(1024 * 1024).to_string();
        let letters = limit(topics.refuses_letters.then_some(100));
        let outputs = limit(topics.refuses_large_outputs.then_some(OUTPUT_LIMIT));
        vec![
            NewTopic::new(format!("{prefix}out"), partitions).config("max.message.bytes", outputs),
            NewTopic::new(format!("{prefix}dead"), partitions).config("max.message.bytes", letters),
        ]
    })
}

/// A run that waits for its judgement: what Kafka holds is read for many at once.
#[derive(Debug)]
pub struct Played {
    /// Where it was played.
    pub world: World,
    /// What was sent.
    pub ledger: Vec<Entry>,
    /// Whether all of it had to be done.
    pub finished: bool,
    /// Whether each record had to have its output exactly once.
    pub exactly: bool,
}

/// Judges runs on the same brokers, in their order.
pub fn judge_all(servers: &str, runs: &[&Played]) -> anyhow::Result<Vec<Ruling>> {
    let names: Vec<String> = runs.iter().map(|run| run.world.run()).collect();
    let audits = audit(servers, &names.iter().map(String::as_str).collect::<Vec<_>>())?;
    let ruling = |(run, name): (&&Played, &String)| {
        let (lines, audit) = (run.world.lines()?, audits.get(name).context("the audit left a run out")?);
        Ok(rule(Evidence { ledger: &run.ledger, lines: &lines, audit, finished: run.finished, exactly: run.exactly }))
    };
    runs.iter().zip(&names).map(ruling).collect()
}

/// Reads what Kafka holds of one run, and judges it.
pub fn judged(world: &World, ledger: &[Entry], finished: bool) -> anyhow::Result<Ruling> {
    let mut audits = audit(world.servers(), &[&world.run()])?;
    let audit: Audit = audits.remove(&world.run()).context("the audit left its run out")?;
    let lines = world.lines()?;
    Ok(rule(Evidence { ledger, lines: &lines, audit: &audit, finished, exactly: false }))
}
