//! Words for people. `println!` would panic when nobody listens any more.

use std::fmt::Display;
use std::io::{self, Write as _};

use anyhow::Context as _;

/// Writes a line of the result to the standard output.
pub(super) fn result(text: impl Display) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{text}").context("cannot write the result")
}

/// Writes a line about how it goes to the standard error output, if somebody listens.
pub(super) fn note(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}
