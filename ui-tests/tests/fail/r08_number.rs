// rule 8: `5`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        dead_letter_queue(topic: 5);
    }
    topic "orders.dead";
}

fn main() {}
