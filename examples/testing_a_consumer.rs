//! How a consumer is tested: no Kafka, no threads, no waiting.
//!
//! Run the tests: `cargo test -p karafka-examples --example testing_a_consumer`. Run the program itself, which pays out on the
//! embedded broker until Ctrl-C: `cargo run --example testing_a_consumer -- server`.
//!
//! Look at the tests below: each one says what is in the topic, lets time pass, and asks what became of it. The harness runs the
//! code of a real node; only topics and time are its own.

use std::collections::BTreeMap;
use std::time::Duration;

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
struct Payment {
    account: String,
    cents: i64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Receipt {
    account: String,
    cents: i64,
}

/// Which accounts may be paid; loaded once, before the fork.
struct Accounts(Vec<String>);

/// Pays, writes a receipt for each payment, and logs a sum every ten seconds.
#[derive(Consumer)]
#[consumer(payload = Payment)]
struct Pay {
    #[state]
    accounts: State<Accounts>,
    paid: BTreeMap<String, i64>,
}

impl ConsumeEach for Pay {
    fn consume_each(&mut self, payment: Message<'_, Payment>, cx: &mut Context<'_>) -> Result {
        let Payment { account, cents } = payment.payload()?;
        if !self.accounts.0.contains(account) {
            return Err(HandlerError::permanent(format!("there is no account `{account}`")));
        }
        cx.produce::<bank::Receipts>(account, &Receipt { account: account.clone(), cents: *cents })?;
        *self.paid.entry(account.clone()).or_default() += cents;
        Ok(())
    }
}

impl Tick for Pay {
    fn tick(&mut self, cx: &mut Context<'_>) -> Result {
        info!(partition = cx.partition(), accounts = self.paid.len(), cents = self.paid.values().sum::<i64>(), "paid");
        Ok(())
    }
}

routes! {
    /// Payments in, receipts out.
    mod bank as "bank";

    topic "payments" {
        consumer Pay;
        periodic(interval: 10s);
        pause(timeout: 1s, max_timeout: 30s);
        dead_letter_queue(topic: "payments.dead", max_retries: 2);
    }
    topic "payments.dead";
    topic "receipts" { produce Receipt; }
}

fn main() -> ExitCode {
    App::new(bank::ROUTES)
        .state(|| Ok(Accounts(vec!["ann".into(), "bob".into()])))
        .dev_broker_when_unconfigured()
        .service(|node| {
            while !node.is_stopping() {
                let payment = Payment { account: "ann".into(), cents: 100 };
                node.producer().produce_acked::<bank::Payments>("ann", &payment)?;
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

    const SECOND: Duration = Duration::from_secs(1);

    fn harness(payments: &[(&str, i64)]) -> Harness {
        let mut harness = Harness::new(bank::ROUTES).state(Accounts(vec!["ann".into(), "bob".into()]));
        for (account, cents) in payments {
            harness.deliver::<bank::Payments>(*account, &Payment { account: (*account).into(), cents: *cents });
        }
        harness
    }

    #[test]
    fn every_payment_has_a_receipt() {
        let mut harness = harness(&[("ann", 500), ("bob", 70)]);
        harness.run_until_idle();
        let receipts = harness.produced::<bank::Receipts>();
        assert_eq!(receipts[1].decode::<Json, Receipt>().unwrap(), Receipt { account: "bob".into(), cents: 70 });
        assert_eq!((receipts.len(), harness.progress::<bank::Payments>(0)), (2, Some(2)));
    }

    #[test]
    fn an_unknown_account_is_dead_lettered_at_once_and_holds_up_nobody() {
        let mut harness = harness(&[("mallory", 999), ("ann", 1)]);
        harness.run_until_idle();
        let letters = harness.dead_letters();
        assert_eq!((letters.len(), letters[0].key()), (1, Some(&b"mallory"[..])));
        assert!(letters[0].header("karafka-error").unwrap().contains("there is no account `mallory`"));
        assert_eq!(harness.produced::<bank::Receipts>().len(), 1);
    }

    #[test]
    fn a_payment_waits_while_receipts_cannot_be_written() {
        let mut harness = harness(&[("ann", 500)]);
        harness.fail_next_produce(&ProduceError::Unavailable("no leader".into()));
        harness.run_until_idle();
        assert_eq!(harness.progress::<bank::Payments>(0), None, "nothing is done before its receipt is in Kafka");
        assert_eq!(harness.next_due(), Some(SECOND), "the next attempt");
        harness.advance(SECOND);
        assert_eq!((harness.progress::<bank::Payments>(0), harness.dead_letters().len()), (Some(1), 0));
    }

    #[test]
    fn another_node_goes_on_where_this_one_was() {
        let mut harness = harness(&[("ann", 500)]);
        harness.run_until_idle();
        harness.revoke::<bank::Payments>(0);
        harness.deliver::<bank::Payments>("bob", &Payment { account: "bob".into(), cents: 70 });
        harness.assign::<bank::Payments>(0);
        harness.run_until_idle();
        assert_eq!(harness.produced::<bank::Receipts>().len(), 2, "ann is not paid twice");
    }
}
