//! What a handler or tick is told to do: data that the tests write.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};

use karafka_rt::prelude::*;
use serde::Deserialize;
use serde_json::json;

use crate::blocks::producing;
use crate::journal;

/// Longest wait for something that a test is to bring about.
const BOUND: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(5);

/// What is done the first, second, .. time; the last entry is repeated.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Script(pub(crate) Vec<Vec<Act>>);

/// One thing to do. Times are milliseconds, offsets those of the partition of the call.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Act {
    Fail,
    Permanent,
    Unavailable,
    Panic,
    /// Unavailable as long as the file is missing; as a first act that does not count as a turn.
    Needs(String),
    /// Fails, without saying why, as long as the file is missing.
    FailUntil(String),
    /// Waits until the file is there.
    Await(String),
    AwaitRevoked,
    Block(u64),
    Mark,
    MarkAt(i64),
    MarkElsewhere(i32, i64),
    /// Marks until a mark returns false.
    MarkUntilLost,
    /// Marks the record of the call, with so many letters `x`, or with a text, as metadata.
    MarkWithLarge(usize),
    MarkWith(String),
    /// Tells the offset metadata.
    Metadata,
    /// Marks what the instance handled last.
    MarkLast,
    Commit,
    /// Holds this record and what follows.
    Pause(u64),
    PauseFrom(i64, u64),
    /// Holds what follows the record that the instance handled last.
    PauseLast(u64),
    Resume,
    Seek(i64),
    SeekEarliest,
    /// Milliseconds since the epoch.
    SeekTime(u64),
    SeekLatest,
    /// Key and payload.
    Produce(String, String),
    ProduceAcked(String, String),
    /// Bytes.
    ProduceLarge(usize),
    Nest(Box<Act>),
    /// Does these in one transaction; `TryTransaction` swallows its error.
    Transaction(Vec<Step>),
    TryTransaction(Vec<Step>),
}

/// One thing to do in a transaction.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// Key and payload.
    Produce(String, String),
    ProduceLarge(usize),
    Mark,
    MarkWith(String),
    Fail,
    Panic,
    Await(String),
}

/// Positions of all records that this process saw.
static SEEN: LazyLock<Mutex<HashMap<(i32, i64), Position>>> = LazyLock::new(Mutex::default);
/// How often each place had its turn in this process.
static TIMES: LazyLock<Mutex<HashMap<Place, usize>>> = LazyLock::new(Mutex::default);

