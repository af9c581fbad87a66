// rule 14: `s`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        max_wait_time 5 s;
    }
    topic "orders.dead";
}

fn main() {}
