//! What soak programs have in common: their arguments, and where their figures go.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use serde::Serialize;

use super::fixture;

/// Runs a soak: `run` gets the program under test, which is this one, and the seed. Its figures are written when it succeeds.
pub fn main<F: Serialize>(run: impl FnOnce(&Path, u64) -> anyhow::Result<F>) -> ExitCode {
    main_with(&[], |program, options| run(program, options.seed))
}

/// What a soak was asked for.
#[derive(Debug)]
pub struct Options {
    /// Where random choices start.
    pub seed: u64,
    more: BTreeMap<String, String>,
}

impl Options {
    /// The value after `--name`, if it was given.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.more.get(name).map(String::as_str)
    }

    /// A number after `--name`.
    pub fn number(&self, name: &str, or: u64) -> anyhow::Result<u64> {
        let parse = |text: &str| text.parse().with_context(|| format!("`--{name}` is a number, found `{text}`"));
        self.text(name).map_or(Ok(or), parse)
    }

    /// Whole seconds after `--name`.
    pub fn seconds(&self, name: &str, or: u64) -> anyhow::Result<Duration> {
        Ok(Duration::from_secs(self.number(name, or)?))
    }
}

/// The same with options of its own: each is `--name value`.
pub fn main_with<F: Serialize>(options: &[&str], run: impl FnOnce(&Path, &Options) -> anyhow::Result<F>) -> ExitCode {
    if fixture::is_asked_for() {
        return fixture::main();
    }
    match soak(options, run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn soak<F: Serialize>(known: &[&str], run: impl FnOnce(&Path, &Options) -> anyhow::Result<F>) -> anyhow::Result<()> {
    let (options, json) = arguments(known, env::args().skip(1))?;
    let program = env::current_exe().context("cannot find this program")?;
    let text = serde_json::to_string_pretty(&run(&program, &options)?)?;
    println!("{text}");
    fs::write(&json, text).with_context(|| format!("cannot write `{}`", json.display()))
}

/// `--seed N --json PATH` and the soak's own, in any order.
fn arguments(known: &[&str], mut words: impl Iterator<Item = String>) -> anyhow::Result<(Options, PathBuf)> {
    let (mut options, mut json) = (Options { seed: 0, more: BTreeMap::new() }, None);
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("`{word}` needs a value"))?;
        match word.as_str() {
            "--seed" => {
                options.seed = value.parse().with_context(|| format!("expected a number as seed, found `{value}`"))?;
            }
            "--json" => json = Some(PathBuf::from(value)),
            word => {
                let name = word.strip_prefix("--").filter(|name| known.contains(name));
                let name = name.with_context(|| format!("unknown argument `{word}`, expected one of {known:?}"))?;
                options.more.insert(name.to_owned(), value);
            }
        }
    }
    Ok((options, json.context("`--json PATH` is missing: where the figures go")?))
}
