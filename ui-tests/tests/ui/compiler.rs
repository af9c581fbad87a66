//! Calls the compiler on one program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::diagnostic::Diagnostic;

/// The compiler with the crates that a case names.
pub(crate) struct Compiler {
    runtime: PathBuf,
    support: PathBuf,
    output: tempfile::TempDir,
}

impl Compiler {
    /// Asks cargo, which has built them, where the crates are.
    pub(crate) fn new() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let build = Command::new(cargo)
            .args(["build", "--offline", "--quiet", "--message-format=json", "--package", "karafka-ui-tests", "--lib"])
            .output()
            .expect("cargo runs");
        assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
        let messages = String::from_utf8_lossy(&build.stdout);
        let artifact = |name: &str| {
            let of_crate =
                |message: &Value| message["target"]["name"] == name && message["reason"] == "compiler-artifact";
            let mut messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let found = messages.find(of_crate).unwrap_or_else(|| panic!("cargo built no `{name}`"));
            let mut files =
                found["filenames"].as_array().into_iter().flatten().filter_map(Value::as_str).map(PathBuf::from);
            let is_metadata = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "rmeta");
            files.find(is_metadata).expect("a library's metadata")
        };
        let output = tempfile::tempdir().expect("a temporary folder");
        Self { runtime: artifact("karafka_rt"), support: artifact("karafka_ui_tests"), output }
    }

    /// The errors of a program, in the order of the source.
    pub(crate) fn errors(&self, path: &Path) -> Vec<Diagnostic> {
        let run = self.rustc(path, &name(path)).args(["--emit=metadata", "--error-format=json"]).output();
        let run = run.expect("rustc runs");
        let messages = String::from_utf8_lossy(&run.stderr);
        let mut errors: Vec<Diagnostic> = messages.lines().filter_map(|line| Diagnostic::read(line, path)).collect();
        errors.sort_by_key(|error| (error.line, error.column));
        errors.dedup_by(|a, b| a == b);
        errors
    }

    /// What is wrong with a program once the errors of its macros are taken out: nothing may be.
    ///
    /// After an error the compiler keeps silent about names that it cannot find, and an editor does not. So the expansion is
    /// printed, in which `compile_error!` is gone, and compiled by itself.
    pub(crate) fn rest(&self, path: &Path) -> Option<String> {
        let file = format!("{}.expanded.rs", name(path));
        let expanded = self.output.path().join(&file);
        let print = self.rustc(path, &file).env("RUSTC_BOOTSTRAP", "1").arg("-Zunpretty=expanded").output();
        print.expect("rustc runs");
        let text = fs::read_to_string(&expanded).expect("the compiler prints an expansion");
        let compilable = format!("#![feature(panic_internals)]\n{}", without_helpers(&text));
        fs::write(&expanded, compilable).expect("a temporary file can be written");
        let mut rustc = self.rustc(&expanded, &name(&expanded));
        let run = rustc.env("RUSTC_BOOTSTRAP", "1").args(["--emit=metadata", "-Aunused"]).output().expect("rustc runs");
        (!run.status.success()).then(|| String::from_utf8_lossy(&run.stderr).into_owned())
    }

    /// The compiler for `path`, writing `output`.
    fn rustc(&self, path: &Path, output: &str) -> Command {
        let dependencies = self.runtime.parent().expect("a library lies in a folder");
        let with = |name: &str, file: &Path| format!("{name}={}", file.display());
        let mut rustc = Command::new("rustc");
        rustc
            .args(["--edition=2024", "--crate-type=bin"])
            .arg(format!("--crate-name={}", name(path)))
            .arg(format!("-Ldependency={}", dependencies.display()))
            .args(["--extern", &with("karafka_rt", &self.runtime)])
            .args(["--extern", &with("karafka_ui_tests", &self.support)])
            .arg(format!("-o{}", self.output.path().join(output).display()))
            .arg(path);
        rustc
    }
}

/// Without the attributes that only `derive(Consumer)` understands: printed, they have outlived it.
fn without_helpers(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some(at) = ["#[consumer", "#[state"].iter().filter_map(|helper| rest.find(helper)).min() {
        let end = rest[at..].find(']').map_or(rest.len(), |length| at + length + 1);
        kept.push_str(&rest[..at]);
        rest = &rest[end..];
    }
    kept + rest
}

/// A crate's name for a file.
fn name(path: &Path) -> String {
    let stem = path.file_stem().expect("a case has a name").to_string_lossy();
    stem.replace(['-', '.'], "_")
}
