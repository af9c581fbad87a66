//! A user's program for the tests of what happens to records: the block of routes that `FIXTURE_BLOCK` names.
//!
//! What its handlers do stands in the records themselves (see `script`), what its ticks do in the environment. Every handler call,
//! tick and hook is a line of the journal. It decides nothing about right and wrong: the tests do.

// A fixture that is started wrongly may say so with a panic.
#![allow(clippy::unwrap_used)]

mod blocks;
mod consumers;
mod journal;
mod kit;
mod script;

use std::process::ExitCode;

use karafka_rt::App;

fn main() -> ExitCode {
    let name = std::env::var("FIXTURE_BLOCK").expect("`FIXTURE_BLOCK` names a block");
    let (_, routes, inlet) = blocks::BLOCKS
        .iter()
        .copied()
        .find(|(block, ..)| *block == name)
        .unwrap_or_else(|| panic!("no block `{name}`"));
    if let Ok(scenario) = std::env::var("FIXTURE_KIT") {
        kit::run(routes, inlet, &scenario);
        return ExitCode::SUCCESS;
    }
    App::new(routes).main()
}
