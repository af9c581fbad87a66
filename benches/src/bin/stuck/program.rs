//! The program that is measured.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use karafka_benches::measure::Run;
use karafka_benches::options::option;
use karafka_rt::prelude::*;

/// The topic's name is known only at run time: the routes name it without its prefix.
const SUFFIX: &str = "records";
/// Longest a stuck handler waits for the end of the run.
const LIMIT: Duration = Duration::from_mins(2);

/// What the handler of partition 0 does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fifth {
    /// Skips its records at once: the siblings have the process for themselves.
    None,
    Stuck,
    Retrying,
}

static FIFTH: OnceLock<Fifth> = OnceLock::new();
static SIBLINGS: OnceLock<u64> = OnceLock::new();
static BEGAN: OnceLock<Instant> = OnceLock::new();
static COUNT: AtomicU64 = AtomicU64::new(0);
static SUM: AtomicU64 = AtomicU64::new(0);
static DONE: Mutex<bool> = Mutex::new(false);
static CHANGED: Condvar = Condvar::new();

#[derive(Consumer)]
#[consumer(payload = Raw)]
struct Sibling {
    count: u64,
    sum: u64,
}

impl ConsumeEach for Sibling {
    fn consume_each(&mut self, message: Message<'_, Raw>, cx: &mut Context<'_>) -> Result {
        if cx.partition() == 0 {
            return fifth(cx, message);
        }
        if self.count == 0 {
            BEGAN.get_or_init(Instant::now);
        }
        self.count += 1;
        let number = message.payload()?.first_chunk().map_or(u64::MAX, |chunk| u64::from_le_bytes(*chunk));
        self.sum = self.sum.wrapping_add(number);
        if SIBLINGS.get().is_some_and(|siblings| self.count == siblings / 4) {
            publish(self.count, self.sum);
        }
        Ok(())
    }
}

fn fifth(cx: &mut Context<'_>, message: Message<'_, Raw>) -> Result {
    match FIFTH.get() {
        Some(Fifth::Retrying) => Err("this record fails every attempt".into()),
        Some(Fifth::Stuck) => {
            let done = DONE.lock().unwrap_or_else(PoisonError::into_inner);
            drop(CHANGED.wait_timeout_while(done, LIMIT, |done| !*done));
            Ok(())
        }
        Some(Fifth::None) | None => cx.pause(message, LIMIT),
    }
}

fn publish(count: u64, sum: u64) {
    SUM.fetch_add(sum, Ordering::SeqCst);
    let records = COUNT.fetch_add(count, Ordering::SeqCst) + count;
    if Some(&records) != SIBLINGS.get() {
        return;
    }
    Run::finish(records, SUM.load(Ordering::SeqCst), BEGAN.get().copied());
    *DONE.lock().unwrap_or_else(PoisonError::into_inner) = true;
    CHANGED.notify_all();
    // A signal to this very process, so that it stops in order.
    nix::sys::signal::raise(nix::sys::signal::Signal::SIGTERM).expect("a process may signal itself");
}

karafka_rt::routes! {
    mod siblings as "stuck";
    topic "records" { consumer Sibling; }
}

pub(crate) fn run(case: &str, arguments: &[String]) -> ExitCode {
    let text = |name: &str| option(arguments, name).expect("the parent gives every argument");
    let fifth = match case {
        "none" => Fifth::None,
        "stuck" => Fifth::Stuck,
        "retrying" => Fifth::Retrying,
        other => panic!("there is no case `{other}`"),
    };
    FIFTH.get_or_init(|| fifth);
    SIBLINGS.get_or_init(|| text("--siblings").parse().expect("the parent gives numbers"));
    let topic = text("--topic");
    let prefix = topic.strip_suffix(SUFFIX).expect("the topic is named for these routes").to_owned();
    App::new(siblings::ROUTES)
        .server_by_default()
        .defaults(|defaults| {
            defaults.set("kafka.bootstrap.servers", text("--servers"));
            defaults.set("application.topic_prefix", prefix);
            defaults.set("telemetry.log", "error");
        })
        .run(["stuck"])
}
