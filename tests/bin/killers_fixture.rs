//! A user's program with records that end its process, each in another way; the payload says which. Every handler call that returns
//! is a line of the journal: partition, offset, process.

// A fixture that is started wrongly may say so with a panic.
#![allow(clippy::unwrap_used)]

use std::fs::{File, OpenOptions};
use std::hint::black_box;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Duration;

use karafka_rt::__swarm_fixture::fault;
use karafka_rt::consumer::Routes;
use karafka_rt::message::Utf8;
use karafka_rt::prelude::*;
use nix::sys::signal::{Signal, raise};

/// Names the file of the journal.
const JOURNAL: &str = "KILLERS_JOURNAL";
/// Names the block of routes.
const BLOCK: &str = "KILLERS_BLOCK";

static FILE: LazyLock<File> = LazyLock::new(|| {
    let path = std::env::var_os(JOURNAL).expect("the journal is named");
    OpenOptions::new().append(true).create(true).open(path).expect("the journal can be opened")
});

/// One record at a time.
#[derive(Consumer)]
#[consumer(payload = String, codec = Utf8)]
struct Each;

/// Many at a time.
#[derive(Consumer)]
#[consumer(payload = String, codec = Utf8)]
struct Batches;

impl ConsumeEach for Each {
    fn consume_each(&mut self, message: Message<'_, String>, cx: &mut Context<'_>) -> Result {
        perform(message.payload()?);
        tell(cx.partition(), message.offset())
    }
}

impl Consume for Batches {
    fn consume(&mut self, batch: Batch<'_, String>, cx: &mut Context<'_>) -> Result {
        for message in &batch {
            perform(message.payload()?);
        }
        batch.iter().try_for_each(|message| tell(cx.partition(), message.offset()))
    }
}

fn perform(payload: &str) {
    match payload {
        "fault" => fault(),
        "abort" => std::process::abort(),
        "ill" => raise(Signal::SIGILL).unwrap(),
        "overflow" => {
            black_box(overflow(0));
        }
        "exit" => std::process::exit(0),
        "eat" => {
            let mut all = Vec::new();
            loop {
                all.push(black_box(vec![1_u8; 8 << 20]));
            }
        }
        "loop" => loop {
            black_box(());
        },
        "slow" => std::thread::sleep(Duration::from_millis(2)),
        "leak" => {
            black_box(Box::leak(vec![1_u8; 1 << 20].into_boxed_slice()));
            // The node looks at its memory ten times a second: at this pace it sees the limit crossed, not jumped.
            std::thread::sleep(Duration::from_millis(2));
        }
        _ => {}
    }
}

/// Until the stack has no room, long before the depth is reached.
fn overflow(depth: u64) -> u64 {
    let mine = black_box([depth; 128]);
    if depth == u64::MAX { 0 } else { overflow(depth + 1) + mine[1] }
}

fn tell(partition: i32, offset: i64) -> Result {
    (&*FILE).write_all(format!("{partition} {offset} {}\n", std::process::id()).as_bytes())?;
    Ok(())
}

macro_rules! blocks {
    ($($module:ident $name:literal $consumer:ident $($letters:ident)?),*) => {
        $(routes! {
            mod $module as $name;
            topic "in" { consumer $consumer; handler_timeout 3s; $($letters(topic: "dead", max_retries: 2);)? }
            topic "dead";
        })*

        fn block(name: &str) -> Routes {
            match name {
                $(stringify!($module) => $module::ROUTES,)*
                _ => panic!("no block `{name}`"),
            }
        }
    };
}

blocks!(
    fault "killers-fault" Each dead_letter_queue,
    abort "killers-abort" Each dead_letter_queue,
    ill "killers-ill" Each dead_letter_queue,
    overflow "killers-overflow" Each dead_letter_queue,
    exit "killers-exit" Each dead_letter_queue,
    eat "killers-eat" Each dead_letter_queue,
    endless "killers-endless" Each dead_letter_queue,
    leak "killers-leak" Each dead_letter_queue,
    outside "killers-outside" Each dead_letter_queue,
    roll "killers-roll" Each dead_letter_queue,
    batch "killers-batch" Batches,
    batch_dead "killers-batch-dead" Batches dead_letter_queue,
    held "killers-held" Each
);

fn main() -> ExitCode {
    App::new(block(&std::env::var(BLOCK).expect("a block is named"))).main()
}
