//! A million token streams through `routes!`: the unit test `any_tokens_give_errors_or_a_topology` of the macro crate, for long.
//!
//! The pipeline is private to that crate, so this program runs its test and hands on the figures.

use std::process::{Command, ExitCode};

/// How many, unless `--inputs` says otherwise.
const INPUTS: &str = "1000000";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let (Some(seed), Some(figures)) = (option("--seed"), option("--json")) else {
        eprintln!("expected `--seed S --json PATH`: run `cargo xtask soak fuzz --seed S`");
        return ExitCode::FAILURE;
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let test = Command::new(cargo)
        .args(["test", "--offline", "--package", "karafka-macros", "--lib", "any_tokens_give_errors_or_a_topology"])
        .env("KARAFKA_FUZZ", option("--inputs").unwrap_or_else(|| INPUTS.to_owned()))
        .env("KARAFKA_FUZZ_SEED", seed)
        // A few small crates are built once more, and a million inputs take minutes instead of a quarter of an hour.
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "2")
        .env("CARGO_PROFILE_TEST_OPT_LEVEL", "2")
        .env("KARAFKA_FUZZ_FIGURES", figures)
        .status();
    match test {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
