//! The testing kit: a consumer's own tests, without Kafka, threads or waiting.
//!
//! A [`Harness`] hands records over exactly as a running node does: batches, retries, back-off, dead letters, ticks, pauses,
//! seeks and marks are the work of the same code. What it replaces is around that: topics are kept in memory, a produced record
//! is acknowledged at once, and time stands still until a test advances it.
//!
//! ```
//! use std::time::Duration;
//! use karafka_rt::{prelude::*, testing::Harness};
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Order { cents: u64 }
//!
//! #[derive(Consumer)]
//! #[consumer(payload = Order)]
//! struct Charge;
//!
//! impl ConsumeEach for Charge {
//!     fn consume_each(&mut self, order: Message<'_, Order>, _cx: &mut Context<'_>) -> Result {
//!         if order.payload()?.cents == 0 { Err("nothing to charge".into()) } else { Ok(()) }
//!     }
//! }
//!
//! routes! {
//!     mod shop as "shop";
//!     topic "orders" { consumer Charge; dead_letter_queue(topic: "orders.dead", max_retries: 1); }
//!     topic "orders.dead";
//! }
//!
//! let mut harness = Harness::new(shop::ROUTES);
//! harness.deliver::<shop::Orders>("ann", &Order { cents: 500 });
//! harness.deliver::<shop::Orders>("bob", &Order { cents: 0 });
//! harness.run_until_idle();
//! assert_eq!(harness.progress::<shop::Orders>(0), Some(1), "the second one waits for its next attempt");
//! harness.advance(Duration::from_secs(1));
//! assert_eq!(harness.progress::<shop::Orders>(0), Some(2));
//! assert_eq!(harness.dead_letters()[0].key(), Some(&b"bob"[..]));
//! ```
//!
//! Differences from a running node, all of them outside of what decides about records: back-off has no random part; the clock
//! begins at the Unix epoch; nothing rebalances unless the test says so; `handler_timeout` is not watched,
//! because a call takes no time; without a partition in the record, equal keys meet in one partition, but not in the one that
//! Kafka's hash gives, and records without a key go to partition 0; a transaction's commit cannot be made to fail. Records that a handler produces are in their topics at once, so a consumer of the same routes gets them.

mod assignment;
mod broker;
mod clock;
mod drive;
mod harness;
mod seen;
mod transaction;

pub use harness::Harness;
pub use seen::{Failure, Stored};
