//! Starting, asking and ending the broker's process. Makes no thread, so that the caller may fork afterwards.

use std::io::{Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::os::{EpollSet, Pid, PidFd, Signal, own_pid};

use super::child::ARGUMENT;
use super::error::DevBrokerError;
use super::protocol::{Lines, Reply, Request};

/// Starting the program again and its cluster.
const START_WAIT: Duration = Duration::from_secs(20);

/// Answering a request.
const ANSWER_WAIT: Duration = Duration::from_secs(10);

/// Ending by itself; after that it is killed.
const END_WAIT: Duration = Duration::from_secs(2);

/// An embedded broker. It ends with this value, and with this process in any case.
#[derive(Debug)]
pub struct DevBroker {
    /// Held so that its number is never mistaken for another process's, whoever reaps children in this one.
    child: PidFd,
    /// Closing it ends the child. Taken out only by `drop`.
    input: Option<ChildStdin>,
    output: ChildStdout,
    readable: EpollSet,
    lines: Lines,
    servers: String,
    /// A forked copy of this value must not end the broker.
    owner: Pid,
}

impl DevBroker {
    /// Starts one on free ports of 127.0.0.1, and waits until it listens: some 50 ms, at most 20 s.
    pub fn start() -> Result<Self, DevBrokerError> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0) // Ctrl-C is for those who use it; it ends after them
            .spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take().expect("standard output is piped"));
        let child = PidFd::open(Pid::from_number(child.id().cast_signed()))?;
        let readable = EpollSet::new()?;
        readable.add(&output, 0)?;
        let (lines, servers, owner) = (Lines::default(), String::new(), own_pid());
        let mut broker = Self { child, input, output, readable, lines, servers, owner };
        match broker.reply(START_WAIT)? {
            Reply::Ready(servers) => broker.servers = servers,
            other => return Err(DevBrokerError::Unexpected(other.line().trim_end().to_owned())),
        }
        Ok(broker)
    }

    /// Where clients begin: the value of `bootstrap.servers`.
    pub fn bootstrap_servers(&self) -> &str {
        &self.servers
    }

    /// Creates a topic, unless it is there. The broker keeps 5 MiB or 100,000 batches of each partition.
    pub fn create_topic(&mut self, name: &str, partitions: i32) -> Result<(), DevBrokerError> {
        if name.contains('\n') {
            return Err(DevBrokerError::Refused(format!("`{}` is no topic name", name.escape_debug())));
        }
        let request = Request::Create { name: name.to_owned(), partitions };
        let input = self.input.as_mut().ok_or(DevBrokerError::Ended)?;
        input.write_all(request.line().as_bytes())?;
        match self.reply(ANSWER_WAIT)? {
            Reply::Done => Ok(()),
            Reply::Refused(why) => Err(DevBrokerError::Refused(why)),
            other @ Reply::Ready(_) => Err(DevBrokerError::Unexpected(other.line().trim_end().to_owned())),
        }
    }

    fn reply(&mut self, within: Duration) -> Result<Reply, DevBrokerError> {
        let deadline = Instant::now() + within;
        loop {
            if let Some(line) = self.lines.next() {
                return Reply::parse(&line).ok_or(DevBrokerError::Unexpected(line));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(DevBrokerError::Silent(within));
            }
            if self.readable.wait(Some(left))?.is_empty() {
                continue;
            }
            let mut bytes = [0; 1_024];
            match self.output.read(&mut bytes)? {
                0 if self.lines.rest().is_empty() => return Err(DevBrokerError::Ended),
                0 => return Err(DevBrokerError::Unexpected(self.lines.rest())),
                count if self.lines.push(&bytes[..count]) => {}
                _ => return Err(DevBrokerError::Unexpected(self.lines.rest())),
            }
        }
    }
}

impl Drop for DevBroker {
    fn drop(&mut self) {
        if own_pid() != self.owner {
            return;
        }
        drop(self.input.take());
        let deadline = Instant::now() + END_WAIT;
        // Its end closes its output, which is what is waited for; whatever it still says is dropped.
        let mut bytes = [0; 1_024];
        while Instant::now() < deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.readable.wait(Some(left)) {
                Ok(ready) if ready.is_empty() => {}
                Ok(_) if self.output.read(&mut bytes).is_ok_and(|count| count > 0) => {}
                Ok(_) | Err(_) => break,
            }
        }
        // Both fail when the child has ended and was reaped by somebody else, which is as good.
        let _ = self.child.send(Signal::SIGKILL);
        let _ = self.child.reap_blocking();
    }
}
