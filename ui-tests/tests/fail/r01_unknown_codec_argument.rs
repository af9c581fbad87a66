// rule 1: `kodec`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { produce(Order, kodec: Json); }
}

fn main() {}
