//! The program under test for inputs with a ledger: every record becomes one output, or a dead letter, or waits, as it says itself.
//!
//! The handlers come in the ways that progress can be made: success marks, the handler marks, or failures go to a dead letter queue.

use std::env;
use std::fs::OpenOptions;
use std::path::Path;
use std::thread;
use std::time::Duration;

use karafka_rt::consumer::Routes;
use karafka_rt::prelude::*;

use super::fixture::{JOURNAL, journal, own_pid};
use super::history::{Event, Place};
use super::ledger::{Entry, Kind};

/// The size of an output that the brokers refuse: more than the output topic's `max.message.bytes`.
const LARGE: usize = 8 * 1024;
/// The largest record of an output topic, in bytes.
pub const OUTPUT_LIMIT: usize = 4 * 1024;

/// One record at a time; success marks.
#[derive(Consumer)]
#[consumer(payload = String, codec = Utf8)]
struct Clerk;

/// Batches; the handler marks each record.
#[derive(Consumer)]
#[consumer(payload = String, codec = Utf8)]
struct ManualClerk;

/// One record at a time; its output and its progress are one transaction.
#[derive(Consumer)]
#[consumer(payload = String, codec = Utf8)]
struct ExactClerk;

impl ConsumeEach for ExactClerk {
    fn consume_each(&mut self, message: Message<'_, String>, cx: &mut Context<'_>) -> Result {
        let (topic, pid) = (cx.topic().to_owned(), own_pid());
        let at = Place { partition: cx.partition(), offset: message.offset() };
        journal().tell(&Event::Begin { topic: topic.clone(), at, pid, attempt: cx.attempt() })?;
        let entry: Entry = message.payload()?.parse().map_err(|error| format!("{error:#}"))?;
        let result = cx.transaction(|transaction| {
            transaction.produce::<plain::Out>(&entry.key_text(), &format!("out {}", entry.name()))?;
            transaction.mark(message).map(drop)
        });
        journal().tell(&match result {
            Ok(()) => Event::End { topic, at, pid },
            Err(_) => Event::Failed { topic, at, pid },
        })?;
        result
    }
}

impl Revoked for ExactClerk {
    fn revoked(&mut self, cx: &mut Context<'_>) -> Result {
        revoked(cx)
    }
}

impl Shutdown for ExactClerk {
    fn shutdown(&mut self, cx: &mut Context<'_>) -> Result {
        shutdown(cx)
    }
}

impl ConsumeEach for Clerk {
    fn consume_each(&mut self, message: Message<'_, String>, cx: &mut Context<'_>) -> Result {
        handle(&message, cx)
    }
}

impl Consume for ManualClerk {
    fn consume(&mut self, batch: Batch<'_, String>, cx: &mut Context<'_>) -> Result {
        for message in &batch {
            handle(&message, cx)?;
            cx.mark(message)?;
        }
        Ok(())
    }
}

/// There for its failpoints.
impl Tick for Clerk {
    fn tick(&mut self, _: &mut Context<'_>) -> Result {
        Ok(())
    }
}

impl Revoked for Clerk {
    fn revoked(&mut self, cx: &mut Context<'_>) -> Result {
        revoked(cx)
    }
}

impl Revoked for ManualClerk {
    fn revoked(&mut self, cx: &mut Context<'_>) -> Result {
        revoked(cx)
    }
}

impl Shutdown for Clerk {
    fn shutdown(&mut self, cx: &mut Context<'_>) -> Result {
        shutdown(cx)
    }
}

impl Shutdown for ManualClerk {
    fn shutdown(&mut self, cx: &mut Context<'_>) -> Result {
        shutdown(cx)
    }
}

fn handle(message: &Message<'_, String>, cx: &mut Context<'_>) -> Result {
    let (topic, pid) = (cx.topic().to_owned(), own_pid());
    let at = Place { partition: cx.partition(), offset: message.offset() };
    journal().tell(&Event::Begin { topic: topic.clone(), at, pid, attempt: cx.attempt() })?;
    let result = perform(message, cx);
    // Of an output that will be refused the handler hears nothing: its attempt fails after it has returned.
    journal().tell(&match result {
        Ok(kind) if kind != Kind::Large => Event::End { topic, at, pid },
        _ => Event::Failed { topic, at, pid },
    })?;
    result.map(drop)
}

fn perform(message: &Message<'_, String>, cx: &mut Context<'_>) -> Result<Kind> {
    let entry: Entry = message.payload()?.parse().map_err(|error| format!("{error:#}"))?;
    thread::sleep(Duration::from_millis(entry.work));
    let mut output = format!("out {}", entry.name());
    match entry.kind {
        Kind::Poison => return Err("this record never works".into()),
        Kind::Flaky if cx.attempt() == 1 => return Err("this record does not work at first".into()),
        Kind::Stuck if claim(&entry) => loop {
            thread::park();
        },
        Kind::Good | Kind::Flaky | Kind::Stuck => {}
        Kind::Large => output.extend(std::iter::repeat_n(' ', LARGE)),
    }
    cx.produce::<plain::Out>(&entry.key_text(), &output)?;
    Ok(entry.kind)
}

/// Whether this is the first time, over all processes.
fn claim(entry: &Entry) -> bool {
    let folder = env::var_os(JOURNAL).unwrap_or_default();
    let file = Path::new(&folder).with_file_name(format!("stuck.{}", entry.id));
    OpenOptions::new().write(true).create_new(true).open(file).is_ok()
}

