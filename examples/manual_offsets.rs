//! Manual offsets: progress moves only where the handler says so.
//!
//! Run it: `cargo run --example manual_offsets`. Without brokers in the configuration it starts the embedded broker. Stop it with
//! Ctrl-C.
//!
//! Look at the handler: lines of an order are kept until its last one is there, and only then is everything up to it marked. A
//! process that dies in the middle of an order loses what it kept in its fields, which is a cache; the next one gets the order again
//! from its first line. The test below plays that.

use std::time::Duration;

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Line {
    Item {
        name: String,
        cents: u64,
    },
    /// The order is complete.
    End {
        order: u64,
    },
}

#[derive(Consumer)]
#[consumer(payload = Line)]
struct Orders {
    open: Vec<(String, u64)>,
}

impl ConsumeEach for Orders {
    fn consume_each(&mut self, line: Message<'_, Line>, cx: &mut Context<'_>) -> Result {
        match line.payload()? {
            Line::Item { name, cents } => self.open.push((name.clone(), *cents)),
            Line::End { order } => {
                let total = Total { order: *order, cents: self.open.drain(..).map(|(_, cents)| cents).sum() };
                info!(order = total.order, cents = total.cents, "an order is complete");
                // The mark waits until the total is in Kafka.
                cx.produce::<shop::Totals>((), &total)?;
                cx.mark(line)?;
            }
        }
        Ok(())
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Total {
    order: u64,
    cents: u64,
}

routes! {
    /// Orders that come line by line.
    mod shop as "manual-offsets";

    topic "order-lines" as Lines {
        consumer Orders;
        manual_offsets;
    }
    topic "totals" { produce Total; }
}

fn main() -> ExitCode {
    App::new(shop::ROUTES)
        .dev_broker_when_unconfigured()
        .server_by_default()
        .service(|node| {
            let mut order = 0;
            while !node.is_stopping() {
                order += 1;
                for cents in [250, 1_999] {
                    let item = Line::Item { name: format!("thing for {cents}"), cents };
                    node.producer().produce_acked::<shop::Lines>("till-1", &item)?;
                }
                node.producer().produce_acked::<shop::Lines>("till-1", &Line::End { order })?;
                std::thread::sleep(Duration::from_secs(1));
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
    fn a_half_read_order_is_read_again_by_the_next_owner() {
        let item = |cents| Line::Item { name: "thing".into(), cents };
        let mut harness = Harness::new(shop::ROUTES);
        for line in [item(100), Line::End { order: 1 }, item(20), item(3)] {
            harness.deliver::<shop::Lines>("till-1", &line);
        }
        harness.run_until_idle();
        assert_eq!(harness.progress::<shop::Lines>(0), Some(2), "behind the first order");
        harness.revoke::<shop::Lines>(0);
        harness.assign::<shop::Lines>(0);
        harness.deliver::<shop::Lines>("till-1", &Line::End { order: 2 });
        harness.run_until_idle();
        let totals: Vec<Total> =
            harness.produced::<shop::Totals>().iter().map(|total| total.decode::<Json, _>().unwrap()).collect();
        assert_eq!(totals, [Total { order: 1, cents: 100 }, Total { order: 2, cents: 23 }]);
        assert_eq!(harness.progress::<shop::Lines>(0), Some(5));
    }
}