/// Topic, partition and offset; -1 for what is no record.
type Place = (&'static str, i32, i64);

pub(crate) fn see(position: Position) {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert((position.partition(), position.offset()), position);
}

impl Script {
    pub(crate) fn of_environment(name: &str) -> Self {
        let text = std::env::var(name).unwrap_or_default();
        if text.is_empty() { Self::default() } else { serde_json::from_str(&text).expect("a script") }
    }

    /// Does what comes next for this record or tick. `here` is the record of the call, `last` the last one of the instance.
    pub(crate) fn perform(&self, cx: &mut Context<'_>, here: Option<Position>, last: Option<Position>) -> Result {
        let key = (cx.topic(), cx.partition(), here.map_or(-1, |here| here.offset()));
        let Some(end) = self.0.len().checked_sub(1) else { return Ok(()) };
        let acts = {
            let mut times = TIMES.lock().unwrap_or_else(PoisonError::into_inner);
            let time = times.entry(key).or_default();
            let acts = &self.0[end.min(*time)];
            // A turn in vain is not counted: the same acts come again.
            *time += usize::from(!acts.first().is_some_and(Act::lacks));
            acts
        };
        acts.iter().try_for_each(|act| act.perform(cx, here, last))
    }
}

impl Act {
    fn perform(&self, cx: &mut Context<'_>, here: Option<Position>, last: Option<Position>) -> Result {
        match self {
            Self::Fail => return Err("told to fail".into()),
            Self::Permanent => return Err(HandlerError::permanent("told to fail for good")),
            Self::Unavailable => return Err(HandlerError::unavailable("told to be unavailable")),
            Self::Panic => panic!("told to panic"),
            Self::Needs(file) if self.lacks() => return Err(HandlerError::unavailable(format!("no {file}"))),
            Self::FailUntil(file) if !is_there(file) => return Err("the database does not answer".into()),
            Self::Needs(_) | Self::FailUntil(_) => {}
            Self::Await(file) => wait(|| is_there(file)),
            Self::AwaitRevoked => wait(|| cx.is_revoked()),
            Self::Block(millis) => std::thread::sleep(Duration::from_millis(*millis)),
            Self::Mark => self.mark(cx, here)?,
            Self::MarkLast => self.mark(cx, last)?,
            Self::MarkWith(text) => self.mark_with(cx, here, text)?,
            Self::MarkWithLarge(letters) => self.mark_with(cx, here, &"x".repeat(*letters))?,
            Self::Metadata => match cx.offset_metadata::<String>() {
                Ok(value) => self.tell(cx, &json!(value)),
                Err(error) => self.tell(cx, &json!(error.to_string())),
            },
            Self::MarkAt(offset) => self.mark(cx, seen(cx.partition(), *offset))?,
            Self::MarkElsewhere(partition, offset) => self.mark(cx, seen(*partition, *offset))?,
            Self::MarkUntilLost => {
                let here = here.expect("a record");
                wait(|| matches!(cx.mark(here), Ok(false)));
                self.mark(cx, Some(here))?;
            }
            Self::Commit => {
                let committed = cx.commit();
                self.tell(cx, &json!(committed));
            }
            Self::Pause(millis) => cx.pause(here.expect("a record"), Duration::from_millis(*millis))?,
            Self::PauseFrom(offset, millis) => {
                let from = seen(cx.partition(), *offset).expect("a record that was seen");
                cx.pause(from, Duration::from_millis(*millis))?;
            }
            Self::PauseLast(millis) => {
                if let Some(last) = last {
                    cx.pause(last, Duration::from_millis(*millis))?;
                }
            }
            Self::Resume => cx.resume(),
            Self::Seek(offset) => cx.seek(SeekTo::Offset(*offset))?,
            Self::SeekEarliest => cx.seek(SeekTo::Earliest)?,
            Self::SeekTime(millis) => cx.seek(SeekTo::Time(UNIX_EPOCH + Duration::from_millis(*millis)))?,
            Self::SeekLatest => cx.seek(SeekTo::Latest)?,
            Self::Produce(key, text) => cx.produce::<producing::Out>(key, text)?,
            Self::ProduceAcked(key, text) => cx.produce_acked::<producing::Out>(key, text)?,
            Self::Nest(act) => act.perform(cx, here, last)?,
            Self::Transaction(steps) => self.transact(cx, here, steps)?,
            Self::TryTransaction(steps) => drop(self.transact(cx, here, steps)),
            Self::ProduceLarge(bytes) => cx.produce::<producing::Out>("large", &"x".repeat(*bytes))?,
        }
        Ok(())
    }

    fn transact(&self, cx: &mut Context<'_>, here: Option<Position>, steps: &[Step]) -> Result {
        let result = cx.transaction(|transaction| steps.iter().try_for_each(|step| step.perform(transaction, here)));
        let told = result.as_ref().map_or_else(|error| json!(error.to_string()), |()| json!("committed"));
        self.tell(cx, &told);
        result
    }

    fn lacks(&self) -> bool {
        matches!(self, Self::Needs(file) if !is_there(file))
    }

    fn mark_with(&self, cx: &mut Context<'_>, here: Option<Position>, text: &str) -> Result {
        let marked = cx.mark_with(here.expect("a record"), text);
        self.tell_marked(cx, marked)
    }

    fn mark(&self, cx: &mut Context<'_>, position: Option<Position>) -> Result {
        let Some(position) = position else {
            self.tell(cx, &json!("nothing to mark"));
            return Ok(());
        };
        let marked = cx.mark(position);
        self.tell_marked(cx, marked)
    }

    fn tell_marked(&self, cx: &Context<'_>, marked: Result<bool>) -> Result {
        match marked {
            Ok(marked) => {
                self.tell(cx, &json!(marked));
                Ok(())
            }
            Err(error) => {
                self.tell(cx, &json!(error.to_string()));
                Err(error)
            }
        }
    }

    fn tell(&self, cx: &Context<'_>, result: &serde_json::Value) {
        let (act, partition) = (format!("{self:?}"), cx.partition());
        journal::write(json!({ "event": "act", "partition": partition, "act": act, "result": result }));
    }
}

impl Step {
    fn perform(&self, transaction: &mut Transaction<'_>, here: Option<Position>) -> Result {
        match self {
            Self::Produce(key, text) => transaction.produce::<producing::Out>(key, text),
            Self::ProduceLarge(bytes) => transaction.produce::<producing::Out>("large", &"x".repeat(*bytes)),
            Self::Mark => transaction.mark(here.expect("a record")).map(drop),
            Self::MarkWith(text) => transaction.mark_with(here.expect("a record"), text).map(drop),
            Self::Fail => Err("told to fail".into()),
            Self::Panic => panic!("told to panic"),
            Self::Await(file) => {
                wait(|| is_there(file));
                Ok(())
            }
        }
    }
}

fn seen(partition: i32, offset: i64) -> Option<Position> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).get(&(partition, offset)).copied()
}

/// Files are told by name, beside the journal.
fn is_there(file: &str) -> bool {
    let journal = std::env::var("FIXTURE_JOURNAL").unwrap_or_default();
    Path::new(&journal).with_file_name(file).exists()
}

fn wait(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + BOUND;
    while !condition() {
        assert!(Instant::now() < deadline, "what the script waits for did not come");
        std::thread::sleep(LOOK);
    }
}
