// rule 14: `64KiB`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        max_wait_time 64KiB;
    }
    topic "orders.dead";
}

fn main() {}
