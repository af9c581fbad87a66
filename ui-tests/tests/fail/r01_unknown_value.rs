// rule 1: `latset`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        initial_offset latset;
    }
    topic "orders.dead";
}

fn main() {}
