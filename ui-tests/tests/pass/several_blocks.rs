//! Blocks beside each other: the same consumer in two of them, ticks settled in one for both.

use karafka_rt::prelude::*;
use karafka_ui_tests::{Archive, Charge};

routes! {
    mod orders as "orders";
    topic "orders" { consumer Charge; periodic(interval: 1s); dead_letter_queue(topic: "dead"); }
    topic "dead";
}

routes! {
    mod archive as "archive";
    topic "orders" { consumer Archive; dead_letter_queue(topic: orders::Dead); }
    consumer_group "late" {
        topic "orders.late" { consumer Charge; }
    }
}

#[test]
fn each_block_is_a_topology() {
    assert_eq!(orders::TOPOLOGY.routes().count(), 1);
    assert_eq!(archive::TOPOLOGY.routes().count(), 2);
}

#[test]
fn a_target_of_another_block_is_known_by_its_type() {
    let (_, _, route) = archive::TOPOLOGY.routes().next().expect("a route");
    let target = route.policies.dead_letter.map(|queue| queue.target);
    assert_eq!(target, Some(karafka_rt::topology::DeadLetterTarget::Topic("dead")));
}
