// rule 1: `max_mesages`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        max_mesages 5;
    }
    topic "orders.dead";
}

fn main() {}
