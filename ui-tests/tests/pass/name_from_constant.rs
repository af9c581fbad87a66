//! Topic names from constants, and a dead letter target among them.

use karafka_rt::prelude::*;
use karafka_ui_tests::{Archive, Mail};

mod names {
    pub(super) const ORDERS: &str = "orders";
}

const DEAD: &str = "orders.dead";

routes! {
    mod shop as "shop";
    topic names::ORDERS as Orders { consumer Mail; dead_letter_queue(topic: "orders.dead"); }
    topic DEAD as Dead { consumer Archive; dead_letter_queue(topic: none); }
}

#[test]
fn names_are_the_constants_values() {
    let topics: Vec<_> = shop::TOPOLOGY.topics.iter().map(|topic| (topic.name, topic.type_name)).collect();
    assert_eq!(topics, [("orders", "Orders"), ("orders.dead", "Dead")]);
}
