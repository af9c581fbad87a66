//! Runs `cargo test`: repeats what it prints, has it counted, and ends it when it does not end by itself.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};

use super::libtest::Reader;
use super::tally::Tally;
use crate::stat;

/// Lines of output that may wait to be read.
const LINES_AHEAD: usize = 1_000;

/// Runs `cargo test`, repeats what it prints, and counts it. A run that does not end is ended, and counts as a failure.
pub(super) fn run(cargo: &mut Command, limit: Duration, tally: &mut Tally) -> anyhow::Result<()> {
    let deadline = Instant::now() + limit;
    let mut child = cargo.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cannot run `cargo test`")?;
    let lines = lines_of(child.stdout.take().expect("standard output is piped"));
    let mut reader = Reader::default();
    loop {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                println!("{line}");
                reader.line(&line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                end_with_descendants(&mut child);
                let limit = limit.as_secs();
                tally.fail(format!("the tests did not end within {limit} s; running: {}", reader.hanging()));
                break;
            }
        }
    }
    let status = child.wait().context("cannot wait for `cargo test`")?;
    reader.finish(status.success(), tally);
    Ok(())
}

/// Reads on a thread of its own, so that waiting for a line can have an end.
fn lines_of(output: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = mpsc::sync_channel(LINES_AHEAD);
    thread::spawn(move || {
        let lines = BufReader::new(output).split(b'\n').map_while(Result::ok);
        // Ends with the output, or with its reader.
        let _ = lines.map(|line| String::from_utf8_lossy(&line).into_owned()).try_for_each(|line| sender.send(line));
    });
    receiver
}

/// Cargo first: it would start the next test program.
fn end_with_descendants(child: &mut Child) {
    let descendants = stat::descendants(i32::try_from(child.id()).expect("process numbers stay below 2^22"));
    let _ = child.kill();
    for pid in descendants.into_iter().filter_map(Pid::from_raw) {
        let _ = kill_process(pid, Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_run_that_ends_is_counted() {
        let mut tally = Tally::default();
        let script = "echo 'running 1 test'; echo 'test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; x'";
        run(&mut shell(script), Duration::from_mins(1), &mut tally).unwrap();
        assert_eq!(tally.closing(), "\n1 passed, 0 failed, 0 skipped\n");
    }

    #[test]
    fn a_run_that_hangs_is_ended_with_all_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let mut tally = Tally::default();
        let script =
            "echo 'test a::b has been running for over 60 seconds'; sh -c 'sleep 60 & echo $! > FILE; wait'; true";
        let script = script.replace("FILE", file.to_str().unwrap());
        run(&mut shell(&script), Duration::from_secs(1), &mut tally).unwrap();
        assert!(tally.closing().contains("did not end within 1 s; running: a::b"), "{}", tally.closing());

        let grandchild: i32 = std::fs::read_to_string(file).unwrap().trim().parse().unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        // Whoever adopted it may take a moment to wait for it.
        while stat::read(grandchild).is_some_and(|stat| stat.state != 'Z') {
            assert!(Instant::now() < deadline, "process {grandchild} still runs");
            thread::yield_now();
        }
    }
}
