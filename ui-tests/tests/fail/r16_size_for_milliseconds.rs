// rule 16: `1GiB`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        config("retention.ms": 1GiB);
    }
    topic "orders.dead";
}

fn main() {}
