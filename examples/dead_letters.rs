//! Dead letters: which failures give a record up, and which never do.
//!
//! Run it: `cargo run --example dead_letters`. Without brokers in the configuration it starts the embedded broker. Stop it with Ctrl-C.
//!
//! Look at the log: an invoice without lines is permanent and dead-lettered at once; one for a customer that is not known yet is
//! retried twice first; while the tax office is away its invoices wait, and none of them is dead-lettered. The last consumer reads
//! the dead letters, whose headers say where they come from and why.

use std::time::Duration;

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
struct Invoice {
    customer: String,
    lines: Vec<u64>,
}

#[derive(Consumer)]
#[consumer(payload = Invoice)]
struct Book {
    booked: u64,
}

impl ConsumeEach for Book {
    fn consume_each(&mut self, invoice: Message<'_, Invoice>, cx: &mut Context<'_>) -> Result {
        let Invoice { customer, lines } = invoice.payload()?;
        if lines.is_empty() {
            return Err(HandlerError::permanent("an invoice has lines"));
        }
        match customer.as_str() {
            "abroad" if cx.attempt() <= 3 => return Err(HandlerError::unavailable("the tax office does not answer")),
            "nobody" => return Err(format!("customer `{customer}` is not known").into()),
            _ => {}
        }
        self.booked += 1;
        info!(customer, cents = lines.iter().sum::<u64>(), booked = self.booked, "booked");
        Ok(())
    }
}

/// Dead letters are records like any others: same key, same bytes.
#[derive(Consumer)]
#[consumer(payload = Raw)]
struct Complain;

impl ConsumeEach for Complain {
    fn consume_each(&mut self, letter: Message<'_, Raw>, _cx: &mut Context<'_>) -> Result {
        let text = |name| letter.headers().get(name).map(String::from_utf8_lossy).unwrap_or_default();
        warn!(offset = %text("karafka-source-offset"), attempts = %text("karafka-attempts"), error = %text("karafka-error"), "given up");
        Ok(())
    }
}

routes! {
    /// Invoices, and those that cannot be booked.
    mod books as "dead-letters";

    topic "invoices" {
        consumer Book;
        pause(timeout: 200ms, max_timeout: 1s);
        dead_letter_queue(topic: "invoices.dead", max_retries: 2, independent);
    }
    topic "invoices.dead" as Dead { consumer Complain; }
}

fn main() -> ExitCode {
    App::new(books::ROUTES)
        .dev_broker_when_unconfigured()
        .server_by_default()
        .service(|node| {
            while !node.is_stopping() {
                for (customer, lines) in
                    [("ann", vec![500]), ("nobody", vec![1]), ("abroad", vec![70]), ("bob", vec![])]
                {
                    let invoice = Invoice { customer: customer.into(), lines };
                    node.producer().produce_acked::<books::Invoices>(customer, &invoice)?;
                }
                std::thread::sleep(Duration::from_secs(2));
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
    fn only_what_is_the_fault_of_an_invoice_gives_it_up() {
        let mut harness = Harness::new(books::ROUTES);
        for (customer, lines) in [("nobody", vec![1]), ("abroad", vec![70]), ("bob", vec![]), ("ann", vec![5])] {
            harness.deliver::<books::Invoices>(customer, &Invoice { customer: customer.into(), lines });
        }
        harness.advance(Duration::from_secs(30));
        let letters: Vec<_> = harness
            .dead_letters()
            .iter()
            .map(|letter| (letter.key().unwrap().to_vec(), letter.header("karafka-attempts").unwrap()))
            .collect();
        assert_eq!(letters, [(b"nobody".to_vec(), "3".to_owned()), (b"bob".to_vec(), "1".to_owned())]);
        assert_eq!(harness.progress::<books::Invoices>(0), Some(4));
    }
}
