//! `cargo xtask bench` and `cargo xtask soak`: builds a measuring program, gives it a Kafka, and records what it found with all that
//! is needed to do it again.
//!
//! The agreement with the programs: brokers are in an environment variable, `--json PATH` is added to their arguments, they write
//! their figures there, print a table for people, and end with 0 only when the figures are worth keeping.

mod record;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use self::record::Record;
use crate::kafka::Held;
use crate::workspace;

/// Runs a benchmark.
#[derive(Debug, clap::Args)]
pub(crate) struct BenchArguments {
    /// A program of `benches/src/bin`
    name: String,
    /// How many brokers the local Kafka has
    #[arg(long, default_value_t = 1)]
    brokers: u16,
    /// Handed on to the program
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Runs a program that lasts long and breaks things.
#[derive(Debug, clap::Args)]
pub(crate) struct SoakArguments {
    /// A program `soak_NAME` of `tests/bin`
    name: String,
    /// Where all random choices of the run start [default: a new one]
    #[arg(long)]
    seed: Option<u64>,
    /// How many brokers the local Kafka has
    #[arg(long, default_value_t = 1)]
    brokers: u16,
    /// Handed on to the program
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// What benches and soaks do differently.
struct Kind {
    command: &'static str,
    package: &'static str,
    /// The folder of the programs' sources, and what their names begin with.
    sources: &'static str,
    prefix: &'static str,
    results: &'static str,
    cluster: &'static str,
    /// Names the brokers: for the program, and to this task when there are some already.
    variable: &'static str,
}

/// Programs that measure the compiler, not Kafka: they get no broker, and are built like everything that they compile.
const OF_THE_COMPILER: [&str; 2] = ["compile", "fuzz"];

const BENCH: Kind = Kind {
    command: "bench",
    package: "karafka-benches",
    sources: "benches/src/bin",
    prefix: "",
    results: "benches/results",
    cluster: "bench",
    variable: "BENCH_BOOTSTRAP_SERVERS",
};
const SOAK: Kind = Kind {
    command: "soak",
    package: "karafka-tests",
    sources: "tests/bin",
    prefix: "soak_",
    results: "tests/results",
    cluster: "soak",
    variable: "TEST_BOOTSTRAP_SERVERS",
};

impl BenchArguments {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        BENCH.run(&self.name, self.brokers, None, &self.arguments)
    }
}

impl SoakArguments {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let seed = self.seed.unwrap_or_else(|| fastrand::u64(..));
        println!("seed {seed}");
        SOAK.run(&self.name, self.brokers, Some(seed), &self.arguments)
    }
}

impl Kind {
    fn run(&self, name: &str, brokers: u16, seed: Option<u64>, arguments: &[String]) -> anyhow::Result<()> {
        let program = self.build(name)?;
        // Taken before the run: what happens to the sources meanwhile is not in the program.
        let record = Record::begin(self.command_line(name, brokers, seed, arguments), seed)?;

        let figures = workspace::target().join(format!("{}-{name}.json", self.command));
        let _ = fs::remove_file(&figures);
        let mut command = Command::new(&program);
        command.current_dir(workspace::root()).stdin(Stdio::null()).args(arguments);
        if let Some(seed) = seed {
            command.args(["--seed", &seed.to_string()]);
        }
        command.arg("--json").arg(&figures);
        let kafka = if OF_THE_COMPILER.contains(&name) {
            run(&mut command)?;
            "none".to_owned()
        } else {
            self.measure(&mut command, brokers)?
        };

        let file = workspace::root().join(self.results).join(format!("{name}.json"));
        record.end(&kafka, &read_figures(&figures)?).save(&file)?;
        println!("figures: {}", file.strip_prefix(workspace::root()).unwrap_or(&file).display());
        Ok(())
    }

    fn build(&self, name: &str) -> anyhow::Result<PathBuf> {
        let binary = format!("{}{name}", self.prefix);
        let folder = workspace::root().join(self.sources);
        let known = programs(&folder, self.prefix);
        let known = if known.is_empty() { "none yet".to_owned() } else { known.join(", ") };
        let exists = folder.join(format!("{binary}.rs")).is_file();
        ensure!(exists, "there is no {} `{name}`; those in `{}`: {known}", self.command, self.sources);
        let mut cargo = workspace::cargo();
        cargo.args(["build", "--package", self.package, "--bin", &binary]);
        let folder = if OF_THE_COMPILER.contains(&name) { "debug" } else { "release" };
        if folder == "release" {
            cargo.arg("--release");
        }
        let status = cargo.stdin(Stdio::null()).status().context("cannot run cargo")?;
        ensure!(status.success(), "`{binary}` does not build");
        Ok(workspace::target().join(folder).join(binary))
    }

    /// Runs the program on the brokers that are named, else on a fresh local Kafka; says which it was.
    fn measure(&self, command: &mut Command, brokers: u16) -> anyhow::Result<String> {
        let named = env::var(self.variable).ok().filter(|servers| !servers.is_empty());
        let (held, kafka) = if named.is_some() {
            (None, format!("the brokers of `{}`", self.variable))
        } else {
            let held = Held::start(self.cluster, brokers)?;
            command.env(self.variable, &held.summary().bootstrap_servers);
            command.env("KARAFKA_TEST_KAFKA", &held.summary().folder).env("KARAFKA_XTASK", workspace::program());
            (Some(held), format!("Apache Kafka {} on this machine, {brokers} broker(s)", crate::kafka::VERSION))
        };
        let ran = run(command);
        held.map_or(Ok(()), Held::end)?;
        ran.map(|()| kafka)
    }

    fn command_line(&self, name: &str, brokers: u16, seed: Option<u64>, arguments: &[String]) -> String {
        let mut words = vec!["cargo xtask".to_owned(), self.command.to_owned(), name.to_owned()];
        if brokers != 1 {
            words.push(format!("--brokers {brokers}"));
        }
        words.extend(seed.map(|seed| format!("--seed {seed}")));
        words.extend(arguments.iter().cloned());
        words.join(" ")
    }
}

/// Runs a measuring program to its end.
fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot run `{}`", command.get_program().display()))?;
    ensure!(status.success(), "the program ended with {status}: its figures are not kept");
    Ok(())
}

/// The names of the programs in a folder, without their prefix.
fn programs(folder: &Path, prefix: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let name = |file: &str| Some(file.strip_suffix(".rs")?.strip_prefix(prefix)?.to_owned());
    let mut names: Vec<String> =
        entries.flatten().filter_map(|entry| name(&entry.file_name().to_string_lossy())).collect();
    names.sort();
    names
}

fn read_figures(file: &Path) -> anyhow::Result<serde_json::Value> {
    let text = fs::read_to_string(file).context("the program wrote no figures to the path after `--json`")?;
    serde_json::from_str(&text).context("the program's figures are no JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recorded_command_can_be_typed_again() {
        let arguments = ["--records".to_owned(), "5".to_owned()];
        assert_eq!(BENCH.command_line("drain", 1, None, &arguments), "cargo xtask bench drain --records 5");
        assert_eq!(SOAK.command_line("kills", 3, Some(7), &[]), "cargo xtask soak kills --brokers 3 --seed 7");
    }

    #[test]
    fn programs_are_found_by_their_prefix() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["soak_b.rs", "soak_a.rs", "other.rs", "soak_c.txt"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        assert_eq!(programs(folder.path(), "soak_"), ["a", "b"]);
        assert_eq!(programs(&folder.path().join("missing"), ""), Vec::<String>::new());
    }
}
