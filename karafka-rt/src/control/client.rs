//! An operator's end of the control socket.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use super::runtime_dir::Candidate;
use super::socket::FILE;
use super::wire::{Answer, Request};

/// Longest wait for each step.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest answer that is read, in bytes: a swarm of 1,024 nodes has plenty of room.
const ANSWER: u64 = 16 * 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// No swarm runs under this name.
    #[error(
        "no swarm `{name}` runs on this machine, as far as its user can see; looked for {}",
        places.iter().map(|place| format!("`{}`", place.display())).collect::<Vec<_>>().join(", ")
    )]
    Nobody {
        /// Application and instance.
        name: String,
        /// Where its socket would be.
        places: Vec<PathBuf>,
    },
    /// It is there, and did not answer.
    #[error("the swarm at `{}` does not answer: {source}", path.display())]
    Silent {
        /// Its socket.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
}

/// Asks the swarm `name` in the first of the places where one listens.
pub(crate) fn ask(candidates: &[Candidate], name: &str, request: Request) -> Result<Answer, AskError> {
    let places: Vec<PathBuf> = candidates.iter().map(|place| place.path.join(name).join(FILE)).collect();
    for path in &places {
        match UnixStream::connect(path) {
            Ok(stream) => {
                return converse(stream, request).map_err(|source| AskError::Silent { path: path.clone(), source });
            }
            Err(error) if is_nobody(&error) => {}
            Err(source) => return Err(AskError::Silent { path: path.clone(), source }),
        }
    }
    Err(AskError::Nobody { name: name.to_owned(), places })
}

/// Nobody is there, or nobody listens any more.
fn is_nobody(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused | io::ErrorKind::NotADirectory)
}

fn converse(mut stream: UnixStream, request: Request) -> io::Result<Answer> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = serde_json::to_vec(&request)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = Vec::new();
    BufReader::new(stream.take(ANSWER)).read_until(b'\n', &mut answer)?;
    if answer.is_empty() {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it closed the connection without a word"));
    }
    Ok(serde_json::from_slice(&answer)?)
}
