//! Multiplexing: several connections of one group in one process.
//!
//! Run it: `cargo run --example multiplexing`. Without brokers in the configuration it starts the embedded broker. Stop it with Ctrl-C.
//!
//! Look at `partition started` in the log: the group has two members in this process, and each has its share of the four
//! partitions. One connection is enough for most programs, since a slow handler slows down no other partition. A second one helps
//! when the broker thread of the first one is the limit, and it halves what stands still during a rebalance.
//!
//! With `max` above `min` the number is to follow the load; in this version such a group runs `boot` connections and says so.

use std::time::Duration;

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
struct Click {
    x: u32,
}

#[derive(Consumer)]
#[consumer(payload = Click)]
struct Track {
    clicks: u64,
}

impl ConsumeEach for Track {
    fn consume_each(&mut self, click: Message<'_, Click>, cx: &mut Context<'_>) -> Result {
        self.clicks += 1;
        let x = click.payload()?.x;
        info!(partition = cx.partition(), clicks = self.clicks, x, "clicked");
        Ok(())
    }
}

routes! {
    /// Clicks, over two connections.
    mod site as "multiplexing";

    subscription_group "clicks" {
        multiplexing(min: 2);

        topic "clicks" {
            consumer Track;
            config(partitions: 4);
        }
    }
}

fn main() -> ExitCode {
    App::new(site::ROUTES)
        .dev_broker_when_unconfigured()
        .server_by_default()
        .service(|node| {
            for x in 0.. {
                if node.is_stopping() {
                    break;
                }
                node.producer().produce_acked::<site::Clicks>(&x.to_string(), &Click { x })?;
                std::thread::sleep(Duration::from_millis(250));
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
    fn every_click_is_tracked_whatever_its_partition() {
        let mut harness = Harness::new(site::ROUTES).partitions::<site::Clicks>(4);
        for x in 0..40 {
            harness.deliver::<site::Clicks>(&x.to_string(), &Click { x });
        }
        harness.run_until_idle();
        let done: i64 = (0..4).filter_map(|partition| harness.progress::<site::Clicks>(partition)).sum();
        assert_eq!(done, 40);
    }
}
