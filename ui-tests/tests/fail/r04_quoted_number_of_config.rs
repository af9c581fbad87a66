// rule 4: `"1000"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        config("segment.ms": "1000");
    }
    topic "orders.dead";
}

fn main() {}
