//! The directory for sockets and small files of one swarm: where it may be, and how it is made.
//!
//! Whoever can write there could speak for the swarm, so it belongs to the user of this process, nobody else can enter it, and no
//! step of the way into it is a link that somebody else could turn.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::os;

/// A place for the directories of all swarms of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Where.
    pub(crate) path: PathBuf,
    /// What names it, for people.
    pub(crate) because: &'static str,
    /// Whether it exists already, or is made here.
    made: Made,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    /// By whoever named it, a service manager for example.
    Elsewhere,
    /// By us, inside of a directory that is there.
    Here,
}

/// Why a place cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) path: PathBuf,
    pub(crate) because: &'static str,
    pub(crate) error: String,
}

/// The places in the order in which they are tried. One that is configured is the only one. `variable` reads the environment.
pub(crate) fn candidates(
    configured: Option<&Path>,
    variable: impl Fn(&str) -> Option<OsString>,
    user: u32,
) -> Vec<Candidate> {
    let candidate = |path: PathBuf, because, made| Candidate { path, because, made };
    if let Some(path) = configured {
        return vec![candidate(path.to_owned(), "`application.runtime_dir`", Made::Here)];
    }
    let named = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    // systemd names several, with colons between, when a unit asks for several.
    let first = |path: PathBuf| path.to_str().and_then(|text| text.split(':').next().map(PathBuf::from));
    let given = named("RUNTIME_DIRECTORY").and_then(first);
    let given = given.map(|path| candidate(path, "`RUNTIME_DIRECTORY`", Made::Elsewhere));
    let session = named("XDG_RUNTIME_DIR");
    let session = session.map(|path| candidate(path.join("karafka"), "`XDG_RUNTIME_DIR`", Made::Here));
    let own = PathBuf::from(format!("/tmp/karafka-{user}"));
    given
        .into_iter()
        .chain(session)
        .chain([
            candidate("/run/karafka".into(), "the place of the system's services", Made::Here),
            candidate(own, "the place of last resort", Made::Here),
        ])
        .collect()
}

/// Makes `name` in the first place that can be used, and returns its path.
pub(crate) fn open(candidates: &[Candidate], name: &str) -> Result<PathBuf, Vec<Refusal>> {
    let mut refusals = Vec::new();
    for Candidate { path, because, made } in candidates {
        match enter(path, *made).and_then(|()| enter(&path.join(name), Made::Here)) {
            Ok(()) => return Ok(path.join(name)),
            Err(error) => refusals.push(Refusal { path: path.clone(), because, error: error.to_string() }),
        }
    }
    Err(refusals)
}

/// A directory that is ours alone; made if it is not there and may be made.
fn enter(path: &Path, made: Made) -> io::Result<()> {
    if made == Made::Here {
        match os::make_private_directory(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    // Not what a link points to: the link itself is looked at.
    let found = os::directory(path)?;
    if found.owner != os::user() {
        return Err(io::Error::other(format!("it belongs to user {}, not to {}", found.owner, os::user())));
    }
    if found.mode & 0o022 != 0 {
        return Err(io::Error::other(format!("others may write to it (mode {:o})", found.mode & 0o7777)));
    }
    if made == Made::Here && found.mode & 0o077 != 0 {
        os::make_private(path)?;
    }
    // The rights on paper are not all: the file system may be read-only.
    let probe = path.join(".probe");
    fs::write(&probe, [])?;
    fs::remove_file(&probe)
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (from {}): {}", self.path.display(), self.because, self.error)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn here(path: PathBuf) -> Candidate {
        Candidate { path, because: "the test", made: Made::Here }
    }

    #[test]
    fn places_are_tried_in_the_order_of_who_named_them() {
        let environment = |name: &str| match name {
            "RUNTIME_DIRECTORY" => Some(OsString::from("/run/shop:/run/other")),
            "XDG_RUNTIME_DIR" => Some(OsString::from("/run/user/7")),
            _ => None,
        };
        let paths = |found: Vec<Candidate>| found.into_iter().map(|found| found.path).collect::<Vec<_>>();
        let all = ["/run/shop", "/run/user/7/karafka", "/run/karafka", "/tmp/karafka-7"].map(PathBuf::from);
        assert_eq!(paths(candidates(None, environment, 7)), all);
        assert_eq!(paths(candidates(None, |_| None, 7)), all[2..]);
        assert_eq!(paths(candidates(None, |_| Some("relative".into()), 7)), all[2..]);
        assert_eq!(paths(candidates(Some(Path::new("/var/x")), environment, 7)), [PathBuf::from("/var/x")]);
    }

    #[test]
    fn a_directory_is_made_private_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let candidate = here(folder.path().join("karafka"));
        for _ in 0..2 {
            let path = open(std::slice::from_ref(&candidate), "shop.box-1").unwrap();
            assert_eq!(path, folder.path().join("karafka/shop.box-1"));
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn places_that_others_could_turn_against_us_are_refused_and_the_next_one_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("open")).unwrap();
        fs::set_permissions(path("open"), fs::Permissions::from_mode(0o777)).unwrap();
        fs::create_dir(path("target")).unwrap();
        symlink(path("target"), path("link")).unwrap();
        fs::write(path("file"), "").unwrap();
        let bad = ["open", "link", "file", "missing/below"].map(|name| here(path(name)));
        for (candidate, words) in bad.iter().zip(["others may write", "", "", "No such file"]) {
            let refusals = open(std::slice::from_ref(candidate), "x").unwrap_err();
            assert!(refusals[0].to_string().contains(words), "{}", refusals[0]);
        }
        assert!(!path("target").join("x").exists(), "a link was followed");
        let all: Vec<Candidate> = bad.into_iter().chain([here(path("good"))]).collect();
        assert_eq!(open(&all, "x").unwrap(), path("good").join("x"));
    }
}
