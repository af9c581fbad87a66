// rule 1: `maxMessages`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        maxMessages 5;
    }
    topic "orders.dead";
}

fn main() {}
