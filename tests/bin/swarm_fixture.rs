//! A swarm whose nodes misbehave on request. It writes a journal of JSON lines to its standard output, its log to the error output.
//!
//! Arguments are `name=value`. `nodes=a,b,c` gives each slot its behaviour and `later=x` that of every incarnation after the first;
//! `preload=..` and `after_fork=..` say what happens there; the rest are durations in milliseconds. See `Node::live` for behaviours.

#![allow(clippy::print_stdout, reason = "the journal")]
// A fixture that is started wrongly may say so with a panic.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::io::{self, Write};
use std::net::TcpListener;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use karafka_rt::__swarm_fixture::{Seat, Settings, log, run};
use nix::sys::prctl::get_pdeathsig;
use nix::sys::signal::{SigSet, Signal, raise};
use nix::unistd::{Uid, getpid, getppid, setuid};
use serde_json::json;

/// One turn of a node that has nothing to do.
const TURN: Duration = Duration::from_millis(20);
/// An unprivileged user.
const NOBODY: u32 = 65_534;

fn main() -> ExitCode {
    log();
    let arguments = Arguments::parse();
    let nodes = arguments.list("nodes");
    let settings = Settings {
        nodes: nodes.len() as u32,
        memory_limit: arguments.text("memory_limit").map(|mib| mib.parse::<u64>().unwrap() << 20),
        shutdown_timeout: arguments.milliseconds("shutdown_timeout", 2000),
        boot_timeout: arguments.milliseconds("boot_timeout", 60_000),
        silence_limit: arguments.milliseconds("silence_limit", 30_000),
        back_off_base: arguments.milliseconds("back_off_base", 50),
        back_off_cap: arguments.milliseconds("back_off_cap", 60_000),
        give_up_after: arguments.milliseconds("give_up_after", 30_000),
    };
    let handler_timeout = arguments.milliseconds("handler_timeout", 300);
    let shutdown_timeout = settings.shutdown_timeout;
    run(
        &settings,
        || preload(arguments.text("preload")),
        |slot| after_fork(arguments.text("after_fork"), &nodes[slot as usize]),
        |seat| {
            let first = &nodes[seat.slot() as usize];
            let behaviour = if seat.incarnation() > 1 { arguments.text("later").unwrap_or(first) } else { first };
            Node { seat, handler_timeout, shutdown_timeout }.live(behaviour)
        },
    )
}

struct Node {
    seat: Seat,
    handler_timeout: Duration,
    shutdown_timeout: Duration,
}

impl Node {
    /// Behaves as told and returns the code to exit with.
    fn live(mut self, behaviour: &str) -> i32 {
        let (name, number) = behaviour.split_once(':').unwrap_or((behaviour, "0"));
        let number: i32 = number.parse().unwrap();
        if name == "exit_in_boot" {
            return number;
        }
        if name == "late" {
            self.seat.begin_handler(self.handler_timeout);
        }
        self.seat.report_up();
        self.tell("up");
        match name {
            "idle" | "late" => self.idle(),
            "quiet" => {
                while !self.seat.is_quiet() {
                    self.seat.turn(TURN);
                }
                self.tell("quiet");
                self.idle()
            }
            // A handler that never ends, beside a listener that is alive.
            "busy" => {
                thread::spawn(|| loop_for_ever::<()>(|| std::hint::black_box(())));
                self.idle()
            }
            "exit" => number,
            "panic" => panic!("as told"),
            "abort" => std::process::abort(),
            "raise" => {
                raise(Signal::try_from(number).unwrap()).unwrap();
                self.idle()
            }
            // Stands still: no turn of the listener, and so no ear for signals.
            "silent" => loop_for_ever(thread::park),
            // Grows by so many MiB in each turn, and never leaves by itself.
            "bloat" => {
                let mut all = Vec::new();
                while !self.seat.turn(TURN) {
                    all.push(vec![1_u8; (number as usize) << 20]);
                }
                std::hint::black_box(&all);
                0
            }
            // Turns, but does not leave.
            "deaf" => loop_for_ever(|| _ = self.seat.turn(TURN)),
            // The same, and ABRT does not help.
            "iron" => {
                SigSet::from(Signal::SIGABRT).thread_block().unwrap();
                loop_for_ever(|| _ = self.seat.turn(TURN))
            }
            "unhealthy" => {
                self.seat.report_unhealthy("the disk is full");
                self.idle()
            }
            // Works until it gives up, as a node with a job that does not end does.
            "stubborn" => {
                self.idle();
                let given_up = Instant::now() + self.shutdown_timeout;
                while Instant::now() < given_up {
                    self.seat.turn(TURN);
                }
                2
            }
            // Starts a process that would outlive it, and one that ends at once as somebody else's orphan.
            "family" => {
                #[allow(clippy::zombie_processes, reason = "it is to be left behind")]
                let child = Command::new("sleep").arg("1000").spawn().unwrap();
                Command::new("setsid").args(["--fork", "true"]).status().unwrap();
                journal(&json!({ "event": "family", "pid": child.id() }));
                self.idle()
            }
            other => panic!("unknown behaviour {other}"),
        }
    }

