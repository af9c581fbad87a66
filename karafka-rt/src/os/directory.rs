//! Directories that belong to one user, looked at without following links.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::Path;

/// Who may do what with a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Directory {
    /// The number of the user that owns it.
    pub(crate) owner: u32,
    /// Its permission bits.
    pub(crate) mode: u32,
}

/// The user of this process.
pub(crate) fn user() -> u32 {
    nix::unistd::geteuid().as_raw()
}

/// Makes a directory that only this user may enter; its parent must be there.
pub(crate) fn make_private_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

/// Takes all rights on a directory of ours from everybody else.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

/// Takes all rights on a file or socket of ours from everybody else.
pub(crate) fn make_private_file(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

/// Looks at a directory. A link, to a directory or not, is none.
pub(crate) fn directory(path: &Path) -> io::Result<Directory> {
    let found = fs::symlink_metadata(path)?;
    if !found.is_dir() {
        return Err(io::Error::other("it is not a directory (a link to one is none)"));
    }
    Ok(Directory { owner: found.uid(), mode: found.mode() })
}
