//! Batches: a handler that gets many records at once, and how large they become.
//!
//! Run it: `cargo run --example batches`. Without brokers in the configuration it starts the embedded broker. Stop it with Ctrl-C.
//!
//! Look at the sizes in the log: a batch waits up to a second after its first record to get up to fifty; records of one partition
//! come in order, and success marks all of a batch. Then look at the test below: both bounds, without waiting for them.

use std::time::Duration;

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
struct Reading {
    celsius: f64,
}

/// One insert for many rows is what batches are for; here it is a line of the log.
#[derive(Consumer)]
#[consumer(payload = Reading)]
struct Insert;

impl Consume for Insert {
    fn consume(&mut self, readings: Batch<'_, Reading>, cx: &mut Context<'_>) -> Result {
        let mut sum = 0.0;
        for reading in readings {
            sum += reading.payload()?.celsius;
        }
        let rows = Rows { rows: readings.len(), mean: sum / readings.len() as f64 };
        info!(partition = cx.partition(), rows = rows.rows, mean = rows.mean, "inserted");
        cx.produce::<weather::Inserts>((), &rows)
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Rows {
    rows: usize,
    mean: f64,
}

routes! {
    /// Readings of thermometers, written to a database many at a time.
    mod weather as "batches";

    topic "readings" {
        consumer Insert;
        max_messages 50;
        max_wait_time 1s;
    }
    topic "inserts" { produce Rows; }
}

fn main() -> ExitCode {
    App::new(weather::ROUTES)
        .dev_broker_when_unconfigured()
        .server_by_default()
        .service(|node| {
            let mut number = 0_u32;
            while !node.is_stopping() {
                number += 1;
                let reading = Reading { celsius: 15.0 + f64::from(number % 20) };
                node.producer().produce_acked::<weather::Readings>("roof", &reading)?;
                std::thread::sleep(Duration::from_millis(if number.is_multiple_of(200) { 3_000 } else { 10 }));
            }
            Ok(())
        })
        .main()
}

#[cfg(test)]
mod tests {
    use karafka_rt::testing::Harness;

    use super::*;

    fn rows(harness: &mut Harness) -> Vec<usize> {
        harness.produced::<weather::Inserts>().iter().map(|one| one.decode::<Json, Rows>().unwrap().rows).collect()
    }

    #[test]
    fn a_batch_is_handed_over_when_it_is_full_or_a_second_old() {
        let mut harness = Harness::new(weather::ROUTES);
        for _ in 0..60 {
            harness.deliver::<weather::Readings>("roof", &Reading { celsius: 20.0 });
        }
        harness.run_until_idle();
        assert_eq!(rows(&mut harness), [50]);
        harness.advance(Duration::from_secs(1));
        assert_eq!(rows(&mut harness), [50, 10]);
    }
}
