// rule 8: `shop::Orders`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { consumer Mail; dead_letter_queue(topic: shop::Orders); }
}

fn main() {}
