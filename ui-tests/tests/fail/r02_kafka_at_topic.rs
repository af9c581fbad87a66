// rule 2: `kafka`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        kafka("fetch.min.bytes": 1);
    }
    topic "orders.dead";
}

fn main() {}
