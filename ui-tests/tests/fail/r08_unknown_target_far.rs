// rule 8: `"elsewhere"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        dead_letter_queue(topic: "elsewhere");
    }
    topic "orders.dead";
}

fn main() {}
