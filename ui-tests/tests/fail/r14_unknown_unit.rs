// rule 14: `5sec`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        max_wait_time 5sec;
    }
    topic "orders.dead";
}

fn main() {}
