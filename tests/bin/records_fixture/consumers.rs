//! Consumers that do what scripts say and tell the journal.

use karafka_rt::prelude::*;
use serde_json::{Value, json};

use crate::journal;
use crate::script::{Script, see};

/// What an instance remembers: a cache like any consumer's fields.
#[derive(Default)]
struct Memory {
    calls: u64,
    last: Option<Position>,
}

/// One record at a time.
#[derive(Consumer)]
#[consumer(payload = Script)]
pub(crate) struct Each {
    memory: Memory,
}

/// The same with ticks.
#[derive(Consumer)]
#[consumer(payload = Script)]
pub(crate) struct Ticking {
    memory: Memory,
}

/// Batches. The script of the first record is what is done.
#[derive(Consumer)]
#[consumer(payload = Script)]
pub(crate) struct Batches {
    memory: Memory,
}

/// Batches. The scripts of all records are done, in order.
#[derive(Consumer)]
#[consumer(payload = Script)]
pub(crate) struct Whole {
    memory: Memory,
}

impl ConsumeEach for Each {
    fn consume_each(&mut self, message: Message<'_, Script>, cx: &mut Context<'_>) -> Result {
        self.memory.handle(message, cx)
    }
}

impl Revoked for Each {
    fn revoked(&mut self, cx: &mut Context<'_>) -> Result {
        self.memory.hook("revoked", "FIXTURE_REVOKED", cx)
    }
}

impl Shutdown for Each {
    fn shutdown(&mut self, cx: &mut Context<'_>) -> Result {
        self.memory.hook("shutdown", "FIXTURE_SHUTDOWN", cx)
    }
}

impl ConsumeEach for Ticking {
    fn consume_each(&mut self, message: Message<'_, Script>, cx: &mut Context<'_>) -> Result {
        self.memory.handle(message, cx)
    }
}

impl Tick for Ticking {
    fn tick(&mut self, cx: &mut Context<'_>) -> Result {
        self.memory.hook("tick", "FIXTURE_TICK", cx)
    }
}

impl Consume for Batches {
    fn consume(&mut self, batch: Batch<'_, Script>, cx: &mut Context<'_>) -> Result {
        let offsets: Vec<i64> = batch.iter().map(|message| message.offset()).collect();
        self.memory.calls += 1;
        tell("batch", cx, &json!({ "offset": offsets[0], "offsets": offsets }));
        let first = batch.first();
        first.payload()?.perform(cx, Some(first.position()), self.memory.last)?;
        self.memory.last = Some(batch.last().position());
        Ok(())
    }
}

impl Consume for Whole {
    fn consume(&mut self, batch: Batch<'_, Script>, cx: &mut Context<'_>) -> Result {
        let offsets: Vec<i64> = batch.iter().map(|message| message.offset()).collect();
        tell("batch", cx, &json!({ "offset": offsets[0], "offsets": offsets, "attempt": cx.attempt() }));
        let mut handle = |message: Message<'_, Script>| -> Result {
            message.payload()?.perform(cx, Some(message.position()), self.memory.last)?;
            self.memory.last = Some(message.position());
            Ok(())
        };
        let result = batch.iter().try_for_each(&mut handle);
        let error = result.as_ref().err().map(ToString::to_string);
        tell("batch_end", cx, &json!({ "offset": offsets[0], "offsets": offsets, "error": error }));
        result
    }
}

impl Memory {
    fn handle(&mut self, message: Message<'_, Script>, cx: &mut Context<'_>) -> Result {
        self.calls += 1;
        see(message.position());
        let (offset, attempt) = (message.offset(), cx.attempt());
        tell("call", cx, &json!({ "offset": offset, "attempt": attempt, "calls": self.calls }));
        let result = read(&message).and_then(|script| match script {
            Some(script) => script.perform(cx, Some(message.position()), self.last),
            None => Ok(()),
        });
        if result.is_ok() {
            self.last = Some(message.position());
        }
        let error = result.as_ref().err().map(ToString::to_string);
        tell("end", cx, &json!({ "offset": offset, "error": error }));
        result
    }

    fn hook(&self, event: &str, script: &str, cx: &mut Context<'_>) -> Result {
        let seen = self.last.map(|last| last.offset());
        tell(event, cx, &json!({ "offset": seen, "calls": self.calls, "lost": cx.is_lost() }));
        let result = Script::of_environment(script).perform(cx, None, self.last);
        tell(&format!("{event}_end"), cx, &json!({ "error": result.as_ref().err().map(ToString::to_string) }));
        result
    }
}

/// How a record is read stands in its header `read`.
fn read<'m>(message: &Message<'m, Script>) -> Result<Option<&'m Script>> {
    match message.headers().get("read") {
        Some(b"opt") => message.payload_opt(),
        Some(b"key") => message.key_str().and_then(|_| message.payload().map(Some)),
        _ => message.payload().map(Some),
    }
}

fn tell(event: &str, cx: &Context<'_>, more: &Value) {
    let mut line = more.clone();
    line["event"] = json!(event);
    line["topic"] = json!(cx.topic());
    line["partition"] = json!(cx.partition());
    journal::write(line);
}
