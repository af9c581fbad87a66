//! Crash-point enumeration: see `karafka_tests::faults::crash_points`.
//!
//! `--shard 2/4` fires the second quarter; `--progress FILE` leaves out what passed before and notes what passes; `--point NAME` fires
//! one point, `--way exactly` one way of making progress; `--lanes N` says how many at a time (5, at most 6).

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use karafka_tests::faults::crash_points::{QUICK_GROUPS, Shot, all, run};
use karafka_tests::faults::soak::{self, Options};
use karafka_tests::kafka::OwnCluster;

fn main() -> ExitCode {
    soak::main_with(&["shard", "progress", "point", "way", "lanes"], |program, options| {
        let shots = chosen(options)?;
        let cluster = OwnCluster::start("soak-crash-points", 1, QUICK_GROUPS)?;
        let servers = &cluster.description().bootstrap_servers;
        let lanes = options.number("lanes", 5)? as usize;
        run(program, servers, &shots, lanes, options.text("progress").map(Path::new))
    })
}

fn chosen(options: &Options) -> anyhow::Result<Vec<Shot>> {
    let (shard, shards) = match options.text("shard") {
        None => (1, 1),
        Some(text) => {
            let (shard, shards) = text.split_once('/').context("`--shard` is `NUMBER/COUNT`")?;
            (shard.parse::<usize>()?, shards.parse::<usize>()?)
        }
    };
    ensure!((1..=shards).contains(&shard), "there is no shard {shard} of {shards}");
    let of_shard = |(number, _): &(usize, Shot)| number % shards == shard - 1;
    let mut shots: Vec<Shot> = all().into_iter().enumerate().filter(of_shard).map(|(_, shot)| shot).collect();
    shots.retain(|shot| options.text("point").is_none_or(|point| point == shot.point));
    shots.retain(|shot| options.text("way").is_none_or(|way| way == format!("{:?}", shot.way).to_lowercase()));
    ensure!(
        !shots.is_empty(),
        "no shot is left: is `--point` a failpoint, `--way` automatic, manual, exactly or letters?"
    );
    // What lies together in the table takes equally long.
    fastrand::Rng::with_seed(options.seed).shuffle(&mut shots);
    Ok(shots)
}
