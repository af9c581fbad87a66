// rule 8: `Order`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { consumer Mail; dead_letter_queue(topic: Order); }
}

fn main() {}
