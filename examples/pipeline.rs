//! A pipeline: one topic is read, checked, and written to the next one, which is read in turn.
//!
//! Run it: `cargo run --example pipeline`. Without brokers in the configuration it starts the embedded broker. Stop it with Ctrl-C.
//!
//! Look at `cx.produce::<street::Speeding>(..)`: the block says what belongs into that topic, so any other payload does not compile.
//! Progress of the first topic waits until what its handler produced is in Kafka: a crash in between repeats, and loses nothing.

use std::time::Duration;

use karafka_rt::message::Utf8;
use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

/// What a camera sends: `B-KA 1234;57`.
#[derive(Consumer)]
#[consumer(payload = String, codec = Utf8)]
struct Parse;

impl ConsumeEach for Parse {
    fn consume_each(&mut self, line: Message<'_, String>, cx: &mut Context<'_>) -> Result {
        let line = line.payload()?;
        let malformed = || HandlerError::permanent(format!("expected `plate;speed`, found `{line}`"));
        let (plate, speed) = line.split_once(';').ok_or_else(malformed)?;
        let speed: u32 = speed.trim().parse().map_err(|_| malformed())?;
        if speed > 50 {
            cx.produce::<street::Speeding>(plate, &Case { plate: plate.to_owned(), over: speed - 50 })?;
        }
        Ok(())
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Case {
    plate: String,
    over: u32,
}

#[derive(Consumer)]
#[consumer(payload = Case)]
struct Fine;

impl ConsumeEach for Fine {
    fn consume_each(&mut self, case: Message<'_, Case>, cx: &mut Context<'_>) -> Result {
        let Case { plate, over } = case.payload()?;
        info!(plate, over, cents = over * 700, "a letter is on its way");
        cx.produce_record::<street::Letters>(
            Record::new(&(over * 700)).key(plate).header("speed-over", over.to_string()),
        )
    }
}

routes! {
    /// From what a camera sees to a letter.
    mod street as "pipeline";

    topic "camera" {
        consumer Parse;
        dead_letter_queue(topic: "camera.dead", max_retries: 0);
    }
    topic "camera.dead";
    topic "speeding" { produce Case; consumer Fine; }
    topic "letters" { produce u32; }
}

fn main() -> ExitCode {
    App::new(street::ROUTES)
        .dev_broker_when_unconfigured()
        .server_by_default()
        .service(|node| {
            for line in ["B-KA 1234;48", "HH-RS 99;57", "what?", "M-X 1;120"].into_iter().cycle() {
                if node.is_stopping() {
                    break;
                }
                node.producer().produce_acked::<street::Camera>((), &line.to_owned())?;
                std::thread::sleep(Duration::from_millis(500));
            }
            Ok(())
        })
        .main()
}

#[cfg(test)]
mod tests {
    use karafka_rt::testing::Harness;

    use super::*;

    #[test]
    fn a_line_of_a_camera_becomes_a_letter() {
        let mut harness = Harness::new(street::ROUTES);
        for line in ["B-KA 1234;48", "HH-RS 99;57", "what?"] {
            harness.deliver_bytes::<street::Camera>((), line.as_bytes());
        }
        harness.run_until_idle();
        let letters = harness.produced::<street::Letters>();
        assert_eq!(letters.len(), 1);
        assert_eq!((letters[0].key(), letters[0].header("speed-over")), (Some(&b"HH-RS 99"[..]), Some("7".to_owned())));
        assert_eq!(letters[0].decode::<Json, u32>().unwrap(), 4_900);
        assert_eq!(harness.dead_letters()[0].bytes(), Some(&b"what?"[..]));
    }
}