fn revoked(cx: &Context<'_>) -> Result {
    let (topic, partition) = (cx.topic().to_owned(), cx.partition());
    journal().tell(&Event::Revoked { topic, partition, pid: own_pid(), lost: cx.is_lost() })?;
    Ok(())
}

fn shutdown(cx: &Context<'_>) -> Result {
    let (topic, partition) = (cx.topic().to_owned(), cx.partition());
    journal().tell(&Event::Shutdown { topic, partition, pid: own_pid() })?;
    Ok(())
}

karafka_rt::routes! {
    mod plain as "ledger-plain";
    topic "in" { consumer Clerk; periodic false; }
    topic "out" { produce(String, codec: Utf8); }
}

karafka_rt::routes! {
    mod stuck as "ledger-stuck";
    topic "in" { consumer Clerk; periodic false; handler_timeout 1s; }
    topic "out" { produce(String, codec: Utf8); }
}

karafka_rt::routes! {
    mod single as "ledger-single";
    pause(timeout: 20ms, max_timeout: 50ms);
    topic "in" {
        consumer Clerk;
        periodic false;
        max_messages 1;
        dead_letter_queue(topic: "dead", max_retries: 2, independent);
    }
    topic "dead";
    topic "out" { produce(String, codec: Utf8); }
}

/// Blocks that differ in their group, so that several run at the same time.
macro_rules! ways {
    (automatic: $($automatic:ident $a:literal),*; manual: $($manual:ident $m:literal),*;
     exact: $($exact:ident $e:literal),*; letters: $($letters:ident $l:literal),*; classic: $($classic:ident $c:literal),*) => {
        $(karafka_rt::routes! {
            mod $automatic as $a;
            pause(timeout: 20ms, max_timeout: 50ms);
            topic "in" { consumer Clerk; periodic(interval: 100ms); }
            topic "out" { produce(String, codec: Utf8); }
        })*
        $(karafka_rt::routes! {
            mod $manual as $m;
            pause(timeout: 20ms, max_timeout: 50ms);
            topic "in" { consumer ManualClerk; manual_offsets; max_messages 10; }
            topic "out" { produce(String, codec: Utf8); }
        })*
        $(karafka_rt::routes! {
            mod $exact as $e;
            pause(timeout: 20ms, max_timeout: 50ms);
            topic "in" { consumer ExactClerk; manual_offsets; }
            topic "out" { produce(String, codec: Utf8); }
        })*
        $(karafka_rt::routes! {
            mod $letters as $l;
            pause(timeout: 20ms, max_timeout: 50ms);
            topic "in" {
                consumer Clerk;
                periodic(interval: 100ms);
                dead_letter_queue(topic: "dead", max_retries: 2, independent);
            }
            topic "dead";
            topic "out" { produce(String, codec: Utf8); }
        })*
        $(karafka_rt::routes! {
            mod $classic as $c;
            protocol classic;
            pause(timeout: 20ms, max_timeout: 50ms);
            topic "in" { consumer Clerk; periodic false; }
            topic "out" { produce(String, codec: Utf8); }
        })*

        /// The cases in which success marks.
        pub const AUTOMATIC: &[&str] = &[$($a),*];
        /// Those in which the handler marks.
        pub const MANUAL: &[&str] = &[$($m),*];
        /// Those in which output and progress are one transaction.
        pub const EXACT: &[&str] = &[$($e),*];
        /// Those in which failures go to a dead letter queue.
        pub const LETTERS: &[&str] = &[$($l),*];
        /// Those with the classic group protocol; all others have KIP-848.
        pub const CLASSIC: &[&str] = &[$($c),*];

        /// The routes of a case, if it is one of these.
        pub(super) fn routes(case: &str) -> Option<Routes> {
            Some(match case {
                "ledger-plain" => plain::ROUTES,
                "ledger-single" => single::ROUTES,
                "ledger-stuck" => stuck::ROUTES,
                $($a => $automatic::ROUTES,)*
                $($m => $manual::ROUTES,)*
                $($e => $exact::ROUTES,)*
                $($l => $letters::ROUTES,)*
                $($c => $classic::ROUTES,)*
                _ => return None,
            })
        }
    };
}

ways!(
    automatic: automatic_0 "ledger-automatic-0", automatic_1 "ledger-automatic-1", automatic_2 "ledger-automatic-2",
        automatic_3 "ledger-automatic-3", automatic_4 "ledger-automatic-4", automatic_5 "ledger-automatic-5";
    manual: manual_0 "ledger-manual-0", manual_1 "ledger-manual-1", manual_2 "ledger-manual-2",
        manual_3 "ledger-manual-3", manual_4 "ledger-manual-4", manual_5 "ledger-manual-5";
    exact: exact_0 "ledger-exact-0", exact_1 "ledger-exact-1", exact_2 "ledger-exact-2", exact_3 "ledger-exact-3",
        exact_4 "ledger-exact-4", exact_5 "ledger-exact-5";
    letters: letters_0 "ledger-letters-0", letters_1 "ledger-letters-1", letters_2 "ledger-letters-2",
        letters_3 "ledger-letters-3", letters_4 "ledger-letters-4", letters_5 "ledger-letters-5";
    classic: classic_0 "ledger-classic-0", classic_1 "ledger-classic-1"
);
