//! The program under test: one topic, one consumer, `App::main`. What it does with a record stands in the record.
//!
//! A payload is the number of milliseconds that its handler takes. Every handler call is journalled when it begins and when it
//! returns, every process when it begins. Environment variables say the rest; see the constants.

use std::env;
use std::path::Path;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use karafka_rt::__own_cells::listener_silence;
use karafka_rt::prelude::*;

use super::history::{Event, Journal, Place};

/// Which of the cases, and by that which group; also what tells a soak program that it is to be the program under test.
pub const CASE: &str = "FAULTS_CASE";
/// The file that the processes write their journal to.
pub const JOURNAL: &str = "FAULTS_JOURNAL";
/// Handlers take so many milliseconds, whatever the records say.
pub const WORK: &str = "FAULTS_WORK";
/// `fail`: the `after_fork` hook of every node fails. A number: that of this slot never returns.
pub const BOOT: &str = "FAULTS_BOOT";
/// Set: the silence of the listeners is watched and journalled.
pub const WATCH: &str = "FAULTS_WATCH";

/// A longer silence than the last one is journalled when it is longer by this much.
const WORTH_TELLING: Duration = Duration::from_millis(20);
/// Between two looks at the cells.
const LOOK: Duration = Duration::from_millis(1);

#[derive(Consumer)]
#[consumer(payload = String, codec = Utf8)]
struct Worker;

impl ConsumeEach for Worker {
    fn consume_each(&mut self, message: Message<'_, String>, cx: &mut Context<'_>) -> Result {
        let (topic, pid) = (cx.topic().to_owned(), own_pid());
        let at = Place { partition: cx.partition(), offset: message.offset() };
        journal().tell(&Event::Begin { topic: topic.clone(), at, pid, attempt: cx.attempt() })?;
        let milliseconds = match env::var(WORK) {
            Ok(instead) => instead.parse()?,
            Err(_) => message.payload()?.parse()?,
        };
        thread::sleep(Duration::from_millis(milliseconds));
        journal().tell(&Event::End { topic, at, pid })?;
        Ok(())
    }
}

/// A block for each case, so that each has a group of its own: tests run at the same time.
macro_rules! cases {
    ($($module:ident $name:literal $($protocol:ident)?),*) => {
        $(karafka_rt::routes! {
            mod $module as $name;
            $(protocol $protocol;)?
            topic "in" { consumer Worker; }
        })*

        /// The names of the cases, which are those of their groups.
        pub const CASES: &[&str] = &[$($name),*];

        fn routes(case: &str) -> karafka_rt::consumer::Routes {
            match case {
                $($name => $module::ROUTES,)*
                _ => super::clerk::routes(case).unwrap_or_else(|| panic!("`{CASE}` names no case: `{case}`")),
            }
        }
    };
}

cases!(
    shared "faults-shared",
    shared_classic "faults-shared-classic" classic,
    stuck "faults-stuck",
    kills "faults-kills",
    orphans "faults-orphans",
    stop_within "faults-stop-within",
    stop_beyond "faults-stop-beyond",
    cycles "faults-cycles",
    boot "faults-boot",
    listener "faults-listener",
    frozen "faults-frozen"
);

/// Whether this process is to be the program under test.
pub fn is_asked_for() -> bool {
    env::var_os(CASE).is_some()
}

/// The `main` function of the program under test.
pub fn main() -> ExitCode {
    let case = env::var(CASE).unwrap_or_default();
    let mut app = App::new(routes(&case)).after_fork(boot);
    if env::var_os(WATCH).is_some() {
        app = app.service(|node| watch(|| node.is_stopping()));
    }
    app.main()
}

fn boot(slot: u32) -> Result {
    journal().tell(&Event::Process { pid: own_pid(), slot })?;
    match env::var(BOOT) {
        Ok(text) if text == "fail" => Err("the model file is missing".into()),
        Ok(text) if text == slot.to_string() => loop {
            thread::park();
        },
        _ => Ok(()),
    }
}

/// Looks at the listeners' cells, and tells each new longest silence. What was not looked at was not seen, so the longest time
/// between two looks is told too.
fn watch(is_over: impl Fn() -> bool) -> Result {
    let (mut gap, mut pause, mut told) = (Duration::ZERO, Duration::ZERO, None);
    let mut last = Instant::now();
    let tell = |gap: Duration, pause: Duration| {
        journal().tell(&Event::Tick { pid: own_pid(), gap: gap.as_millis() as u64, pause: pause.as_millis() as u64 })
    };
    while !is_over() {
        thread::sleep(LOOK);
        gap = gap.max(listener_silence().unwrap_or_default());
        pause = pause.max(last.elapsed());
        last = Instant::now();
        if told.is_none_or(|told| gap.max(pause) >= told + WORTH_TELLING) {
            told = Some(gap.max(pause));
            tell(gap, pause)?;
        }
    }
    tell(gap, pause)?;
    Ok(())
}

pub(super) fn journal() -> &'static Journal {
    static OPEN: OnceLock<Journal> = OnceLock::new();
    OPEN.get_or_init(|| {
        let path = env::var_os(JOURNAL).unwrap_or_else(|| panic!("`{JOURNAL}` must name the journal"));
        Journal::open(Path::new(&path)).expect("the journal can be opened")
    })
}

pub(super) fn own_pid() -> i32 {
    std::process::id() as i32
}
