//! Shared state: a table that is loaded once, before the fork, and read by every node.
//!
//! Run it: `cargo run --example shared_state`. It runs as a swarm of two nodes; without brokers in the configuration it starts the
//! embedded broker. Stop it with Ctrl-C.
//!
//! Look at the log: `loading` comes once, from the supervisor; both nodes convert with the table that it loaded. A node that dies
//! (`kill -9` one of them) is forked again and has the table at once. Nothing is copied until somebody writes to it, and `State`
//! gives only `&T`. What that saves is measured by the example `copy_on_write`.

use std::collections::BTreeMap;
use std::time::Duration;

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

/// Hundredths of a euro for one unit.
struct Rates(BTreeMap<String, u64>);

impl Rates {
    /// Slow and large in real life: a file, a model, a database.
    fn load() -> Self {
        info!("loading the rates");
        Self([("usd", 92), ("gbp", 117), ("chf", 104)].map(|(name, cents)| (name.to_owned(), cents)).into())
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Price {
    currency: String,
    amount: u64,
}

#[derive(Consumer)]
#[consumer(payload = Price)]
struct Convert {
    #[state]
    rates: State<Rates>,
}

impl ConsumeEach for Convert {
    fn consume_each(&mut self, price: Message<'_, Price>, cx: &mut Context<'_>) -> Result {
        let Price { currency, amount } = price.payload()?;
        let unknown = || HandlerError::permanent(format!("there is no rate for `{currency}`"));
        let cents = amount * self.rates.0.get(currency).ok_or_else(unknown)?;
        info!(node = cx.node(), partition = cx.partition(), amount, currency, cents, "converted");
        cx.produce::<bank::Euros>(currency, &cents)
    }
}

routes! {
    /// Prices in all currencies, in euros.
    mod bank as "shared-state";

    topic "prices" {
        consumer Convert;
        config(partitions: 4);
        dead_letter_queue(topic: none, max_retries: 0);
    }
    topic "euros" { produce u64; }
}

fn main() -> ExitCode {
    App::new(bank::ROUTES)
        .state(|| Ok(Rates::load()))
        .defaults(|defaults| {
            defaults.set("swarm.nodes", "2");
        })
        .dev_broker_when_unconfigured()
        .swarm_by_default()
        .service(|node| {
            for (amount, currency) in (1..).zip(["usd", "gbp", "chf", "doubloons"].into_iter().cycle()) {
                if node.is_stopping() {
                    break;
                }
                let price = Price { currency: currency.into(), amount };
                node.producer().produce_acked::<bank::Prices>(&amount.to_string(), &price)?;
                std::thread::sleep(Duration::from_millis(300));
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
    fn prices_are_converted_with_the_table_that_was_loaded() {
        let mut harness = Harness::new(bank::ROUTES).state(Rates([("usd".to_owned(), 50)].into()));
        for currency in ["usd", "doubloons", "usd"] {
            harness.deliver::<bank::Prices>((), &Price { currency: currency.into(), amount: 3 });
        }
        harness.run_until_idle();
        let cents: Vec<u64> =
            harness.produced::<bank::Euros>().iter().map(|euros| euros.decode::<Json, u64>().unwrap()).collect();
        assert_eq!(cents, [150, 150]);
        assert_eq!(
            (harness.dead_letters().len(), harness.progress::<bank::Prices>(0)),
            (0, Some(3)),
            "skipped and done"
        );
    }
}
