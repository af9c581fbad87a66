// rule 6: `external("a b")`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        dead_letter_queue(topic: external("a b"));
    }
}

fn main() {}
