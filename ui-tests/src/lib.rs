//! Consumers and payloads that the cases in `tests/` route, so that each case shows one thing only.

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

/// A payload that is read and written.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    /// The amount.
    pub cents: u64,
}

/// Handles orders one by one, and ticks.
#[derive(Consumer)]
#[consumer(payload = Order)]
pub struct Charge {
    total: u64,
}

impl ConsumeEach for Charge {
    fn consume_each(&mut self, order: Message<'_, Order>, _cx: &mut Context<'_>) -> Result {
        self.total += order.payload()?.cents;
        Ok(())
    }
}

impl Tick for Charge {
    fn tick(&mut self, _cx: &mut Context<'_>) -> Result {
        Ok(())
    }
}

/// Handles bytes in batches, and does not tick.
#[derive(Consumer)]
#[consumer(payload = Raw)]
pub struct Archive;

impl Consume for Archive {
    fn consume(&mut self, _batch: Batch<'_, Raw>, _cx: &mut Context<'_>) -> Result {
        Ok(())
    }
}

/// Handles orders one by one, and does not tick.
#[derive(Consumer)]
#[consumer(payload = Order)]
pub struct Mail;

impl ConsumeEach for Mail {
    fn consume_each(&mut self, _order: Message<'_, Order>, _cx: &mut Context<'_>) -> Result {
        Ok(())
    }
}

/// Handles orders that it gets as text.
#[derive(Consumer)]
#[consumer(payload = String, codec = Utf8)]
pub struct Text;

impl ConsumeEach for Text {
    fn consume_each(&mut self, _order: Message<'_, String>, _cx: &mut Context<'_>) -> Result {
        Ok(())
    }
}
