//! The configuration as an operator meets it: sources in, configuration or sentences out.

mod clients;
mod errors;
mod precedence;
mod routes;
mod secrets;
mod show;
mod tables;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::*;
use crate::topology::Topology;

/// Sources written as text, for one case.
#[derive(Default, Clone)]
struct Given<'a> {
    code: &'a [(&'a str, &'a str)],
    config_flag: Option<&'a str>,
    files: &'a [(&'a str, &'a str)],
    environment: &'a [(&'a str, &'a str)],
    set: &'a [&'a str],
    routes: &'a [&'static Topology],
    purpose: Purpose,
}

fn load_given(given: &Given<'_>) -> Result<Loaded, ConfigErrors> {
    let mut defaults = Defaults::new();
    for (key, value) in given.code {
        defaults.set(*key, value);
    }
    let environment: BTreeMap<OsString, OsString> =
        given.environment.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect();
    let setting = |text: &&str| CommandLineSetting { option: "--set", assignment: (*text).to_owned() };
    let sources = Sources {
        defaults,
        file: given.config_flag.map(PathBuf::from),
        environment,
        command_line: given.set.iter().map(setting).collect(),
        host_name: "box-1".to_owned(),
        routes: given.routes.to_vec(),
        purpose: given.purpose,
    };
    let files = |path: &Path| {
        let found = given.files.iter().find(|(name, _)| Path::new(name) == path);
        found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    };
    load(&sources, &files)
}

/// The error lines of a case, or nothing when it loads.
fn errors_of(given: &Given<'_>) -> Vec<String> {
    match load_given(given) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}
