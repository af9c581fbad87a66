//! Several blocks: parts of a program declare their own topics, and one program runs them.
//!
//! Run it: `cargo run --example several_blocks`. Without brokers in the configuration it starts the embedded broker. Stop it with
//! Ctrl-C. `cargo run --example several_blocks -- routes` prints both blocks with everything resolved.
//!
//! Look at the two modules: each has a consumer group of its own, so both read every order. `billing` writes the topic that it
//! owns; `shipping` names the type of that topic and so the payload that belongs to it. Clashes between blocks stop the boot.

use std::time::Duration;

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
struct Order {
    id: u64,
    cents: u64,
}

/// What billing does with an order.
mod billing {
    use karafka_rt::prelude::*;

    use super::Order;

    #[derive(Consumer)]
    #[consumer(payload = Order)]
    pub(crate) struct Charge {
        total: u64,
    }

    impl ConsumeEach for Charge {
        fn consume_each(&mut self, order: Message<'_, Order>, cx: &mut Context<'_>) -> Result {
            let Order { id, cents } = order.payload()?;
            self.total += cents;
            info!(id, cents, total = self.total, "charged");
            cx.produce::<bills::Paid>(&id.to_string(), id)
        }
    }

    routes! {
        /// Who pays.
        pub(crate) mod bills as "billing";

        topic "orders" { consumer Charge; }
        topic "paid" { produce u64; }
    }
}

/// What shipping does with an order that is paid.
mod shipping {
    use karafka_rt::prelude::*;

    #[derive(Consumer)]
    #[consumer(payload = u64)]
    pub(crate) struct Ship {
        shipped: u64,
    }

    impl ConsumeEach for Ship {
        fn consume_each(&mut self, order: Message<'_, u64>, _cx: &mut Context<'_>) -> Result {
            self.shipped += 1;
            info!(order = order.payload()?, shipped = self.shipped, "shipped");
            Ok(())
        }
    }

    routes! {
        /// Who carries.
        pub(crate) mod parcels as "shipping";

        topic "paid" { consumer Ship; }
    }
}

fn main() -> ExitCode {
    App::new(billing::bills::ROUTES)
        .with(shipping::parcels::ROUTES)
        .dev_broker_when_unconfigured()
        .server_by_default()
        .service(|node| {
            for id in 1.. {
                if node.is_stopping() {
                    break;
                }
                let order = Order { id, cents: 100 * id };
                node.producer().produce_acked::<billing::bills::Orders>(&id.to_string(), &order)?;
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
    fn what_is_charged_is_shipped() {
        let mut harness = Harness::new(billing::bills::ROUTES).with(shipping::parcels::ROUTES);
        for id in 1..=3 {
            harness.deliver::<billing::bills::Orders>((), &Order { id, cents: 100 });
        }
        harness.run_until_idle();
        assert_eq!(harness.progress::<billing::bills::Orders>(0), Some(3));
        assert_eq!(harness.progress::<shipping::parcels::Paid>(0), Some(3));
    }
}
