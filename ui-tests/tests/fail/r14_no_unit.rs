// rule 14: `0`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        max_wait_time 0;
    }
    topic "orders.dead";
}

fn main() {}
