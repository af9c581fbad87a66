// rule 9: `other::Dead`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod other;
    topic "dead" { consumer Text; }
}

routes! {
    mod shop;
    topic "orders" { consumer Mail; dead_letter_queue(topic: other::Dead); }
}

fn main() {}
