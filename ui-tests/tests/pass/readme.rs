use karafka_rt::prelude::*;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Order {
    cents: u64,
}

/// Adds up what the orders of one partition are worth.
#[derive(Consumer)]
#[consumer(payload = Order)]
struct Charge {
    total: u64,
}

impl ConsumeEach for Charge {
    fn consume_each(&mut self, order: Message<'_, Order>, _cx: &mut Context<'_>) -> Result {
        self.total += order.payload()?.cents;
        Ok(())
    }
}

impl Tick for Charge {
    fn tick(&mut self, cx: &mut Context<'_>) -> Result {
        info!(total = self.total, partition = cx.partition());
        Ok(())
    }
}

routes! {
    pub mod shop as "shop";

    topic "orders" {
        consumer Charge;
        periodic(interval: 5s);
        dead_letter_queue(topic: "orders.dead", max_retries: 3);
    }
    topic "orders.dead";
}

fn main() -> ExitCode {
    App::new(shop::ROUTES).main()
}
