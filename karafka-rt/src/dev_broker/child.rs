//! The broker's own process: runs the cluster until its parent is gone.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::process::ExitCode;

use crate::librdkafka::{Code, MockCluster};
use crate::os::{EpollSet, PidFd, parent_pid};

use super::protocol::{Lines, Reply, Request};

/// The first argument of the child.
pub(super) const ARGUMENT: &str = "__karafka-dev-broker";

/// Runs the embedded broker when this process was started to be one, and returns how it ended; `None` in every other
/// process. Call it first thing in a `main` that uses [`DevBroker`](super::DevBroker) without `App::main`.
pub fn run_if_asked() -> Option<ExitCode> {
    let asked = std::env::args_os().nth(1).is_some_and(|argument| argument == ARGUMENT);
    asked.then(|| match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "the embedded broker failed: {error}");
            ExitCode::FAILURE
        }
    })
}

/// Ends when the parent closes the pipe or dies; a forked copy of the parent may hold the pipe open, so both are watched.
/// `PR_SET_PDEATHSIG` would not do: it speaks of the thread that started this process.
fn run() -> io::Result<()> {
    let set = EpollSet::new()?;
    let parent = parent_pid();
    let watched = PidFd::open(parent)?;
    if parent_pid() != parent {
        return Ok(()); // it had died before
    }
    set.add(&watched, PARENT)?;
    let mut input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    set.add(&input, INPUT)?;
    let cluster = MockCluster::start(1).map_err(io::Error::other)?;
    say(&Reply::Ready(cluster.bootstrap_servers()))?;
    let mut lines = Lines::default();
    loop {
        let ready = set.wait(None)?;
        if ready.contains(&PARENT) {
            return Ok(());
        }
        if ready.contains(&INPUT) {
            let mut bytes = [0; 1_024];
            let count = input.read(&mut bytes)?;
            if count == 0 || !lines.push(&bytes[..count]) {
                return Ok(());
            }
        }
        while let Some(line) = lines.next() {
            say(&answer(&cluster, &line))?;
        }
    }
}

const PARENT: u64 = 1;
const INPUT: u64 = 2;

fn answer(cluster: &MockCluster, line: &str) -> Reply {
    match Request::parse(line) {
        Some(Request::Create { name, partitions }) => match cluster.create_topic(&name, partitions) {
            Ok(()) => Reply::Done,
            // Wanted and there.
            Err(error) if error.code == Code::TOPIC_ALREADY_EXISTS => Reply::Done,
            Err(error) => Reply::Refused(error.to_string()),
        },
        None => Reply::Refused(format!("`{line}` is no request")),
    }
}

fn say(reply: &Reply) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(reply.line().as_bytes())?;
    output.flush()
}
