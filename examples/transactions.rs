//! Transactions: what a handler writes and where it is becomes visible together, or not at all.
//!
//! Needs a real Kafka; the embedded broker has no transactions and says so:
//! `KARAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 cargo run --example transactions`. Create the topics `transfers` and `entries` first, or
//! let your brokers create them. Stop it with Ctrl-C.
//!
//! Look at the handler: both entries of a transfer and its progress are one transaction. A crash between the two entries, at any
//! place, leaves none of them to readers of committed records, and the next process begins with the same transfer. A transfer that
//! fails half way is aborted, and its retry begins from nothing.

use std::time::Duration;

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
struct Transfer {
    from: String,
    to: String,
    cents: i64,
}

#[derive(Consumer)]
#[consumer(payload = Transfer)]
struct Post;

impl ConsumeEach for Post {
    fn consume_each(&mut self, transfer: Message<'_, Transfer>, cx: &mut Context<'_>) -> Result {
        let Transfer { from, to, cents } = transfer.payload()?;
        cx.transaction(|entries| {
            entries.produce::<bank::Entries>(from, &-cents)?;
            if to.is_empty() {
                return Err(HandlerError::permanent("a transfer goes somewhere"));
            }
            entries.produce::<bank::Entries>(to, cents)?;
            entries.mark(transfer)
        })?;
        info!(from, to, cents, "posted");
        Ok(())
    }
}

routes! {
    /// Transfers, as two entries each.
    mod bank as "transactions";

    topic "transfers" {
        consumer Post;
        dead_letter_queue(topic: none, max_retries: 3);
    }
    topic "entries" { produce i64; }
}

fn main() -> ExitCode {
    App::new(bank::ROUTES)
        .dev_broker_when_unconfigured()
        .server_by_default()
        .service(|node| {
            for cents in 1.. {
                if node.is_stopping() {
                    break;
                }
                let to = if cents % 5 == 0 { "" } else { "bob" };
                let transfer = Transfer { from: "ann".into(), to: to.into(), cents };
                node.producer().produce_acked::<bank::Transfers>("ann", &transfer)?;
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
    fn half_a_transfer_is_never_seen() {
        let mut harness = Harness::new(bank::ROUTES);
        for (to, cents) in [("bob", 5), ("", 7), ("eve", 9)] {
            harness.deliver::<bank::Transfers>((), &Transfer { from: "ann".into(), to: to.into(), cents });
        }
        harness.run_until_idle();
        let entries: Vec<i64> =
            harness.produced::<bank::Entries>().iter().map(|entry| entry.decode::<Json, i64>().unwrap()).collect();
        assert_eq!(entries, [-5, 5, -9, 9]);
        assert_eq!(harness.progress::<bank::Transfers>(0), Some(3));
    }
}
