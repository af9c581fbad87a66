//! The smallest program: one topic, one consumer.
//!
//! Run it: `cargo run --example hello -- server`. Without brokers in the configuration it starts the embedded broker and
//! greets itself once a second. Look at the log lines, then stop it with Ctrl-C: it finishes, commits and leaves.

use std::time::Duration;

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
struct Greeting {
    name: String,
}

#[derive(Consumer)]
#[consumer(payload = Greeting)]
struct Greeter {
    greeted: u64,
}

impl ConsumeEach for Greeter {
    fn consume_each(&mut self, message: Message<'_, Greeting>, cx: &mut Context<'_>) -> Result {
        self.greeted += 1;
        info!(partition = cx.partition(), greeted = self.greeted, "hello, {}", message.payload()?.name);
        Ok(())
    }
}

karafka_rt::routes! {
    /// Greets whoever is named.
    mod hello as "hello";

    topic "greetings" {
        consumer Greeter;
        config(partitions: 2);
    }
}

fn main() -> ExitCode {
    App::new(hello::ROUTES)
        .dev_broker_when_unconfigured()
        .service(|node| {
            let mut number = 0_u64;
            while !node.is_stopping() {
                number += 1;
                let greeting = Greeting { name: format!("number {number}") };
                node.producer().produce_acked::<hello::Greetings>(&number.to_string(), &greeting)?;
                std::thread::sleep(Duration::from_secs(1));
            }
            Ok(())
        })
        .main()
}
