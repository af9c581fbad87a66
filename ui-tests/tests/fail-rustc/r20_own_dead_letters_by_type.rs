// rule 20: `other::Dead`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod other;
    topic "logs.dead" as Dead;
    topic "orders" { produce Order; }
}

routes! {
    mod shop;
    pattern "logs.*" as Logs { consumer Archive; dead_letter_queue(topic: other::Dead); }
}

fn main() {}
