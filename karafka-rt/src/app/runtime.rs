//! The directory and the lifetime lock of a swarm, before anything is loaded.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::Config;
use crate::consumer::Routes;
use crate::control::{self, LifetimeError};
use crate::lifecycle::exit::Code;
use crate::os::{self, Pid};

/// How long an older generation of this swarm may take to go: a supervisor that was killed leaves nodes for no longer than a second,
/// and a stop that has begun may need the rest of its time.
const OLDER_GENERATION: Duration = Duration::from_secs(10);

/// The swarm's name on this machine: `<application>.<instance>`.
pub(super) fn name(blocks: &[Routes], config: &Config) -> String {
    let application = blocks.first().map_or("karafka", |block| block.topology.application);
    format!("{application}.{}", config.application.instance)
}

/// Where its directory may be.
pub(super) fn candidates(config: &Config) -> Vec<control::Candidate> {
    control::candidates(configured(config), |name| std::env::var_os(name), os::user())
}

fn configured(config: &Config) -> Option<&Path> {
    Some(Path::new(&config.application.runtime_dir)).filter(|path| !path.as_os_str().is_empty())
}

/// Makes the directory and takes the lock. Without a place for it, a container's only process goes on; what it would have kept is
/// gone with it anyway.
pub(super) fn enter(blocks: &[Routes], config: &Config) -> Result<Option<PathBuf>, (String, Code)> {
    let folder = match control::open(&candidates(config), &name(blocks, config)) {
        Ok(folder) => folder,
        Err(refusals) => {
            let reasons: Vec<String> = refusals.iter().map(ToString::to_string).collect();
            let text = format!("no directory for the swarm's files can be used: {}", reasons.join("; "));
            if configured(config).is_none() && os::own_pid() == Pid::from_number(1) {
                tracing::warn!("{text}; going on without, so suspects are forgotten with this process");
                return Ok(None);
            }
            return Err((format!("{text}; set `application.runtime_dir`"), Code::Configuration));
        }
    };
    tracing::debug!(folder = %folder.display(), "runtime directory");
    match control::hold(&folder, OLDER_GENERATION) {
        Ok(()) => Ok(Some(folder)),
        Err(error @ LifetimeError::Taken { .. }) => Err((error.to_string(), Code::CannotRun)),
        Err(error @ LifetimeError::System { .. }) => Err((error.to_string(), Code::Configuration)),
    }
}
