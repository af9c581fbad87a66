// rule 1: `consumer_gruop`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    consumer_gruop "g" {
        topic "orders" { consumer Mail; }
    }
}

fn main() {}
