// rule 8: `"orders"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        dead_letter_queue(topic: "orders");
    }
    topic "orders.dead";
}

fn main() {}
