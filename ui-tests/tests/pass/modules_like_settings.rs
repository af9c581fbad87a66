//! Modules and fields that look like words of the language, and dead letters that are read in other blocks.

use karafka_rt::prelude::*;
use karafka_ui_tests::{Archive, Mail};

mod kafka {
    pub(super) use karafka_ui_tests::{Mail as Charge, Order};
}

mod config {
    pub(super) const ORDERS: &str = "orders";
}

/// A public pair is no visibility with a scope.
#[derive(Consumer)]
#[consumer(payload = Raw)]
struct Count(pub (u8, u8));

impl Consume for Count {
    fn consume(&mut self, _: Batch<'_, Raw>, _: &mut Context<'_>) -> Result {
        self.0.0 += self.0.1;
        Ok(())
    }
}

routes! {
    mod shop as "shop";
    topic config::ORDERS as Orders { consumer kafka::Charge; dead_letter_queue(topic: late::Again); }
    topic "bills" { consumer kafka::Charge; dead_letter_queue(topic: late::Bytes); }
    topic "receipts" { produce kafka::Order; }
}

routes! {
    mod late as "late";
    topic "again" { consumer Mail; }
    topic "bytes" { consumer Archive; }
    topic "counted" { consumer Count; }
}

#[test]
fn names_come_from_constants() {
    assert_eq!(shop::TOPOLOGY.topics[0].name, "orders");
    assert_eq!(late::TOPOLOGY.topics.len(), 3);
}
