//! The journal: one JSON object a line, each written at once, so that lines of several processes never mix.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::sync::LazyLock;
use std::time::Instant;

use serde_json::{Value, json};

static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
static FILE: LazyLock<File> = LazyLock::new(|| {
    let path = std::env::var_os("FIXTURE_JOURNAL").expect("`FIXTURE_JOURNAL` names a file");
    OpenOptions::new().append(true).create(true).open(path).expect("the journal can be opened")
});

/// Adds the process and the microseconds since its first line.
pub(crate) fn write(mut line: Value) {
    line["pid"] = json!(std::process::id());
    line["at"] = json!(BEGIN.elapsed().as_micros() as u64);
    (&*FILE).write_all(format!("{line}\n").as_bytes()).expect("the journal can be written");
}
