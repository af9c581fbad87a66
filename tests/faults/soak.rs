//! What soak programs have in common: their arguments, and where their figures go.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::fixture;

/// Runs a soak: `run` gets the program under test, which is this one, and the seed. Its figures are written when it succeeds.
pub fn main<F: Serialize>(run: impl FnOnce(&Path, u64) -> anyhow::Result<F>) -> ExitCode {
    if fixture::is_asked_for() {
        return fixture::main();
    }
    match soak(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn soak<F: Serialize>(run: impl FnOnce(&Path, u64) -> anyhow::Result<F>) -> anyhow::Result<()> {
    let (seed, json) = arguments(env::args().skip(1))?;
    let program = env::current_exe().context("cannot find this program")?;
    let text = serde_json::to_string_pretty(&run(&program, seed)?)?;
    println!("{text}");
    fs::write(&json, text).with_context(|| format!("cannot write `{}`", json.display()))
}

/// `--seed N --json PATH`, in any order.
fn arguments(mut words: impl Iterator<Item = String>) -> anyhow::Result<(u64, PathBuf)> {
    let (mut seed, mut json) = (0, None);
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("`{word}` needs a value"))?;
        match word.as_str() {
            "--seed" => seed = value.parse().with_context(|| format!("expected a number as seed, found `{value}`"))?,
            "--json" => json = Some(PathBuf::from(value)),
            _ => bail!("unknown argument `{word}`, expected `--seed` or `--json`"),
        }
    }
    Ok((seed, json.context("`--json PATH` is missing: where the figures go")?))
}
