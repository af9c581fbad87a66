// rule 8: `"orders.daed"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        dead_letter_queue(topic: "orders.daed");
    }
    topic "orders.dead";
}

fn main() {}
