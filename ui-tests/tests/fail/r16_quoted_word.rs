// rule 16: `"partitions"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        config("partitions": 6);
    }
    topic "orders.dead";
}

fn main() {}
