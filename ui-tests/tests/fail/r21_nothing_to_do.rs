// rule 21: `shop`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders";
}

fn main() {}