    fn idle(&mut self) -> i32 {
        while !self.seat.turn(TURN) {}
        self.tell("stopping");
        0
    }

    fn tell(&self, event: &str) {
        let (slot, incarnation) = (self.seat.slot(), self.seat.incarnation());
        let dies_with_parent = get_pdeathsig() == Ok(Some(Signal::SIGKILL));
        let pid = getpid().as_raw();
        journal(&json!({
            "event": event, "slot": slot, "incarnation": incarnation, "pid": pid, "dies_with_parent": dies_with_parent,
        }));
    }
}

fn preload(behaviour: Option<&str>) -> Result<(), String> {
    journal(&json!({ "event": "preload", "pid": getpid().as_raw() }));
    match behaviour {
        None => {}
        Some("error") => return Err("the table of planes is missing".into()),
        Some("threads") => {
            for name in ["rayon-0", "rayon-1"] {
                thread::Builder::new().name(name.into()).spawn(|| loop_for_ever::<()>(thread::park)).unwrap();
            }
        }
        Some("joined_thread") => thread::spawn(|| ()).join().unwrap(),
        Some("socket") => {
            let socket = TcpListener::bind("127.0.0.1:0").unwrap();
            journal(&json!({ "event": "socket", "address": socket.local_addr().unwrap().to_string() }));
            std::mem::forget(socket);
        }
        Some("spin") => loop_for_ever(|| std::hint::black_box(())),
        Some(other) => panic!("unknown preload {other}"),
    }
    Ok(())
}

fn after_fork(behaviour: Option<&str>, node: &str) -> Result<(), String> {
    if behaviour == Some("drop_privileges") {
        setuid(Uid::from_raw(NOBODY)).map_err(|error| error.to_string())?;
    }
    journal(&json!({ "event": "after_fork", "pid": getpid().as_raw(), "parent": getppid().as_raw() }));
    match node {
        "boots_for_ever" => loop_for_ever(|| std::hint::black_box(())),
        "misconfigured" => Err("no such model file".into()),
        _ => Ok(()),
    }
}

fn loop_for_ever<T>(mut turn: impl FnMut()) -> T {
    loop {
        turn();
    }
}

/// One write per line, so that lines of several processes never mix. Nobody may be listening.
fn journal(line: &serde_json::Value) {
    let _ = io::stdout().lock().write_all(format!("{line}\n").as_bytes());
}

struct Arguments(HashMap<String, String>);

impl Arguments {
    fn parse() -> Self {
        let pair = |argument: String| {
            let (name, value) =
                argument.split_once('=').unwrap_or_else(|| panic!("expected name=value, found {argument}"));
            (name.to_owned(), value.to_owned())
        };
        Self(std::env::args().skip(1).map(pair).collect())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn list(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(',').filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    fn milliseconds(&self, name: &str, default: u64) -> Duration {
        Duration::from_millis(self.text(name).map_or(default, |text| text.parse().unwrap()))
    }
}
