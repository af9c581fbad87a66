//! One generation of a swarm at a time: a lock that its last process lets go of by ending.
//!
//! The lock belongs to an open file that the nodes inherit, so it lasts while any process of the swarm does, whatever happened to
//! its supervisor. It is never unlocked, only closed.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::os;

/// The name of the file.
const FILE: &str = "lock";
/// How often the lock is tried.
const LOOK: Duration = Duration::from_millis(50);

/// Why this process may not be the swarm.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LifetimeError {
    /// Processes of an older generation live.
    #[error(
        "another swarm of this application and instance runs here, as processes {}; stop it, or set another \
         `application.instance` (the lock is {})",
        pids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "), file.display()
    )]
    Taken {
        /// Who holds the lock, as far as `/proc` tells.
        pids: Vec<i32>,
        /// The file.
        file: PathBuf,
    },
    /// The file cannot be locked.
    #[error("{} cannot be locked: {source}", file.display())]
    System {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Takes the lock in `folder` for this process and all that it forks, waiting at most `patience` for an older generation to go.
pub(crate) fn hold(folder: &Path, patience: Duration) -> Result<(), LifetimeError> {
    let path = folder.join(FILE);
    let failed = |source| LifetimeError::System { file: path.clone(), source };
    let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
    let deadline = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(LOOK),
            Err(TryLockError::WouldBlock) => {
                return Err(LifetimeError::Taken { pids: holders(&path), file: path });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
    }
    // Kept open until this process and every node have ended.
    std::mem::forget(file);
    Ok(())
}

/// The other processes that have the file open.
fn holders(path: &Path) -> Vec<i32> {
    let own = os::own_pid().number();
    let has_open = |pid: &i32| {
        let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        open.filter_map(|entry| fs::read_link(entry.path()).ok()).any(|target| target == path)
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut pids: Vec<i32> = pids.filter(|&pid| pid != own).filter(has_open).collect();
    pids.sort_unstable();
    pids
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn the_lock_is_held_by_whoever_has_it_open_and_free_once_they_are_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let file = File::options().create(true).append(true).open(&path).unwrap();
        file.try_lock().unwrap();
        // The lock is the open file's: it outlives us in a child that has a copy.
        let mut child = Command::new("sleep").arg("60").stdin(Stdio::from(file)).spawn().unwrap();
        let error = hold(folder.path(), Duration::from_millis(120)).unwrap_err();
        let LifetimeError::Taken { pids, .. } = &error else { panic!("{error}") };
        assert_eq!(*pids, [child.id() as i32], "{error}");
        child.kill().unwrap();
        child.wait().unwrap();
        hold(folder.path(), Duration::from_secs(5)).unwrap();
    }

    #[test]
    fn a_place_without_rights_is_an_error_of_the_system() {
        let error = hold(Path::new("/proc/self"), Duration::ZERO).unwrap_err();
        assert!(matches!(error, LifetimeError::System { .. }), "{error}");
    }
}
