//! Calls the compiler on one program.

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
        let dependencies = self.runtime.parent().expect("a library lies in a folder");
        let name = path.file_stem().expect("a case has a name").to_string_lossy().replace('-', "_");
        let with = |name: &str, file: &Path| format!("{name}={}", file.display());
        let run = Command::new("rustc")
            .args(["--edition=2024", "--crate-type=bin", "--emit=metadata", "--error-format=json"])
            .arg(format!("--crate-name={name}"))
            .arg(format!("-Ldependency={}", dependencies.display()))
            .args(["--extern", &with("karafka_rt", &self.runtime)])
            .args(["--extern", &with("karafka_ui_tests", &self.support)])
            .arg(format!("-o{}", self.output.path().join(&name).display()))
            .arg(path)
            .output()
            .expect("rustc runs");
        let messages = String::from_utf8_lossy(&run.stderr);
        let mut errors: Vec<Diagnostic> = messages.lines().filter_map(|line| Diagnostic::read(line, path)).collect();
        errors.sort_by_key(|error| (error.line, error.column));
        errors.dedup_by(|a, b| a == b);
        errors
    }
}
