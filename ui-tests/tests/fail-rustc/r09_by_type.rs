// rule 9: `shop::Dead`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    defaults { dead_letter_queue(topic: shop::Dead); }
    topic "orders" { consumer Archive; }
    topic "dead" { consumer Mail; }
}

fn main() {}
