//! Flights come in, delays by airline go out, on a swarm of two nodes.
//!
//! `cargo run --release --example quickstart` shows it from end to end: it publishes the 27,004 departures from New York in
//! January 2013, runs the program below as a swarm, and balances the books. It needs no Kafka: without
//! `KARAFKA_BOOTSTRAP_SERVERS=host:port` it brings an embedded broker. With `--serve` it stays up and goes on publishing.
//!
//! This file is the whole program. The tour around it (publishing, counting, the report) stands in `quickstart/`.

#[path = "quickstart/mod.rs"]
mod tour;

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

use tour::Planes;

/// One departure.
#[derive(Debug, Serialize, Deserialize)]
struct Flight {
    time_hour: String,
    carrier: String,
    #[serde(rename = "flight")]
    number: u32,
    tailnum: Option<String>,
    origin: String,
    dest: String,
    distance: u32,
    dep_delay: Option<i32>,
    /// In minutes; missing when the flight was cancelled or diverted.
    arr_delay: Option<i32>,
}

/// What came of one record of `flights`. It names its source, because a record may be handled more than once.
#[derive(Debug, Serialize, Deserialize)]
struct Report {
    partition: i32,
    offset: i64,
    outcome: Outcome,
}

#[derive(Debug, Serialize, Deserialize)]
enum Outcome {
    Arrived {
        carrier: String,
        delay: i32,
        plane_is_known: bool,
    },
    /// A tombstone: somebody took the flight back.
    Withdrawn,
}

#[derive(Consumer)]
#[consumer(payload = Flight)]
struct Delays {
    /// Loaded once, before the nodes are forked, and shared by all of them.
    #[state]
    planes: State<Planes>,
}

impl ConsumeEach for Delays {
    fn consume_each(&mut self, message: Message<'_, Flight>, cx: &mut Context<'_>) -> Result {
        let outcome = match message.payload_opt()? {
            Some(flight) => self.arrival(flight)?,
            None => Outcome::Withdrawn,
        };
        let report = Report { partition: message.partition(), offset: message.offset(), outcome };
        cx.produce::<delays::Reports>((), &report)
    }
}

impl Delays {
    fn arrival(&self, flight: &Flight) -> Result<Outcome> {
        // No retry can mend this record: it goes to the dead letter queue at once.
        let delay = flight.arr_delay.ok_or_else(|| HandlerError::permanent("the flight has no arrival delay"))?;
        let plane_is_known = flight.tailnum.as_ref().is_some_and(|tailnum| self.planes.contains(tailnum));
        Ok(Outcome::Arrived { carrier: flight.carrier.clone(), delay, plane_is_known })
    }
}

routes! {
    /// Delays of flights, by airline.
    mod delays as "quickstart";

    defaults {
        config(partitions: 8);
    }

    topic "flights" {
        consumer Delays;
        dead_letter_queue(topic: "flights.dead");
    }
    topic "flights.dead";
    topic "reports" {
        produce Report;
    }
}

fn main() -> ExitCode {
    let app = App::new(delays::ROUTES).state(Planes::load).defaults(|defaults| {
        // Dead letters are expected here: no line in the log for each.
        defaults.set("processing.commit_interval", "500ms").set("telemetry.log", "error");
    });
    // Without a command this is the tour; with one (`swarm`, `routes`, `config show`, ..) it is the program itself.
    tour::main(app)
}
