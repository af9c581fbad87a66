//! Pause and seek: slow one partition down, and read it again.
//!
//! Run it: `cargo run --example pause_and_seek`. Without brokers in the configuration it starts the embedded broker. Stop it with
//! Ctrl-C.
//!
//! Look at the log: after five calls the partition rests for two seconds, from the record that it could not serve any more, while
//! other partitions go on. A record that says `reload` sends the reader back to the beginning, with a fresh table.

use std::time::Duration;

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

/// Calls of a partner's interface between two pauses.
const BUDGET: u32 = 5;

#[derive(Debug, Serialize, Deserialize)]
enum Order {
    Call(String),
    /// Everything is to be called again, once.
    Reload,
}

#[derive(Consumer)]
#[consumer(payload = Order)]
struct Caller {
    left: Left,
    calls: u64,
    reloaded: bool,
}

/// What is left of the budget.
struct Left(u32);

impl Default for Left {
    fn default() -> Self {
        Self(BUDGET)
    }
}

impl ConsumeEach for Caller {
    fn consume_each(&mut self, order: Message<'_, Order>, cx: &mut Context<'_>) -> Result {
        match order.payload()? {
            Order::Call(_) if self.left.0 == 0 => {
                self.left = Left::default();
                info!(partition = cx.partition(), "the budget is used up: two seconds of rest");
                // From this record on: it is not done, and comes again.
                cx.pause(order, Duration::from_secs(2))
            }
            Order::Call(what) => {
                self.left.0 -= 1;
                self.calls += 1;
                info!(partition = cx.partition(), offset = order.offset(), calls = self.calls, "called for {what}");
                Ok(())
            }
            Order::Reload if self.reloaded => Ok(()),
            Order::Reload => {
                self.reloaded = true;
                info!(partition = cx.partition(), "from the beginning");
                cx.seek(SeekTo::Earliest)
            }
        }
    }
}

impl Shutdown for Caller {
    fn shutdown(&mut self, cx: &mut Context<'_>) -> Result {
        cx.produce::<partner::Reports>((), &self.calls)
    }
}

routes! {
    /// Calls of a partner who wants no more than so many at a time.
    mod partner as "pause-and-seek";

    topic "orders" {
        consumer Caller;
        config(partitions: 2);
    }
    topic "reports" { produce u64; }
}

fn main() -> ExitCode {
    App::new(partner::ROUTES)
        .dev_broker_when_unconfigured()
        .server_by_default()
        .service(|node| {
            for number in 0_u32.. {
                if node.is_stopping() {
                    break;
                }
                let order = if number == 12 { Order::Reload } else { Order::Call(format!("number {number}")) };
                let key = if number.is_multiple_of(4) { "b" } else { "a" };
                node.producer().produce_acked::<partner::Orders>(key, &order)?;
                std::thread::sleep(Duration::from_millis(200));
            }
            Ok(())
        })
        .main()
}

#[cfg(test)]
mod tests {
    use karafka_rt::testing::Harness;

    use super::*;

    fn harness(orders: &[Order]) -> Harness {
        let mut harness = Harness::new(partner::ROUTES);
        for order in orders {
            harness.deliver::<partner::Orders>("a", order);
        }
        harness.run_until_idle();
        harness
    }

    fn call() -> Order {
        Order::Call("something".into())
    }

    #[test]
    fn the_sixth_call_waits_two_seconds() {
        let mut harness = harness(&[call(), call(), call(), call(), call(), call(), call()]);
        assert_eq!(harness.progress::<partner::Orders>(0), Some(5));
        assert_eq!(harness.next_due(), Some(Duration::from_secs(2)));
        harness.advance(Duration::from_secs(2));
        assert_eq!(harness.progress::<partner::Orders>(0), Some(7));
    }

    #[test]
    fn a_reload_calls_everything_once_more() {
        let mut harness = harness(&[call(), call(), Order::Reload]);
        harness.stop();
        assert_eq!(harness.produced::<partner::Reports>()[0].decode::<Json, u64>().unwrap(), 4);
    }
}
